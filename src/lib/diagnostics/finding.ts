/** Identifies what was examined. Each one has a section in docs/troubleshooting.md, whose heading it is. */
export type FindingId =
  | "network"
  | "interfaces"
  | "one-link"
  | "interface-default"
  | "interface-all"
  | "interface-named"
  | "multicast-flag"
  | "carrier"
  | "wifi"
  | "container"
  | "wsl"
  | "virtual-machine"
  | "reverse-path-filter"
  | "membership-limit"
  | "receive-buffer"
  | "igmp-version"
  | "old-querier"
  | "bridge-querier"
  | "firewall"
  | "firewall-igmp"
  | "port-holder"
  | "receive-queue"
  | "membership"
  | "group-kind"
  | "self-test";

/** Every id, in the order of docs/troubleshooting.md. */
export const FINDING_IDS: readonly FindingId[] = [
  "network",
  "interfaces",
  "one-link",
  "interface-default",
  "interface-all",
  "interface-named",
  "multicast-flag",
  "carrier",
  "wifi",
  "container",
  "wsl",
  "virtual-machine",
  "reverse-path-filter",
  "membership-limit",
  "receive-buffer",
  "igmp-version",
  "old-querier",
  "bridge-querier",
  "firewall",
  "firewall-igmp",
  "port-holder",
  "receive-queue",
  "membership",
  "group-kind",
  "self-test",
];

/**
 * The weight of a finding. `ok`: as it should be. `note`: worth knowing. `warning`: datagrams may be lost. `fault`: multicast does not
 * work here. `unknown`: could not be read; the remedy says what would be needed.
 */
export type Level = "ok" | "note" | "warning" | "fault" | "unknown";

/** One thing that was examined. The texts are English. */
export interface Finding {
  /** Identifies the thing that was examined. */
  readonly id: FindingId;
  /** The weight of the finding. */
  readonly level: Level;
  /** The fact that was seen. */
  readonly fact: string;
  /** The reason why it matters; empty where there is nothing to say. */
  readonly why: string;
  /** The command or setting that mends it, or that lets it be known; empty where nothing is wrong. */
  readonly remedy: string;
  /** The values behind the fact, for programs. */
  readonly details: Readonly<Record<string, unknown>>;
  /** The section about it, in the documents of this package. */
  readonly link: string;
}

/** The parts of a finding that differ. */
export interface FindingParts {
  readonly fact: string;
  readonly why?: string;
  readonly remedy?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Makes a finding. */
export function finding(id: FindingId, level: Level, { fact, why = "", remedy = "", details = {} }: FindingParts): Finding {
  return { id, level, fact, why, remedy, details, link: `docs/troubleshooting.md#${id}` };
}

/** A finding about something that this system does not tell, or not to this program. */
export function unknownFinding(id: FindingId, fact: string, remedy: string, details: FindingParts["details"] = {}): Finding {
  return finding(id, "unknown", { fact, remedy, details });
}

/** Names in a sentence: `eth0`, `eth0 and eth1`, `eth0, eth1 and eth2`. */
export function inWords(names: readonly string[]): string {
  const [last = "", ...before] = [...names].reverse();
  return before.length === 0 ? last : `${before.reverse().join(", ")} and ${last}`;
}
