import should from "should";
import { type Agent, describeLab, type Lab } from "./lab";

const port = 5000;
/** One for each way in which groups are bound and distinguished. */
const groups = ["239.255.1.1", "ff02::1:5", "ff05::1:5"];

describeLab("while the network changes", (lab) => {
  it("the nodes wait for a link that goes down, and work again when it is up", async () => {
    const pair = await Pair.start(lab);
    lab.on("a", "ip link set eth0 down");
    await pair.soon("waiting for eth0");
    lab.on("a", "ip link set eth0 up; ip addr add fd01::1/64 dev eth0 nodad");
    await pair.soon("joined eth0");
    await pair.isRight();
  });

  it("the nodes wait for a cable that is pulled, and work again when it is back", async () => {
    const pair = await Pair.start(lab);
    lab.on("switch", "ip link set a-eth0 down");
    await pair.soon("waiting for eth0");
    lab.on("switch", "ip link set a-eth0 up");
    await pair.soon("joined eth0");
    await pair.isRight();
  });

  it("the nodes wait for an address that is removed, and work again when it is back", async () => {
    const pair = await Pair.start(lab, ["239.255.1.1"]);
    lab.on("a", "ip -4 addr flush dev eth0");
    await pair.soon("waiting for an IPv4 address on eth0");
    lab.on("a", "ip addr add 10.1.0.1/24 dev eth0");
    await pair.soon("joined eth0");
    await pair.isRight();
  });

  it("a replaced address loses no message, and the next message leaves from the new one", async () => {
    const pair = await Pair.start(lab, ["239.255.1.1"]);
    lab.on("a", "ip -4 addr flush dev eth0; ip addr add 10.1.0.77/24 dev eth0");
    await pair.hearsAndIsHeard("239.255.1.1");
    should(pair.other.heard.at(-1)?.from).equal("10.1.0.77");
    await pair.ours.beats(2);
    await pair.isRight();
  });

  it("an address of another subnet is taken up", async () => {
    const pair = await Pair.start(lab, ["239.255.1.1"]);
    lab.on("a", "ip -4 addr flush dev eth0");
    await pair.soon("waiting for an IPv4 address on eth0");
    lab.on("a", "ip addr add 10.9.0.1/16 dev eth0");
    await pair.soon("joined eth0");
    await pair.isRight();
    should(pair.other.heard.at(-1)?.from).equal("10.9.0.1");
  });

  it("an IPv6 address that appears after the group was joined still identifies its interface", async () => {
    lab.on("a", "ip -6 addr del fd01::1/64 dev eth0; ip -6 addr del fd02::1/64 dev eth1");
    const pair = await Pair.start(lab, ["ff05::1:5"], false);
    lab.on("a", "ip -6 addr add fd01::1/64 dev eth0 nodad; ip -6 addr add fd02::1/64 dev eth1 nodad");
    await pair.ours.beats(2);
    const neighbour = await lab.agent("a");
    await neighbour.join({ group: "ff05::1:5", port, iface: "eth1" });
    await pair.other.say({ group: "ff05::1:5", port, iface: "eth1" }, "on the other LAN");
    await neighbour.count(1);
    await pair.other.say({ group: "ff05::1:5", port, iface: "eth0" }, "on ours");
    await pair.ours.count(1);
    should(pair.ours.reported).deepEqual(["on ours on eth0"]);
  });

  it("an interface that is made again within one heartbeat is noticed", async () => {
    const pair = await Pair.start(lab, groups, true, []);
    await pair.ours.beats(1);
    lab.on("a", "ip link del eth0");
    lab.plug("a", "eth0");
    await pair.ours.beats(2);
    await pair.soon("joined eth0");
    await pair.isRight();
  });

  it("a message that is sent right after its interface was made again goes out", async () => {
    const pair = await Pair.start(lab, groups, true, []);
    await pair.ours.beats(1);
    lab.on("a", "ip link del eth0");
    lab.plug("a", "eth0");
    for (const group of groups) should(await pair.ours.say({ group, port, iface: "eth0" }, "at once")).equal(undefined);
    await pair.other.count(2 * groups.length);
  });

  it("the nodes wait for an interface that is removed, and work again when it was made again", async () => {
    const pair = await Pair.start(lab);
    lab.on("a", "ip link del eth0");
    await pair.soon("waiting for eth0");
    await pair.ours.beats(5);
    lab.plug("a", "eth0");
    await pair.soon("joined eth0");
    await pair.isRight();
  });

  it("a message that is sent while the interface is gone goes out when it is back", async () => {
    const pair = await Pair.start(lab);
    lab.on("a", "ip link del eth0");
    await pair.soon("waiting for eth0");
    const before = pair.other.heard.length;
    const said = groups.map((group) => pair.ours.say({ group, port, iface: "eth0" }, `to ${group}`));
    lab.plug("a", "eth0");
    should(await Promise.all(said)).deepEqual(groups.map(() => undefined));
    const heard = await pair.other.count(before + groups.length);
    should(new Set(heard.slice(before).map(({ text }) => text))).deepEqual(new Set(groups.map((group) => `to ${group}`)));
  });

  it("the nodes wait for IPv6 that is switched off, and work again when it is on; IPv4 goes on meanwhile", async () => {
    const pair = await Pair.start(lab);
    const [ipv4 = 0, ...ipv6] = pair.memberships;
    lab.on("a", "sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1");
    for (const membership of ipv6) await pair.ours.soon(membership, "waiting for an IPv6 address on eth0");
    should(pair.ours.state(ipv4)).equal("joined eth0");
    await pair.hearsAndIsHeard("239.255.1.1");
    lab.on("a", "sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0; ip addr add fd01::1/64 dev eth0 nodad");
    for (const membership of ipv6) await pair.ours.soon(membership, "joined eth0");
    await pair.isRight();
  });

  it("IPv6 that an MTU below 1280 ends is waited for, and is heard again when the MTU is back", async () => {
    const [ours, other] = await Promise.all([lab.agent("a", "quick"), lab.agent("b")]);
    for (const group of groups.slice(1)) {
      const membership = await ours.join({ group, port, iface: "eth0", refresh: 0 });
      lab.on("a", "ip link set eth0 mtu 1000");
      await ours.until(membership, "waiting for an IPv6 address on eth0");
      lab.on("a", "ip link set eth0 mtu 1500; ip -6 addr add fd01::1/64 dev eth0 nodad");
      await ours.until(membership, "joined eth0");
      await ours.beats(1);
      await other.say({ group, port, iface: "eth0" }, `to ${group}`);
      await ours.hears(`to ${group}`);
      await ours.leave(membership);
      should(lab.joined("a", group)).deepEqual({});
    }
  });

  for (const iface of ["all", "default", "eth0"]) {
    it(`nodes that start before there is a network work when there is one (${iface})`, async () => {
      lab.on("a", "ip link del eth0; ip link del eth1; ip link set lo down");
      const pair = await Pair.start(lab, groups, false, ["quick"], iface);
      for (const [index, membership] of pair.memberships.entries()) {
        const family = index === 0 ? "IPv4" : "IPv6";
        const words = iface === "eth0" ? "waiting for eth0" : `waiting for a network (no usable ${family} interface)`;
        should(pair.ours.state(membership)).equal(words);
      }
      lab.on("a", "ip link set lo up");
      lab.plug("a", "eth0");
      await pair.soon("joined eth0");
      await pair.isRight();
    });
  }
});

/** A program on host a that is put to the test, and one on host b that it hears and that hears it. */
class Pair {
  readonly #lab: Lab;
  readonly #groups: readonly string[];
  readonly #iface: string;
  readonly ours: Agent;
  readonly other: Agent;
  memberships: readonly number[] = [];

  static async start(lab: Lab, joined = groups, tries = true, traits = ["quick"], iface = "eth0"): Promise<Pair> {
    const pair = new Pair(lab, await Promise.all([lab.agent("a", ...traits), lab.agent("b")]), joined, iface);
    pair.memberships = await Promise.all(joined.map((group) => pair.ours.join({ group, port, iface })));
    for (const group of joined) await pair.other.join({ group, port, iface: "eth0" });
    if (tries) for (const group of joined) await pair.hearsAndIsHeard(group);
    return pair;
  }

  private constructor(lab: Lab, [ours, other]: readonly [Agent, Agent], joined: readonly string[], iface: string) {
    this.#lab = lab;
    this.#groups = joined;
    this.#iface = iface;
    this.ours = ours;
    this.other = other;
  }

  /** The state of every membership, and of sending where something was sent, is so within two heartbeats. */
  async soon(words: string): Promise<void> {
    const sending = this.ours.state(0) ? [0] : [];
    await Promise.all([...this.memberships, ...sending].map((each) => this.ours.soon(each, words)));
  }

  /** Datagrams come and go, every group is joined once and on eth0 alone, and no longer when it was left. */
  async isRight(): Promise<void> {
    this.#lab.allForward();
    for (const group of this.#groups) {
      await this.hearsAndIsHeard(group);
      should(this.#lab.joined("a", group)).deepEqual({ eth0: 1 });
    }
    should(this.ours.state(0)).equal("joined eth0");
    for (const membership of this.memberships) await this.ours.leave(membership);
    for (const group of this.#groups) should(this.#lab.joined("a", group)).deepEqual({});
  }

  async hearsAndIsHeard(group: string): Promise<void> {
    const heard = [this.ours.heard.length, this.other.heard.length] as const;
    should(await this.other.say({ group, port, iface: "eth0", loopback: false }, `to ${group}`)).equal(undefined);
    should(await this.ours.say({ group, port, iface: this.#iface, loopback: false }, `to ${group}`)).equal(undefined);
    await Promise.all([this.ours.count(heard[0] + 1), this.other.count(heard[1] + 1)]);
    for (const agent of [this.ours, this.other]) should(agent.reported.at(-1)).equal(`to ${group} on eth0`);
  }
}
