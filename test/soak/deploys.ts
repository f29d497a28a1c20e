import { createSocket } from "node:dgram";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { freePort, joinedInKernel, LO, ownGroup } from "../support/loopback";
import type { FlowNode } from "../support/node-red";
import { RunningNodeRed } from "../support/running-node-red";
import { growthOf, type Outcome, type Sample, settledSample } from "./samples";

const RATE = 500;
const WARM_UP = 5;

/** Redeploys flows of a real Node-RED under traffic for some time. No datagram may be lost to the tab that is never redeployed. */
export async function soakDeploys(seconds: number): Promise<Outcome> {
  const [port, steady, bind, churned] = [await freePort(), ownGroup(), ownGroup(), ownGroup()];
  const flow = (round: number) => flowOf(round, { port, steady, bind, churned });
  const running = await RunningNodeRed.start(flow(0));
  const samples: Sample[] = [];
  const faults: string[] = [];
  const begun = performance.now();
  const elapsed = () => (performance.now() - begun) / 1000;
  try {
    const quiet = new AbortController();
    const talking = talk(steady, port, quiet.signal);
    let deploys = 0;
    while (elapsed() < seconds) {
      deploys += 1;
      await deploy(running, flow(deploys), deploys % 2 ? "nodes" : "flows");
      // A relay opens a socket for its echoes with the first echo.
      const expected = samples[WARM_UP - 1]?.sockets;
      const sample = await settledSample(running.pid, elapsed(), (now) => expected === undefined || now.sockets === expected);
      const { sockets } = sample;
      samples.push(sample);
      if (expected !== undefined && sockets !== expected)
        faults.push(`${sockets} sockets after deploy ${deploys}, ${expected} after deploy ${WARM_UP}`);
      const joined = [steady, churned].map((group) => joinedInKernel(group)).join();
      if (joined !== "1,1") faults.push(`memberships ${joined} after deploy ${deploys}, 1,1 wanted`);
    }
    quiet.abort();
    const said = await talking;
    // The last whole second shows the loss up to then.
    await running.line(new RegExp(`heard ${Math.floor(said / RATE) * RATE} `));
    const lost = Number(
      running.lines
        .filter((line) => / lost \d/.test(line))
        .at(-1)
        ?.split(" lost ")[1],
    );
    if (lost !== 0) faults.push(`${lost} datagrams lost of ${said}`);
    faults.push(...running.lines.filter((line) => /\[error\]|uncaught|unhandled/i.test(line)).slice(0, 5));
    faults.push(...growthOf(samples));
    const words = `${deploys} deploys, ${said} datagrams at ${RATE}/s over loopback: ${lost} lost`;
    return { title: "Node-RED with mcast-say, mcast-recv and mcast-hear", lines: [words], samples, faults };
  } finally {
    await running.stop();
  }
}

interface Places {
  readonly port: number;
  readonly steady: string;
  readonly bind: string;
  readonly churned: string;
}

/** Returns one tab that is never redeployed, and one of which each deploy creates every node anew. */
function flowOf(round: number, { port, steady, bind, churned }: Places): readonly FlowNode[] {
  const at = { port, iface: LO, x: 100, y: 100 };
  const name = `round ${round}`;
  return [
    { id: "steady", type: "tab", label: "steady" },
    { ...at, id: "recv", type: "mcast-recv", z: "steady", groups: [steady], datatype: "utf8", wires: [["check"]] },
    { ...at, id: "check", type: "function", z: "steady", func: CHECK, outputs: 0, wires: [] },
    { id: "churn", type: "tab", label: name },
    { ...at, id: "recv1", type: "mcast-recv", z: "churn", name, groups: [steady, churned], wires: [["say"]] },
    { ...at, id: "recv2", type: "mcast-recv", z: "churn", name, groups: [churned], unicast: true, wires: [[]] },
    {
      ...at,
      id: "hear",
      type: "mcast-hear",
      z: "churn",
      name,
      group: bind,
      groups: [{ group: steady, echo: true }],
      echoIface: LO,
      wires: [[]],
    },
    { ...at, id: "say", type: "mcast-say", z: "churn", name, group: bind, replies: "output", outputs: 1, wires: [[]] },
  ];
}

// Datagrams are numbered; a missing number is a lost datagram.
const CHECK = `
  const number = Number(msg.payload), last = context.get("last") ?? number - 1, lost = (context.get("lost") ?? 0) + number - last - 1;
  context.set("last", number);
  context.set("lost", lost);
  if (number % ${RATE} === 0) node.log("heard " + number + " lost " + lost);`;

/** Sends numbered datagrams at a steady rate until it is stopped, and returns their number. */
async function talk(group: string, port: number, quiet: AbortSignal): Promise<number> {
  const sender = createSocket("udp4").bind(0, LO);
  await once(sender, "listening");
  sender.setMulticastInterface(LO);
  const begun = performance.now();
  let said = 0;
  while (!quiet.aborted) {
    for (const due = ((performance.now() - begun) * RATE) / 1000; said < due; said += 1) sender.send(String(said + 1), port, group);
    await setTimeout(2);
  }
  sender.close();
  return said;
}

async function deploy(running: RunningNodeRed, flow: readonly FlowNode[], type: "nodes" | "flows"): Promise<void> {
  const starts = () => running.lines.filter((line) => /Started modified/.test(line)).length;
  const before = starts();
  const { ok } = await fetch(`${running.url}flows`, {
    method: "POST",
    headers: { "content-type": "application/json", "Node-RED-Deployment-Type": type },
    body: JSON.stringify(flow),
  });
  if (!ok) throw new Error("a deploy was refused");
  while (starts() === before) await setTimeout(5);
  await setTimeout(50); // the new nodes receive some datagrams as well
}
