import { diagnoseWith } from "../../lib/diagnostics/doctor";
import { doctorOptions } from "../../lib/diagnostics/examination";
import type { Finding, Level } from "../../lib/diagnostics/finding";
import { multicast } from "../../lib/process-wide/multicast";
import { jsonLine } from "../datagram-format";
import { lastValue } from "../flags";
import { DEFAULT_GROUP, groupsOf, ifaceOf } from "../network-flags";
import { EXIT, type Exit } from "../run";
import { printable } from "../terminal-text";
import { UsageError } from "../usage-error";
import type { Action } from "../verb";
import { wrap } from "../wrap-lines";

const WIDTH = 90;
// The levels, the worst first, in the order of the output.
const LEVELS: readonly Level[] = ["fault", "warning", "unknown", "note", "ok"];

/** Examines this host, and prints a paragraph for each finding. */
export const doctor: Action = async ({ flags }, run) => {
  const [group = DEFAULT_GROUP, ...more] = groupsOf(flags);
  if (more.length > 0) throw new UsageError("doctor examines one group at a time");
  const options = doctorOptions({ group, port: lastValue(flags, "port"), iface: ifaceOf(flags) });
  const stopped = new Promise<undefined>((resolve) => run.onEnd(() => resolve(undefined)));
  const findings = await Promise.race([diagnoseWith(multicast, options), stopped]);
  if (!findings) return EXIT.nothing; // interrupted
  const sorted = LEVELS.flatMap((level) => findings.filter((each) => each.level === level));
  if (flags.has("json")) run.output.print(sorted.map(jsonLine).join(""));
  else run.output.print(`${sorted.map(paragraph).join("")}\n${summary(findings)}\n`);
  return exitOf(findings);
};

function exitOf(findings: readonly Finding[]): Exit {
  if (findings.some(({ level }) => level === "fault")) return EXIT.failed;
  return findings.some(({ level }) => level === "warning") ? EXIT.nothing : EXIT.done;
}

// Formats a finding. One that needs attention has a paragraph; another one has a line.
function paragraph({ id, level, fact, why, remedy, link }: Finding): string {
  const text = [fact, why].filter((each) => each !== "").join(" ");
  const indent = " ".repeat(9);
  const [first = "", ...rest] = wrap(printable(`${id}: ${text}`), WIDTH - indent.length);
  const lines = [`${level.toUpperCase().padEnd(indent.length)}${first}`, ...rest.map((line) => indent + line)];
  if (level === "ok") return `${lines.join("\n")}\n`;
  // A command stays on one line, so that the user can copy it.
  const remedies = remedy === "" ? [] : [`${indent}> ${printable(remedy)}`];
  return `${[...lines, ...remedies, `${indent}${link}`].join("\n")}\n\n`;
}

function summary(findings: readonly Finding[]): string {
  const counts = LEVELS.map((level) => ({ level, count: findings.filter((each) => each.level === level).length }));
  return counts.map(({ level, count }) => `${count} ${level}`).join(", ");
}
