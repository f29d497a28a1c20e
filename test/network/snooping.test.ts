import should from "should";
import { type Agent, describeLab, type Lab } from "./lab";

const group = "239.255.1.1";
const port = 5000;
const here = { group, port, iface: "eth0" };

describeLab("behind a switch that snoops, where no querier is heard", (lab) => {
  beforeEach(() => snoop(lab));

  it("a refreshed membership loses no datagram and sends no report that would be a leave; one without refresh stops receiving", async () => {
    const [ours, lazy, speaker] = await Promise.all([lab.agent("a", "quick"), lab.agent("c"), lab.agent("b")]);
    const wire = await lab.watch("a", "eth0", "igmp");
    await Promise.all([ours.join({ ...here, refresh: 10 }), lazy.join({ ...here, refresh: 0 })]);
    await wire.count(1, report);
    await speaker.flood({ fields: here, count: 3_500, rate: 1_000 });
    should(3_500 - (await heardUntil("the end", speaker, ours))).be.belowOrEqual(3); // one a refresh, which is deaf for microseconds
    await wire.count(3, report);
    should(wire.packets.filter((packet) => leave.test(packet))).be.empty();

    const lazyWire = await lab.watch("c", "eth0", "igmp");
    await lazy.join({ ...here, group: "239.255.1.2" });
    await lazyWire.count(1, /gaddr 239\.255\.1\.2 to_ex/);
    should(await heardUntil("the mark", speaker, lazy, "239.255.1.2"))
      .be.above(0)
      .and.below(3_000);
  });

  it("two memberships of one group on different ports are refreshed together", async () => {
    const [ours, speaker] = await Promise.all([lab.agent("a", "quick"), lab.agent("b")]);
    const wire = await lab.watch("a", "eth0", "igmp");
    await ours.join({ ...here, refresh: 10 });
    await ours.join({ ...here, port: port + 1, refresh: 0 });
    await ours.beats(11); // more than two refreshes
    await wire.count(4, report);
    await speaker.say(here, "on one port");
    await speaker.say({ ...here, port: port + 1 }, "on the other");
    await ours.count(2);
    should(wire.packets.filter((packet) => leave.test(packet))).be.empty();
    should(lab.joined("a", group)).deepEqual({ eth0: 2 });
  });

  it("a refresh of many groups loses no more of each than a refresh of one", async () => {
    const [ours, speaker] = await Promise.all([lab.agent("a", "quick"), lab.agent("b")]);
    const others = Array.from({ length: 400 }, (_, index) => `239.255.${2 + (index >> 7)}.${(index & 127) + 1}`);
    await Promise.all([group, ...others].map((each) => ours.join({ ...here, group: each, refresh: 10 })));
    await ours.beats(1);
    await speaker.flood({ fields: here, count: 12_000, rate: 4_000 });
    should(12_000 - (await heardUntil("the end", speaker, ours))).be.belowOrEqual(6);
  });

  for (const [what, host, device] of [
    ["the cable is back", "switch", "a-eth0"],
    ["the link is up again", "a", "eth0"],
  ] as const) {
    it(`the kernel sends a report when ${what}, so that the switch knows the listeners again`, async () => {
      const [ours, speaker, wire] = await Promise.all([lab.agent("a", "quick"), lab.agent("b"), lab.watch("a", "eth0", "igmp")]);
      const membership = await ours.join({ ...here, refresh: 86_400 });
      const before = await wire.count(2, report); // a join is reported twice
      lab.on(host, `ip link set ${device} down`);
      await ours.until(membership, "waiting for eth0");
      lab.on(host, `ip link set ${device} up`);
      await ours.soon(membership, "joined eth0");
      await wire.count(before.length + 1, report);
      await speaker.say(here, "after it was back");
      await ours.count(1);
      should(lab.joined("a", group)).deepEqual({ eth0: 1 });
    });
  }

  it("nothing is refreshed while an old querier is on the link, which would forget the group at a leave", async () => {
    lab.on("a", "sysctl -qw net.ipv4.conf.eth0.force_igmp_version=2"); // as after a query of version 2
    const ours = await lab.agent("a", "quick");
    const wire = await lab.watch("a", "eth0", "igmp");
    await ours.join({ ...here, refresh: 10 });
    await ours.beats(12);
    lab.on("a", "sysctl -qw net.ipv4.conf.eth0.force_igmp_version=3");
    await wire.count(1, report);
    should(wire.packets.filter((packet) => leave.test(packet))).be.empty();
  });
});

describeLab("behind a switch that snoops and asks by IGMPv2", (lab) => {
  it("its queries get reports, and no refresh sends a leave", async () => {
    snoop(lab, "mcast_igmp_version 2");
    lab.on("a", "nft flush ruleset");
    const ours = await lab.agent("a", "quick");
    const wire = await lab.watch("a", "eth0", "igmp");
    await ours.join({ ...here, refresh: 10 });
    lab.on("switch", "ip link set lan1 type bridge mcast_querier 0; ip link set lan1 type bridge mcast_querier 1");
    await wire.count(1, /igmp query v2/);
    await ours.beats(12);
    should(wire.packets.filter((packet) => leave.test(packet))).be.empty();
  });
});

/** Sends a last word to a group, and returns the number of datagrams that the listener received before it. */
async function heardUntil(word: string, speaker: Agent, listener: Agent, to = group): Promise<number> {
  await speaker.say({ ...here, group: to }, word);
  await listener.hears(word);
  return listener.heard.length - 1;
}

/** The report with which a host joins the group under IGMPv3, or joins it again. */
const report = /v3 report.*gaddr 239\.255\.1\.1 (to_ex|is_ex)/;
/** The report that would make a switch forget the group at once. */
const leave = /gaddr 239\.255\.1\.1 (to_in|is_in|block)|igmp leave 239\.255\.1\.1/;

/**
 * Has lan1 snoop, and forget a member 1.5 s after its last report. The switch takes itself for the querier, or it would pass
 * everything on, but what it asks does not get through to the listeners.
 */
function snoop(lab: Lab, version = "mcast_igmp_version 3"): void {
  const deaf = "add table ip t; add chain ip t i { type filter hook input priority 0; }; add rule ip t i ip protocol igmp drop";
  for (const host of ["a", "c"] as const) lab.on(host, `nft '${deaf}'`);
  const settings = `mcast_snooping 1 ${version} mcast_query_response_interval 10 mcast_membership_interval 150`;
  lab.on("switch", `ip link set lan1 type bridge ${settings}; ip link set lan1 type bridge mcast_querier 1`);
}
