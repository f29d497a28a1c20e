import { setTimeout } from "node:timers/promises";
import { type Agent, Lab, refusal } from "../network/lab";
import { growthOf, type Outcome, type Sample, settledSample } from "./samples";

const port = 5000;
const RATE = 100;
// A refresh drops and adds a membership in one tick, in which datagrams are lost now and then (measured on Linux 6.18).
const MOST_LOST_TO_REFRESHES = 0.001;

type Host = "a" | "b" | "c";
type Agents = Readonly<Record<Host, Agent>>;

/** A flow of numbered datagrams, and the groups on which each number must be heard, by host. */
interface Stream {
  readonly title: string;
  readonly group: string;
  readonly heard: readonly (readonly [Host, string])[];
}

const PLAIN: readonly Stream[] = [
  { title: "IPv4", group: "239.255.1.1", heard: [["a", "239.255.1.1"]] },
  { title: "IPv6, link", group: "ff02::1:5", heard: [["a", "ff02::1:5"]] },
  { title: "IPv6, site", group: "ff05::1:5", heard: [["a", "ff05::1:5"]] },
  { title: "IPv4, source-specific", group: "232.1.1.1", heard: [["a", "232.1.1.1"]] },
  { title: "IPv6, source-specific", group: "ff3e::1:5", heard: [["a", "ff3e::1:5"]] },
];
const SENDERS = ["10.1.0.2", "fd01::2"];
const isSourceSpecific = (group: string) => /^(?:232|ff3)/.test(group);
const REFRESHED = "239.255.1.2";

// A relay on each of three hosts; the last one does not close the circle.
const CHAIN: Stream = {
  title: "relays a, b, c in a row",
  group: "239.255.3.1",
  heard: [
    ["a", "239.255.3.1"],
    ["b", "239.255.3.2"],
    ["c", "239.255.3.3"],
    ["c", "239.255.3.4"],
  ],
};
// Two relays that close it: what returns is dropped, and every new payload passes once.
const LOOP: Stream = { title: "relays a and c in a loop", group: "239.255.4.1", heard: [["c", "239.255.4.2"]] };
const STREAMS = [...PLAIN, CHAIN, LOOP];
const RELAYS = [
  ["a", "239.255.3.1", "239.255.3.2"],
  ["b", "239.255.3.2", "239.255.3.3"],
  ["c", "239.255.3.3", "239.255.3.4"],
  ["a", "239.255.4.1", "239.255.4.2"],
  ["c", "239.255.4.2", "239.255.4.1"],
] as const;

/** Groups on the interface that comes and goes. */
const CHURNED = ["239.255.2.1", "ff02::2:5", "ff05::2:5", "232.2.2.2"];

/** Changes an interface of a host all the time, while groups on another one are heard and relayed by the same process. */
export async function soakChurn(seconds: number): Promise<Outcome> {
  const title = "the library on three hosts, with an interface that comes and goes";
  if (refusal !== undefined) return { title, lines: [`left out: no lab here (${refusal})`], samples: [], faults: [] };
  const lab = new Lab();
  await lab.open();
  try {
    const [a, b, c] = await Promise.all([lab.agent("a"), lab.agent("b"), lab.agent("c")]);
    return { title, ...(await soakAgents(lab, { a, b, c }, seconds)) };
  } finally {
    await lab.close();
  }
}

async function soakAgents(lab: Lab, agents: Agents, seconds: number): Promise<Omit<Outcome, "title">> {
  const churned = await joinAll(agents);
  const sent = RATE * seconds;
  const groups = [...STREAMS.map(({ group }) => group), REFRESHED];
  let isOver = false;
  const flooding = groups.map((group) => agents.b.flood({ fields: { group, port, iface: "eth0" }, count: sent, rate: RATE }));
  const flooded = Promise.all(flooding).finally(() => {
    isOver = true;
  });
  const { samples, faults } = await churnUntil(() => isOver, { lab, agents, churned });
  for (const error of await flooded) if (error !== undefined) faults.push(`sending failed: ${error}`);
  await setTimeout(1_000); // the last datagrams pass the relays
  const counts = countAll(agents, sent);
  const words = `${samples.length} changes of an interface; after each, ${CHURNED.length} groups on it joined again and heard, and sent from`;
  return { lines: [words, ...counts.lines], samples, faults: [...faults, ...counts.faults, ...growthOf(samples)] };
}

/** Joins and relays all groups. Returns the memberships on the interface that comes and goes. */
async function joinAll(agents: Agents): Promise<readonly number[]> {
  const { a, b, c } = agents;
  const on = { port, iface: "eth0", refresh: 0 };
  for (const { group } of PLAIN) await a.join({ ...on, group, ...(isSourceSpecific(group) && { allow: SENDERS }) });
  await a.join({ ...on, group: REFRESHED, refresh: 10 });
  for (const [host, group, bindGroup] of RELAYS) await agents[host].relay({ ...on, group: bindGroup, groups: [{ group, echo: true }] });
  await c.join({ ...on, group: "239.255.3.4" });
  const churned: number[] = [];
  for (const group of CHURNED) {
    churned.push(await a.join({ group, port, iface: "eth1", ...(isSourceSpecific(group) && { allow: ["10.2.0.2"] }) }));
    if (!isSourceSpecific(group)) await b.join({ group, port, iface: "eth1" });
  }
  return churned;
}

interface Churn {
  readonly lab: Lab;
  readonly agents: Agents;
  readonly churned: readonly number[];
}

/** Changes the interface again and again. After each change everything on it works again, with as many descriptors as after the first. */
async function churnUntil(isOver: () => boolean, { lab, agents, churned }: Churn): Promise<{ samples: Sample[]; faults: string[] }> {
  const samples: Sample[] = [];
  const faults: string[] = [];
  const begun = performance.now();
  const isAsFirst = (now: Sample, first = samples[0]) => !first || (now.descriptors === first.descriptors && now.sockets === first.sockets);
  while (!isOver()) {
    change(lab, samples.length);
    for (const membership of churned) await agents.a.until(membership, /^joined eth1/);
    lab.allForward();
    await bothWays(agents, `change ${samples.length}`);
    await agents.a.beats(1); // sockets that were replaced are closed by now
    const sample = await settledSample(agents.a.pid, (performance.now() - begun) / 1000, isAsFirst);
    samples.push(sample);
    if (isAsFirst(sample)) continue;
    faults.push(`${sample.descriptors} descriptors and ${sample.sockets} sockets after change ${samples.length}, not as after the first`);
  }
  return { samples, faults };
}

/** Compares what was received with what was sent, number by number. */
function countAll(agents: Agents, sent: number): Pick<Outcome, "lines" | "faults"> {
  const lines: string[] = [];
  const faults: string[] = [];
  for (const { title, heard } of STREAMS) {
    for (const [host, group] of heard) {
      const { all, distinct } = countOf(agents[host], group);
      lines.push(`${title}: ${sent} sent, ${all} received on ${host} in ${group}`);
      if (all !== sent || distinct !== sent) faults.push(`${title}: ${all} received (${distinct} different) in ${group}, not ${sent}`);
    }
  }
  const returned = countOf(agents.a, LOOP.group).all;
  lines.push(`${LOOP.title}: ${returned} received on a in ${LOOP.group}, of which ${returned - sent} came back and went no further`);
  if (returned > 2 * sent) faults.push(`${returned} datagrams in the loop, more than two for each of ${sent}`);
  const { all } = countOf(agents.a, REFRESHED);
  lines.push(`IPv4, refreshed every 10 s: ${sent} sent, ${all} received`);
  if (all < sent * (1 - MOST_LOST_TO_REFRESHES) || all > sent) faults.push(`${all} of ${sent} received with refreshes`);
  return { lines, faults };
}

/** Changes eth1 of host a in one of five ways, in turn. */
function change(lab: Lab, round: number): void {
  const CHANGES = [
    () => {
      lab.on("a", "ip link del eth1");
      lab.plug("a", "eth1");
    },
    () => lab.on("a", "ip link set eth1 down; ip link set eth1 up; ip -6 addr add fd02::1/64 dev eth1 nodad"),
    () => lab.on("switch", "ip link set a-eth1 down; ip link set a-eth1 up"),
    () => lab.on("a", "ip -4 addr flush dev eth1; ip addr add 10.2.0.77/24 dev eth1"),
    () => lab.on("a", "ip -4 addr flush dev eth1; ip addr add 10.2.0.1/24 dev eth1"),
  ];
  CHANGES[round % CHANGES.length]?.();
}

// A change that the library has not noticed yet looks as before, so a datagram is said until it is heard.
async function bothWays({ a, b }: Agents, text: string): Promise<void> {
  for (const group of CHURNED) {
    await heardOf(a, group, text, () => b.say({ group, port, iface: "eth1" }, text));
    if (!isSourceSpecific(group)) await heardOf(b, group, text, () => a.say({ group, port, iface: "eth1", loopback: false }, text));
  }
}

async function heardOf(agent: Agent, group: string, text: string, say: () => Promise<unknown>): Promise<void> {
  const since = agent.heard.length;
  const give = performance.now() + 15_000;
  while (!agent.heard.slice(since).some((each) => each.group === group && each.text === text)) {
    if (performance.now() > give) throw new Error(`"${text}" was not heard in ${group}`);
    await say();
    await setTimeout(50);
  }
}

function countOf({ heard }: Agent, group: string): { readonly all: number; readonly distinct: number } {
  const texts = heard.flatMap((each) => (each.group === group && each.interface === "eth0" ? [each.text] : []));
  return { all: texts.length, distinct: new Set(texts).size };
}
