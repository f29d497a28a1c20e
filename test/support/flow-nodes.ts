import should from "should";
import { multicast } from "../../src/lib/process-wide/multicast";
import { freePort, LO } from "./loopback";
import { type FlowNode, helper } from "./node-red";

/** The groups that the flows of the tests use; the relay echoes to the last one. */
export const [A, B, D] = ["239.255.1.1", "239.255.1.2", "239.255.1.9"] as const;

/** Helper nodes that receive messages: `out` by default from mcast-recv, `heard` from mcast-hear. */
export const out: FlowNode = { id: "out", type: "helper" };
export const heard: FlowNode = { id: "heard", type: "helper" };

export type FlowMaker = (id: string, fields?: object) => FlowNode;

/** Makes nodes of this package as a flow file has them, on the loopback interface and one port. */
export interface FlowNodes {
  /** A free port, another one for each test. */
  readonly port: number;
  readonly say: FlowMaker;
  readonly recv: FlowMaker;
  readonly hear: FlowMaker;
}

/** Runs Node-RED for the tests of a suite. Each test begins with a new port, and must leave no socket open. */
export function useFlowNodes(): FlowNodes {
  let port = 0;
  const common = () => ({ port, iface: LO });

  before(() => helper.startServer());
  after(() => helper.stopServer());
  beforeEach(async () => {
    port = await freePort();
  });
  afterEach(async () => {
    await helper.unload();
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
  });

  return {
    get port() {
      return port;
    },
    say: (id, fields) => ({ id, type: "mcast-say", group: A, ttl: 1, loopback: true, ...common(), ...fields }),
    recv: (id, fields) => ({ id, type: "mcast-recv", groups: [A], datatype: "utf8", wires: [["out"]], ...common(), ...fields }),
    hear: (id, fields) => ({
      ...{ id, type: "mcast-hear", group: D, groups: [{ group: A, echo: true }], echoIface: LO, datatype: "utf8", wires: [["heard"]] },
      ...common(),
      ...fields,
    }),
  };
}
