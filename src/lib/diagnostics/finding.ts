/** Identifies the subject of a finding. Each one has a section in docs/troubleshooting.md, whose heading it is. */
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
 * The weight of a finding. `ok`: no problem. `note`: worth knowing. `warning`: datagrams may be lost. `fault`: multicast does not
 * work here. `unknown`: the fact could not be read; the remedy names what is needed to read it.
 */
export type Level = "ok" | "note" | "warning" | "fault" | "unknown";

/** One result of an examination. The texts are English. */
export interface Finding {
  /** Identifies the subject. */
  readonly id: FindingId;
  /** The weight of the finding. */
  readonly level: Level;
  /** The observed fact. */
  readonly fact: string;
  /** The reason why the fact matters; may be empty. */
  readonly why: string;
  /** The command or setting that repairs the fault, or that makes the fact readable; empty if nothing is wrong. */
  readonly remedy: string;
  /** The values behind the fact, for programs. */
  readonly details: Readonly<Record<string, unknown>>;
  /** The address of the section about it, in the documents of this package. */
  readonly link: string;
}

/** The parts in which findings differ. */
export interface FindingParts {
  readonly fact: string;
  readonly why?: string;
  readonly remedy?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

// The package does not contain the documents.
const DOCUMENT = "https://github.com/mcast/node-red-mcast/blob/main/docs/troubleshooting.md";

/** Makes a finding. */
export function finding(id: FindingId, level: Level, { fact, why = "", remedy = "", details = {} }: FindingParts): Finding {
  return { id, level, fact, why, remedy, details, link: `${DOCUMENT}#${id}` };
}

/** Makes a finding about a fact that this system does not provide, or not to this program. */
export function unknownFinding(id: FindingId, fact: string, remedy: string, details: FindingParts["details"] = {}): Finding {
  return finding(id, "unknown", { fact, remedy, details });
}

/** Names in a sentence: `eth0`, `eth0 and eth1`, `eth0, eth1 and eth2`. */
export function inWords(names: readonly string[]): string {
  const [last = "", ...before] = [...names].reverse();
  return before.length === 0 ? last : `${before.reverse().join(", ")} and ${last}`;
}
