/**
 * Node-RED on a host of the lab, whose flow is deployed fifty times, each time with every node changed. It says on standard error
 * that it has begun, and at the end, in a line of JSON, the longest deploy and the sockets that are left.
 */
import { multicast } from "../../src/lib/process-wide/multicast";
import { deploy, type FlowNode, helper, input, redeploy } from "../support/node-red";

const on = { port: 5000, iface: "eth0, eth1" };

function flow(round: number): readonly FlowNode[] {
  const name = `round ${round}`;
  return [
    { id: "say", type: "mcast-say", name, group: "239.255.1.1", ...on, replies: "output", wires: [[]] },
    { id: "recv", type: "mcast-recv", name, groups: ["239.255.1.1", "ff02::1:5", "ff05::1:5"], ...on, unicast: true, wires: [[]] },
    { id: "relay", type: "mcast-hear", name, group: "239.255.1.2", groups: ["239.255.1.1"], ...on, echoIface: "eth1", wires: [[]] },
  ];
}

async function run(): Promise<void> {
  await deploy(...flow(0));
  process.stderr.write("begun\n");
  let longest = 0;
  for (let round = 1; round <= 50; round += 1) {
    void input("say", { payload: "lost or not" });
    await new Promise((resolve) => setTimeout(resolve, 50)); // so that deploys fall everywhere in what the network does
    const since = performance.now();
    await redeploy("full", ...flow(round));
    longest = Math.max(longest, performance.now() - since);
  }
  await helper.unload();
  process.stdout.write(`${JSON.stringify({ longest, left: await socketsLeft() })}\n`);
}

// Reads the number of sockets once there are none, or after five seconds. A node that waits for the system for two seconds lets
// Node-RED continue, and its sockets close after that.
async function socketsLeft(): Promise<typeof multicast.sockets> {
  const since = performance.now();
  while (multicast.sockets.receiving + multicast.sockets.sending > 0 && performance.now() - since < 5_000) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return multicast.sockets;
}

void run();
