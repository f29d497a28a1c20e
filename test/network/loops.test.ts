import { setTimeout } from "node:timers/promises";
import should from "should";
import type { Fields } from "../../src/lib/options/options";
import { createKey } from "../../src/lib/sealed/group-key";
import { type Agent, describeLab, type HostName, type Lab, type Watch } from "./lab";

const [A, B, C] = ["239.255.1.1", "239.255.1.2", "239.255.1.3"] as const;
const port = 5000;

/** The whole matrix of delays, rates and payloads takes about 15 minutes: `npm run soak:loops` runs it. */
const isLong = process.env.MCAST_LONG === "1";

type Way = readonly [host: Exclude<HostName, "switch">, from: string, to: string];

describeLab("relays on a network", (lab) => {
  const LOOPS: Readonly<Record<string, readonly Way[]>> = {
    "between two processes of one host": [
      ["a", A, B],
      ["a", B, A],
    ],
    "between three hosts that doubles what goes round": [
      ["a", A, B],
      ["b", B, A],
      ["c", B, A],
    ],
  };
  for (const [claim, ways] of Object.entries(LOOPS)) {
    it(`a loop ${claim} is silent within a second, warned of once, and leaves other payloads alone`, () => loop(lab, ways));
    it(`a sealed loop ${claim} ends as well, though each relay seals anew`, () => loop(lab, ways, { key: createKey() }));
  }

  it("a two-way bridge between two LANs echoes the datagrams of each on the other, and nothing goes round", async () => {
    const bridge = await lab.agent("a");
    await bridge.relay({ group: B, groups: [A], port, iface: "eth0", echoIface: "eth1" });
    await bridge.relay({ group: B, groups: [A], port, iface: "eth1", echoIface: "eth0" });
    const [ears, speaker] = await Promise.all([lab.agent("b"), lab.agent("b")]);
    await ears.join({ group: B, port, iface: "eth0,eth1" });
    await speaker.say({ group: A, port, iface: "eth0" }, "from the first");
    await ears.count(1);
    await speaker.say({ group: A, port, iface: "eth1" }, "from the second");
    await ears.count(2);
    should(ears.reported).deepEqual(["from the first on eth1", "from the second on eth0"]);
    should(bridge.warnings).be.empty();
  });
});

/** A loop, the line that delays what goes round in it, and what is said while it runs. */
interface LoopCase {
  readonly hosts: 2 | 3;
  /** Milliseconds each way on the line of host b; several change every second. */
  readonly delays: readonly number[];
  /** Megabits a second that host b may send, for a line that is saturated. */
  readonly megabits?: number;
  readonly rate: number;
  readonly count: number;
  readonly flood: { readonly text?: string; readonly size?: number };
  readonly fields: Fields;
}

const SAME = { text: "round and round" };
const EVER_NEW = {};
const HEAR = { echo: "hear", acknowledge: true };

/** The loops that `npm test` runs: those that a count of copies within a second does not end. */
const SHORT: readonly LoopCase[] = [
  { hosts: 2, delays: [130], rate: 20, count: 40, flood: EVER_NEW, fields: {} },
  { hosts: 2, delays: [140, 6], rate: 1, count: 1, flood: SAME, fields: {} },
  { hosts: 2, delays: [6], megabits: 4, rate: 1_000, count: 1_000, flood: { size: 1_000 }, fields: {} },
  { hosts: 3, delays: [600], rate: 20, count: 20, flood: SAME, fields: HEAR },
];

const LONG: readonly LoopCase[] = ([2, 3] as const).flatMap((hosts) =>
  [[0], [6], [130], [600], [140, 6]].flatMap((delays) =>
    [1, 20, 1_000].flatMap((rate) =>
      [
        { flood: SAME, fields: { acknowledge: true } },
        { flood: EVER_NEW, fields: { acknowledge: true } },
        { flood: SAME, fields: HEAR },
        { flood: EVER_NEW, fields: HEAR },
      ].map((each) => ({ ...each, hosts, delays, rate, count: rate * 2 })),
    ),
  ),
);

describeLab("relays without a loop", (lab) => {
  const [D, E, F] = ["239.255.1.4", "239.255.1.5", "239.255.1.6"] as const;

  it("pass on one payload at 100/s in a chain of five on three hosts", async function () {
    const count = isLong ? 6_000 : 200;
    this.timeout(20_000 + count * 10);
    const agents = await relays(lab, [
      ["a", A, B],
      ["b", B, C],
      ["c", C, D],
      ["a", D, E],
      ["b", E, F],
    ]);
    const [end, speaker] = await Promise.all([lab.agent("c"), lab.agent("c")]);
    await end.join({ group: F, port, iface: "eth0" });
    await speaker.flood({ fields: { group: A, port, iface: "eth0" }, count, rate: 100, text: "the same" });
    await end.count(count);
    should(agents.flatMap(({ warnings }) => warnings)).be.empty();
  });

  it("echo the datagrams of a hundred equal devices, as HEAR texts and by a second relay", async () => {
    const addresses = Array.from({ length: 100 }, (_, number) => `10.1.0.${100 + number}`);
    lab.on("c", addresses.map((address) => `ip addr add ${address}/24 dev eth0`).join("; "));
    const [first] = await relays(lab, [["a", A, B]], { echo: "hear" });
    const [second] = await relays(lab, [["b", B, C]]);
    const end = await lab.agent("c");
    await end.join({ group: C, port, iface: "eth0" });
    for (const round of [1, 2, 3]) {
      sayFromEach(lab, addresses, "HERE");
      await end.count(100 * round);
    }
    should([first, second].flatMap((agent) => agent?.warnings)).be.empty();
  });

  it("pass on every copy of two redundant senders at 20/s", async () => {
    const [relay] = await relays(lab, [["a", A, B]]);
    const [end, ...speakers] = await Promise.all([lab.agent("c"), lab.agent("b"), lab.agent("c")]);
    await end.join({ group: B, port, iface: "eth0" });
    const fields = { group: A, port, iface: "eth0" };
    await Promise.all(speakers.map((speaker) => speaker.flood({ fields, count: 60, rate: 20, text: "the same" })));
    await end.count(120);
    should(relay?.warnings).be.empty();
  });

  it("echo the payload of one host at 15/s although another sends the same at 3/s, plain and as HEAR text", async () => {
    const [relay] = await relays(lab, [["a", A, B]]);
    const [end, sender, stranger] = await Promise.all([lab.agent("c"), lab.agent("b"), lab.agent("c")]);
    await end.join({ group: B, port, iface: "eth0" });
    const fields = { group: A, port, iface: "eth0" };
    const words = "HEAR [ HEAR [ ON SAID ('10.0.0.1', 1) ] FROM 239.1.1.1 SAID ('10.0.0.2', 2) ] from 239.1.1.2";
    await sender.say(fields, "ON");
    await Promise.all([
      sender.flood({ fields, count: 45, rate: 15, text: "ON" }),
      stranger.flood({ fields, count: 9, rate: 3, text: "ON" }),
      stranger.flood({ fields, count: 9, rate: 3, text: words }),
    ]);
    await end.count(55);
    should(end.heard.filter(({ text }) => text === "ON").length).equal(55);
    should(relay?.warnings.length).be.belowOrEqual(1); // of the stranger's words, which look as if they had come back
  });
});

// A socket for each address of host c, bound to it.
function sayFromEach(lab: Lab, addresses: readonly string[], text: string): void {
  lab.on(
    "c",
    `perl -MSocket -e 'for (qw(${addresses.join(" ")})) {
      socket(my $socket, PF_INET, SOCK_DGRAM, 0); bind($socket, sockaddr_in(0, inet_aton($_))) or die "$_: $!";
      setsockopt($socket, 0, 32, inet_aton($_)) or die "$_: $!";
      send($socket, "${text}", 0, sockaddr_in(${port}, inet_aton("${A}"))) or die "$_: $!"; }'`,
  );
}

describeLab("a loop of relays with a delay", (lab) => {
  for (const each of isLong ? [...SHORT, ...LONG] : SHORT) {
    it(`ends ${titleOf(each)}`, () => delayedLoop(lab, each));
  }
});

function titleOf({ hosts, delays, megabits, rate, count, flood, fields }: LoopCase): string {
  const line = `${delays.join(" and ")} ms${megabits ? ` and ${megabits} Mbit/s` : ""}`;
  const payload = count === 1 ? "one datagram" : `${flood.text ? "the same payload" : "new payloads"} at ${rate}/s`;
  return `between ${hosts} hosts, ${line}: ${payload}${fields.echo ? ", in the words of HEAR" : ""}${fields.acknowledge ? ", acknowledged" : ""}`;
}

async function delayedLoop(lab: Lab, { hosts, delays, megabits, rate, count, flood, fields }: LoopCase): Promise<void> {
  if (delays.some(Boolean)) await lab.delay("b", "eth0", delays);
  if (megabits) lab.throttle("b", "eth0", megabits);
  const two: readonly Way[] = [
    ["a", A, B],
    ["b", B, A],
  ];
  const three: readonly Way[] = [
    ["a", A, B],
    ["b", B, C],
    ["c", C, A],
  ];
  const agents = await relays(lab, hosts === 2 ? two : three, fields);
  const [speaker, wire] = await Promise.all([lab.agent("c"), lab.watch("c", "eth0", `udp and src net 10.1.0.0/24`)]);
  await speaker.flood({ fields: { group: A, port, iface: "eth0" }, count, rate, ...flood });
  await silence(wire);
  const times = timesOf(wire.packets);
  const said = timesOf(wire.packets.filter(isSaid));
  const last = said.at(-1) ?? 0;
  should((times.at(-1) ?? 0) - last).be.below(2, `${times.filter((time) => time > last).length} datagrams after the sender stopped`);
  should(mostInASecond(times)).be.belowOrEqual(10 * mostInASecond(said));
  should(times.length).be.above(count);
  const warnings = agents.map((agent) => agent.warnings);
  should(warnings.flat()).not.be.empty();
  for (const each of warnings) should(each.length).be.belowOrEqual(1);
}

// The speaker is on host c, whose relay, if there is one, sends from a hop port.
function isSaid(packet: string): boolean {
  const [, from] = /10\.1\.0\.3\.(\d+) > 239\.255\.1\.1\.5000/.exec(packet) ?? [];
  return Number(from) < 61_440;
}

/** Settles when nothing has passed for 1.5 seconds; after 5 seconds in any case. */
async function silence(wire: Watch): Promise<void> {
  let quiet = 0;
  for (let before = -1, left = 10; quiet < 3 && left > 0; left -= 1) {
    await setTimeout(500);
    const { length } = wire.packets;
    quiet = length === before ? quiet + 1 : 0;
    before = length;
  }
}

async function relays(lab: Lab, ways: readonly Way[], fields: Fields = {}): Promise<readonly Agent[]> {
  const agents = await Promise.all(ways.map(([host]) => lab.agent(host)));
  for (const [number, [, from, to]] of ways.entries()) {
    const id = await agents[number]?.relay({ group: to, groups: [from], port, iface: "eth0", echoIface: "eth0", ...fields });
    await agents[number]?.until(id ?? 0, "joined eth0");
  }
  return agents;
}

async function loop(lab: Lab, ways: readonly Way[], sealing: Fields = {}): Promise<void> {
  const agents = await relays(lab, ways, sealing);
  const speaker = await lab.agent("c");
  const wire = await lab.watch("c", "eth0", `udp and port ${port}`);
  await speaker.say({ group: A, port, iface: "eth0", ...sealing }, "round and round");
  // Those that end the loop are yellow from then on, and green again when it has been over for three seconds.
  await Promise.any(agents.map((agent) => agent.until(1, /Possible loop/)));
  const ending = agents.filter(({ history }) => history.some((state) => state.includes("Possible loop")));
  await Promise.all(ending.map((agent) => agent.until(1, "joined eth0")));
  should(spanOf(wire)).be.below(1);
  should(wire.packets.length).be.below(400);
  for (const { warnings } of ending) should(warnings).match([/^Possible loop 239\.255\.1\.\d → 239\.255\.1\.\d: /]);

  const ear = await lab.agent("c");
  await ear.join({ group: B, port, iface: "eth0", ...sealing });
  await speaker.say({ group: A, port, iface: "eth0", ...sealing }, "another");
  await ear.count(1);
  should(ear.heard[0]?.text).equal("another");
}

/** Seconds between the first and the last of what passed. */
function spanOf({ packets }: Watch): number {
  const times = timesOf(packets);
  return (times.at(-1) ?? 0) - (times[0] ?? 0);
}

/** Returns the time of each packet in seconds, from the time of day at the start of its line. */
function timesOf(packets: readonly string[]): readonly number[] {
  return packets.map((packet) => {
    const [, hours, minutes, seconds] = /^(\d+):(\d+):([\d.]+)/.exec(packet) ?? [];
    return (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  });
}

function mostInASecond(times: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [index, time] of times.entries()) {
    while ((times[first] ?? time) <= time - 1) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
