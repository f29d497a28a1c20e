import { LO } from "./ports";

/** The contenders: a process without Node-RED, the smallest nodes, the nodes of core, and the nodes of this package. */
export const CONTENDERS = ["bare", "raw", "core", "mcast"] as const;
export type Contender = (typeof CONTENDERS)[number];

export type Role = "recv" | "say" | "hear";

/** The settings of a process under test. */
export interface Subject {
  readonly contender: Contender;
  readonly role: Role;
  readonly groups: readonly string[];
  readonly port: number;
  /** The group and port to which it echoes. */
  readonly to?: { readonly group: string; readonly port: number };
  /** The number of nodes that receive, or echo. */
  readonly nodes?: number;
  /** True if its sockets are stand-ins, which neither send nor receive. */
  readonly standIn?: boolean;
  /** True if its group is sealed. */
  readonly isSealed?: boolean;
  /** The largest receive buffer that the process can have, in bytes, as net.core.rmem_max would limit it. */
  readonly mostBuffer?: number;
}

/** The key of sealed groups. */
export const SEALING_KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/** The credentials of the flow's nodes, by id. */
export const CREDENTIALS = { key: { key: SEALING_KEY } };

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** Returns the flow of a contender in Node-RED. */
export function flowOf(subject: Subject): readonly FlowNode[] {
  const nodes = NODES[subject.role](subject).map((node) => ({ z: "tab", x: 100, y: 100, wires: [], ...node }));
  return [{ id: "tab", type: "tab" }, { id: "key", type: "mcast-key", freshness: 86_400 }, ...nodes].filter(
    ({ type }) => subject.isSealed || type !== "mcast-key",
  );
}

const NODES: Readonly<Record<Role, (subject: Subject) => readonly FlowNode[]>> = {
  recv: (subject) => {
    const receivers = Array.from({ length: subject.nodes ?? 1 }, (_, index) => receiver(subject, `recv${index}`, ["sink"]));
    return [...receivers, { id: "sink", type: "bench-sink" }];
  },
  say: (subject) => [{ id: "source", type: "bench-source", wires: [["out"]] }, sender(subject)],
  hear: (subject) => {
    const { contender, groups, to, port } = subject;
    if (contender !== "mcast") return [receiver(subject, "in", ["out"]), sender(subject)];
    const heard = groups.map((group) => ({ group, echo: true }));
    const places = { group: to?.group, groups: heard, port, iface: LO, echoIface: LO };
    const relay = { type: "mcast-hear", ...places, echo: "unchanged", ttl: 1, loopback: true, datatype: "buffer" };
    return Array.from({ length: subject.nodes ?? 1 }, (_, index) => ({ id: `hear${index}`, ...relay }));
  },
};

function receiver({ contender, groups, port, isSealed }: Subject, id: string, to: readonly string[]): FlowNode {
  const [group] = groups;
  const wires = [to];
  if (contender === "core")
    return { id, type: "udp in", group, port, iface: LO, multicast: "true", datatype: "buffer", ipv: "udp4", wires };
  if (contender === "raw") return { id, type: "raw-in", group, port, wires };
  return { id, type: "mcast-recv", groups, port, iface: LO, datatype: "buffer", key: isSealed ? "key" : "", wires };
}

function sender({ contender, groups, port, isSealed, to = { group: groups[0] ?? "", port } }: Subject): FlowNode {
  const id = "out";
  if (contender === "core")
    return { id, type: "udp out", addr: to.group, port: to.port, iface: LO, multicast: "multi", ipv: "udp4", outport: "" };
  if (contender === "raw") return { id, type: "raw-out", ...to };
  return { id, type: "mcast-say", ...to, iface: LO, ttl: 1, loopback: true, key: isSealed ? "key" : "" };
}
