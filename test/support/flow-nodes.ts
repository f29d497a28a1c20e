import { LO } from "./loopback";
import type { FlowNode } from "./node-red";

/** The groups that the flows of the tests use; the relay echoes to the last one. */
export const [A, B, D] = ["239.255.1.1", "239.255.1.2", "239.255.1.9"] as const;

/** Helper nodes that take what is sent to them: `out` by default from mcast-recv, `heard` from mcast-hear. */
export const out: FlowNode = { id: "out", type: "helper" };
export const heard: FlowNode = { id: "heard", type: "helper" };

export type FlowMaker = (id: string, fields?: object) => FlowNode;

/** Makes nodes of this package as a flow file has them, on the loopback interface and one port. */
export function flowNodes(port: number): { readonly say: FlowMaker; readonly recv: FlowMaker; readonly hear: FlowMaker } {
  const common = { port, iface: LO };
  return {
    say: (id, fields) => ({ id, type: "mcast-say", group: A, ttl: 1, loopback: true, ...common, ...fields }),
    recv: (id, fields) => ({ id, type: "mcast-recv", groups: [A], datatype: "utf8", wires: [["out"]], ...common, ...fields }),
    hear: (id, fields) => ({
      ...{ id, type: "mcast-hear", group: D, groups: [{ group: A, echo: true }], echoIface: LO, datatype: "utf8", wires: [["heard"]] },
      ...common,
      ...fields,
    }),
  };
}
