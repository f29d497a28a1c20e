import { spawnSync } from "node:child_process";

/** A test that needs something of the machine: skipped where that is missing, with the reason in its title. */
export function itWhere(missing: string | undefined, claim: string, test: Mocha.AsyncFunc): void {
  if (missing === undefined) it(claim, test);
  else it.skip(`${claim} (skipped: ${missing})`, test);
}

/** Says that a program is not installed; undefined where it is. */
export function whyWithout(program: string): string | undefined {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0 ? undefined : `${program} is not installed`;
}
