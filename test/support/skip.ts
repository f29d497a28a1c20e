import { spawnSync } from "node:child_process";

/**
 * A test that needs something of the machine. Where that is missing the test is skipped, with the reason in its title; in CI it
 * runs and fails.
 */
export function itWhere(missing: string | undefined, claim: string, test: Mocha.AsyncFunc): void {
  if (missing === undefined || process.env.CI === "true") it(claim, test);
  else it.skip(`${claim} (skipped: ${missing})`, test);
}

/** Says that a program is not installed; undefined where it is. */
export function whyWithout(program: string): string | undefined {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0 ? undefined : `${program} is not installed`;
}
