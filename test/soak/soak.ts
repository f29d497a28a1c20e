// Redeploys flows of a real Node-RED under traffic for minutes, and reports its memory, its sockets and lost datagrams.
//   npm run soak            three minutes
//   npm run soak -- 20      twenty seconds
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { freePort, joinedInKernel, LO, ownGroup } from "../support/loopback";
import type { FlowNode } from "../support/node-red";
import { RunningNodeRed } from "../support/running-node-red";

const seconds = Number(process.argv[2] ?? 180);
const RATE = 500;
// A leak at each deploy would grow the heap by more than this; garbage that Node.js has not collected yet is less.
const MOST_GROWTH_MIB = 40;

interface Sample {
  readonly second: number;
  readonly rss: number;
  readonly sockets: number;
}

/** The outcome of a run, and its faults. */
interface Outcome {
  readonly deploys: number;
  readonly said: number;
  readonly samples: readonly Sample[];
  readonly faults: readonly string[];
}

async function soak(): Promise<Outcome> {
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
      const sockets = udpSockets(running.pid);
      samples.push({ second: Math.round(elapsed()), rss: rssOf(running.pid), sockets });
      const expected = samples[0]?.sockets;
      if (sockets !== expected) faults.push(`${sockets} sockets after deploy ${deploys}, ${expected} after the first`);
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
    const growth = (samples.at(-1)?.rss ?? 0) - (samples[Math.floor(samples.length / 3)]?.rss ?? 0);
    if (growth > MOST_GROWTH_MIB) faults.push(`memory grew by ${growth.toFixed(0)} MiB in the last two thirds`);
    return { deploys, said, samples, faults };
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

/** Returns the number of open UDP sockets of a process, from the kernel's list. */
function udpSockets(pid: number): number {
  const lines = ["udp", "udp6"].flatMap((table) => readFileSync(`/proc/net/${table}`, "utf8").trim().split("\n").slice(1));
  const listed = new Set(lines.map((line) => `socket:[${line.trim().split(/\s+/)[9]}]`));
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => listed.has(linkOf(`/proc/${pid}/fd/${fd}`))).length;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // closed in the meantime
  }
}

function rssOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

soak().then(({ deploys, said, samples, faults }) => {
  const every = Math.max(1, Math.floor(samples.length / 10));
  print("second  memory, MiB  sockets");
  for (const { second, rss, sockets } of samples.filter((_sample, number) => number % every === 0)) {
    print(`${String(second).padStart(6)}  ${rss.toFixed(1).padStart(11)}  ${String(sockets).padStart(7)}`);
  }
  print(
    `${deploys} deploys and ${said} datagrams in ${seconds} s: ${faults.length === 0 ? "nothing lost, nothing left behind" : "FAILED"}`,
  );
  for (const fault of faults.slice(0, 10)) print(`- ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
});
