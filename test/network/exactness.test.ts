import should from "should";
import { describeLab, type Lab } from "./lab";

const group = "239.255.1.1";
const group6 = "ff05::1234";
const port = 5000;

describeLab("on two LANs", (lab) => {
  it("datagrams of the joined interface are received, and none of the other one, which another process joined", () => apart(lab, group));

  it("the same is true of an IPv6 group of the site, by the sender's subnet", () => apart(lab, group6));

  it("the same is true of an IPv6 group of the link", () => apart(lab, "ff02::1234"));

  it("the same is true if the group's zone names the interface", async () => {
    const [ours, other, speaker] = await Promise.all([lab.agent("a"), lab.agent("a"), lab.agent("b")]);
    should(ours.state(await ours.join({ group: "ff02::1234%eth0", port }))).equal("joined eth0");
    await other.join({ group: "ff02::1234%eth1", port });
    await speaker.say({ group: "ff02::1234%eth1", port }, "on the other");
    await speaker.say({ group: "ff02::1234%eth0", port }, "on ours");
    await Promise.all([ours.count(1), other.count(1)]);
    should(ours.reported).deepEqual(["on ours on eth0"]);
    should(other.reported).deepEqual(["on the other on eth1"]);
  });

  it("each datagram names the one of two joined interfaces by which it arrived", () => eachItsOwn(lab, group));

  it("each IPv6 datagram does so too", async () => {
    await eachItsOwn(lab, group6);
    await eachItsOwn(lab, "ff02::1234");
  });

  it("an interface that appears later is distinguished as well", () => apartLater(lab, group6));

  it("two cards on one LAN give each datagram once per card joined", async () => {
    lab.plug("b", "eth2", 1);
    const [ears, speaker] = await Promise.all([lab.agent("b"), lab.agent("a")]);
    for (const each of [group, "ff02::1234"]) await ears.join({ group: each, port, iface: "eth0,eth2" });
    await speaker.say({ group, port, iface: "eth0" }, "one");
    await speaker.say({ group: "ff02::1234", port, iface: "eth0" }, "two");
    await speaker.say({ group, port, iface: "eth0" }, "the last");
    await ears.count(6);
    should([...ears.reported].sort()).deepEqual(["one", "the last", "two"].flatMap((text) => [`${text} on eth0`, `${text} on eth2`]));
  });

  it("two cards on one LAN show which of them received a datagram to an IPv6 group of the site", async () => {
    lab.plug("b", "eth2", 1);
    const [ears, speaker] = await Promise.all([lab.agent("b"), lab.agent("a")]);
    await ears.join({ group: group6, port, iface: "eth0,eth2" });
    for (const text of ["one", "the last"]) await speaker.say({ group: group6, port, iface: "eth0" }, text);
    await ears.count(4);
    should([...ears.reported].sort()).deepEqual(["one", "the last"].flatMap((text) => [`${text} on eth0`, `${text} on eth2`]));
  });

  it("one of two cards on one LAN gives each datagram once, though another process joined on the other card", async () => {
    lab.plug("b", "eth2", 1);
    const [ears, other, speaker] = await Promise.all([lab.agent("b"), lab.agent("b"), lab.agent("a")]);
    await ears.join({ group, port, iface: "eth0" });
    await other.join({ group, port, iface: "eth2" });
    for (const text of ["one", "two"]) await speaker.say({ group, port, iface: "eth0" }, text);
    await Promise.all([ears.count(2), other.count(2)]);
    should(ears.reported).deepEqual(["one on eth0", "two on eth0"]);
    should(other.reported).deepEqual(["one on eth2", "two on eth2"]);
  });

  it("every choice of interfaces joins those that it means, and no other", async () => {
    await choices(lab, "239.255.2.", { ...CHOICES, default: ["eth0"] });
    await choices(lab, "ff15::", { ...CHOICES, "fd02::/64": ["eth1"], "fd02::1": ["eth1"] });
  });

  it("a range joins every interface that has an address in it", () => choices(lab, "239.255.2.", { "10.0.0.0/8": ["eth0", "eth1"] }));

  it("default joins where the routes lead", async () => {
    lab.on("a", "ip route add 239.0.0.0/8 dev eth1; ip -6 route add ff15::/16 dev eth1 table local");
    await choices(lab, "239.255.2.", { default: ["eth1"] });
    await choices(lab, "ff15::", { default: ["eth1"] });
  });
});

describeLab("on two LANs, where the system refuses AF_INET6", (lab) => {
  it("no datagram of the other interface is received, which another process joined", () => apart(lab, group, "no-inet6"));

  it("each datagram names the one of two joined interfaces by which it arrived", () => eachItsOwn(lab, group, "no-inet6"));

  it("an interface that appears later is distinguished as well", () => apartLater(lab, group, "no-inet6"));

  it("two cards on one LAN both receive, and no interface is guessed, since both are in the sender's subnet", async () => {
    lab.plug("b", "eth2", 1);
    const [ears, speaker] = await Promise.all([lab.agent("b", "no-inet6"), lab.agent("a")]);
    await ears.join({ group, port, iface: "eth0,eth2" });
    for (const text of ["one", "the last"]) await speaker.say({ group, port, iface: "eth0" }, text);
    await ears.count(4);
    should([...new Set(ears.heard.map((heard) => heard.interface))]).deepEqual([undefined]);
  });

  it("a datagram that comes through a router is received, and no interface is guessed", async () => {
    const [ears, speaker] = await Promise.all([lab.agent("a", "no-inet6"), lab.agent("c")]);
    lab.on("c", "ip addr add 10.9.0.3/24 dev eth0; ip addr del 10.1.0.3/24 dev eth0");
    await ears.join({ group, port, iface: "eth0" });
    await speaker.say({ group, port, iface: "eth0" }, "from afar");
    await ears.count(1);
    should(ears.reported).deepEqual(["from afar on undefined"]);
  });

  it("every choice of interfaces joins those that it means, and no other", () =>
    choices(lab, "239.255.2.", { ...CHOICES, default: ["eth0"] }, "no-inet6"));
});

/** The interfaces that each choice selects on host a. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  all: ["eth0", "eth1"],
  eth1: ["eth1"],
  "eth1,eth0": ["eth0", "eth1"],
  "10.2.0.1": ["eth1"],
  "10.2.0.0/24": ["eth1"],
};

async function choices(lab: Lab, prefix: string, expected: typeof CHOICES, ...traits: readonly string[]): Promise<void> {
  const ears = await lab.agent("a", ...traits);
  for (const [index, [iface, names]] of Object.entries(expected).entries()) {
    const joined = `${prefix}${index + 1}`;
    const membership = await ears.join({ group: joined, port, iface });
    should(ears.state(membership).split(" ").sort()).deepEqual([...names, "joined"], iface);
    should(lab.joined("a", joined)).deepEqual(Object.fromEntries(names.map((name) => [name, 1])), iface);
  }
}

/** Ours joins on eth0, another process on eth1 of the same host: each gets its own and nothing else. */
async function apart(lab: Lab, joined: string, ...traits: readonly string[]): Promise<void> {
  const [ours, other, speaker] = await Promise.all([lab.agent("a", ...traits), lab.agent("a", ...traits), lab.agent("b")]);
  const membership = await ours.join({ group: joined, port, iface: "eth0" });
  await other.join({ group: joined, port, iface: "eth1" });
  should(ours.state(membership)).equal("joined eth0");
  for (const text of ["one", "two"]) {
    for (const iface of ["eth1", "eth0"]) await speaker.say({ group: joined, port, iface }, `${text} by ${iface}`);
  }
  await Promise.all([ours.count(2), other.count(2)]);
  should(ours.reported).deepEqual(["one by eth0 on eth0", "two by eth0 on eth0"]);
  should(other.reported).deepEqual(["one by eth1 on eth1", "two by eth1 on eth1"]);
}

/** The same, where the other interface comes when ours is joined already. */
async function apartLater(lab: Lab, joined: string, ...traits: readonly string[]): Promise<void> {
  lab.on("a", "ip link del eth1");
  const [ours, other, speaker] = await Promise.all([lab.agent("a", "quick", ...traits), lab.agent("a", ...traits), lab.agent("b")]);
  await ours.join({ group: joined, port, iface: "eth0" });
  const witness = await ours.join({ group: "239.255.1.99", port, iface: "eth1" });
  lab.plug("a", "eth1");
  await ours.until(witness, "joined eth1"); // by now it has looked at the interfaces again
  await other.join({ group: joined, port, iface: "eth1" });
  for (const iface of ["eth1", "eth0"]) await speaker.say({ group: joined, port, iface }, `by ${iface}`);
  await Promise.all([ours.count(1), other.count(1)]);
  should(ours.reported).deepEqual(["by eth0 on eth0"]);
}

/** One process joins on both. */
async function eachItsOwn(lab: Lab, joined: string, ...traits: readonly string[]): Promise<void> {
  const [ears, speaker] = await Promise.all([lab.agent("a", ...traits), lab.agent("b")]);
  await ears.join({ group: joined, port, iface: "all" });
  for (const iface of ["eth0", "eth1", "eth0"]) await speaker.say({ group: joined, port, iface }, `by ${iface}`);
  await ears.count(3);
  should([...ears.reported].sort()).deepEqual(["by eth0 on eth0", "by eth0 on eth0", "by eth1 on eth1"]);
}
