import { formatGroup, parseGroupEndpoint } from "../lib/address";
import type { McastError } from "../lib/errors";
import { DEFAULTS } from "../lib/options/options";
import { multicast } from "../lib/process-wide/multicast";
import { type GivenFlags, lastValue } from "./flags";
import { printable, quoted } from "./terminal-text";
import { UsageError } from "./usage-error";

const EXAMPLE_GROUP = "239.255.1.1";

/** Returns the groups of --group and --groups, each once, in the given order; none without these flags. */
export function groupsOf(flags: GivenFlags): readonly string[] {
  const named = [...(flags.get("group") ?? []), ...(flags.get("groups") ?? [])].map(groupAlone);
  return [...new Set(named)];
}

/** The default group of a verb. */
export const DEFAULT_GROUP: string = DEFAULTS.group;

/** Returns a group in its canonical spelling. Throws UsageError for a blank text, and for one with a port: a run has one port, and a flag for it. */
export function groupAlone(text: string): string {
  if (text.trim() === "") throw new UsageError(`${quoted(text)} is not a group: give one such as ${EXAMPLE_GROUP}`);
  if (text.includes(",")) throw new UsageError(`${quoted(text)} is not a group: separate groups by blanks, without commas`);
  const { group, port } = parseGroupEndpoint(text);
  if (port !== undefined) throw new UsageError(`${quoted(text)} contains a port: give it as --port ${port}`);
  return formatGroup(group);
}

/** Returns the interfaces of --iface. Any address (0.0.0.0 or ::), which the Python tool accepts, means the default of the verb. */
export function ifaceOf(flags: GivenFlags): string | undefined {
  const iface = lastValue(flags, "iface");
  return iface === "0.0.0.0" || iface === "::" ? undefined : iface;
}

/** Returns what a run waits for; for an absent interface, with the names of the interfaces that exist. */
export function waitingText({ reason, message }: McastError): string {
  if (reason !== "interface-absent") return message;
  const names = multicast.network().interfaces.map(({ name }) => printable(name));
  return names.length > 0 ? `${message}. Available: ${names.join(", ")}` : message;
}
