/**
 * Node-RED on a host of the lab, with a node that receives two groups, and a relay. Prints the code of each of their statuses, in a
 * line with the id of the node.
 */
import { deploy, statuses } from "../support/node-red";

async function run(): Promise<void> {
  const on = { port: 5000, iface: "eth0", wires: [] };
  const groups = ["239.255.1.1", "239.255.1.2"];
  await deploy(
    { id: "recv", type: "mcast-recv", groups, ...on },
    { id: "relay", type: "mcast-hear", group: "239.255.1.3", groups, ...on, echoIface: "eth0" },
  );
  const printed = { recv: 0, relay: 0 };
  setInterval(() => {
    for (const id of ["recv", "relay"] as const) {
      for (const status of statuses(id).slice(printed[id])) process.stdout.write(`${id} ${codeOf(status)}\n`);
      printed[id] = statuses(id).length;
    }
  }, 20);
}

function codeOf(status: unknown): string {
  return typeof status === "object" && status !== null && "code" in status ? String(status.code) : "";
}

void run();
