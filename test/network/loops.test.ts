import should from "should";
import { type Agent, describeLab, type HostName, type Lab } from "./lab";

const [A, B, C] = ["239.255.1.1", "239.255.1.2", "239.255.1.3"] as const;
const port = 5000;

type Way = readonly [host: Exclude<HostName, "switch">, from: string, to: string];

describeLab("relays on a network", (lab) => {
  const LOOPS: Readonly<Record<string, readonly Way[]>> = {
    "between two hosts": [
      ["a", A, B],
      ["b", B, A],
    ],
    "between two processes of one host": [
      ["a", A, B],
      ["a", B, A],
    ],
    "of three hosts": [
      ["a", A, B],
      ["b", B, C],
      ["c", C, A],
    ],
    "between three hosts that doubles what goes round": [
      ["a", A, B],
      ["b", B, A],
      ["c", B, A],
    ],
  };
  for (const [claim, ways] of Object.entries(LOOPS)) {
    it(`a loop ${claim} is silent within a second, warned of once, and leaves other payloads alone`, () => loop(lab, ways));
  }

  it("a chain over three hosts hands on one payload that is repeated, and warns of nothing", async () => {
    const ways: readonly Way[] = [
      ["a", A, B],
      ["b", B, C],
    ];
    const agents = await relays(lab, ways);
    const [end, speaker] = await Promise.all([lab.agent("c"), lab.agent("c")]);
    await end.join({ group: C, port, iface: "eth0" });
    for (let number = 0; number < 100; number += 1) await speaker.say({ group: A, port, iface: "eth0" }, "the same");
    await end.count(100);
    should(agents.flatMap(({ warnings }) => warnings)).be.empty();
  });

  it("a two-way bridge between two LANs hands on what is said on each, and nothing goes round", async () => {
    const bridge = await lab.agent("a");
    await bridge.relay({ group: B, groups: [A], port, iface: "eth0", echoIface: "eth1" });
    await bridge.relay({ group: B, groups: [A], port, iface: "eth1", echoIface: "eth0" });
    const [ears, speaker] = await Promise.all([lab.agent("b"), lab.agent("b")]);
    await ears.join({ group: B, port, iface: "eth0,eth1" });
    await speaker.say({ group: A, port, iface: "eth0" }, "from the first");
    await ears.count(1);
    await speaker.say({ group: A, port, iface: "eth1" }, "from the second");
    await ears.count(2);
    should(ears.told).deepEqual(["from the first on eth1", "from the second on eth0"]);
    should(bridge.warnings).be.empty();
  });
});

async function relays(lab: Lab, ways: readonly Way[]): Promise<readonly Agent[]> {
  const agents = await Promise.all(ways.map(([host]) => lab.agent(host)));
  for (const [number, [, from, to]] of ways.entries()) {
    const id = await agents[number]?.relay({ group: to, groups: [from], port, iface: "eth0", echoIface: "eth0" });
    await agents[number]?.until(id ?? 0, "joined eth0");
  }
  return agents;
}

async function loop(lab: Lab, ways: readonly Way[]): Promise<void> {
  const agents = await relays(lab, ways);
  const speaker = await lab.agent("c");
  const wire = await lab.watch("c", "eth0", `udp and port ${port}`);
  await speaker.say({ group: A, port, iface: "eth0" }, "round and round");
  // Those that end the loop are yellow from then on, and green again when it has been over for three seconds.
  await Promise.any(agents.map((agent) => agent.until(1, /Possible loop/)));
  const ending = agents.filter(({ history }) => history.some((state) => state.includes("Possible loop")));
  await Promise.all(ending.map((agent) => agent.until(1, "joined eth0")));
  should(spanOf(wire.packets)).be.below(1);
  should(wire.packets.length).be.below(400);
  for (const { warnings } of ending) should(warnings).match([/^Possible loop 239\.255\.1\.\d → 239\.255\.1\.\d: /]);

  const ear = await lab.agent("c");
  await ear.join({ group: B, port, iface: "eth0" });
  await speaker.say({ group: A, port, iface: "eth0" }, "another");
  await ear.count(1);
  should(ear.heard[0]?.text).equal("another");
}

/** Seconds between the first and the last of some packets, each of which begins with its time of day. */
function spanOf(packets: readonly string[]): number {
  const times = packets.map((packet) => {
    const [, hours, minutes, seconds] = /^(\d+):(\d+):([\d.]+)/.exec(packet) ?? [];
    return (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  });
  return Math.max(...times) - Math.min(...times);
}
