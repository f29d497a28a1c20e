import should from "should";
import { describeLab, type Lab, type Watch } from "./lab";

const group = "239.255.1.1";
const group6 = "ff15::1234";
const port = 5000;
const UDP = `udp port ${port}`;

describeLab("an interface that has two addresses", (lab) => {
  beforeEach(() => lab.on("a", "ip addr add 172.31.5.1/24 dev eth0; ip -6 addr add fd01::77/64 dev eth0 nodad"));

  const named = [
    ["172.31.5.1", group, "172.31.5.1"],
    ["172.31.5.0/24", group, "172.31.5.1"],
    ["10.1.0.1", group, "10.1.0.1"],
    ["fd01::77", group6, "fd01::77"],
    ["fd01::1", group6, "fd01::1"],
  ] as const;

  it("sends from the address that was named", async () => {
    const [wire, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a")]);
    for (const [iface, to] of named) should(await speaker.say({ group: to, port, iface }, "said")).equal(undefined);
    await wire.count(named.length, DATAGRAM);
    should(sources(wire)).deepEqual(named.map(([, , source]) => source));
  });

  for (const [iface, to] of [named[1], named[3]]) {
    it(`joins by the address that was named (${iface})`, async () => {
      const [ours, speaker] = await Promise.all([lab.agent("a"), lab.agent("b")]);
      should(ours.state(await ours.join({ group: to, port, iface }))).equal("joined eth0");
      should(lab.joined("a", to)).deepEqual({ eth0: 1 });
      await speaker.say({ group: to, port, iface: "eth0" }, "said");
      await ours.count(1);
      should(ours.reported).deepEqual(["said on eth0"]);
    });
  }

  it("can be replied to by a device that knows the second subnet only", async () => {
    lab.on("c", "ip addr flush dev eth0; ip addr add 172.31.5.3/24 dev eth0");
    const [ours, device] = await Promise.all([lab.agent("a"), lab.agent("c")]);
    await device.join({ group, port, iface: "eth0" });
    await ours.say({ group, port, iface: "172.31.5.1" }, "question");
    const [question] = await device.count(1);
    should(question?.from).equal("172.31.5.1");
    lab.sayTo("c", question?.from ?? "", question?.fromPort ?? 0, "reply");
    await ours.count(1);
    should(ours.heard[0]?.text).equal("reply");
  });

  for (const [iface, to, named, other] of [
    ["172.31.5.1", group, "172.31.5.1", "10.1.0.1"],
    ["fd01::77", group6, "fd01::77", "fd01::1"],
  ] as const) {
    it(`receives unicast to the address that was named, and takes no other address from other programs (${iface})`, async () => {
      reachable(lab);
      const ours = await lab.agent("a");
      should(ours.state(await ours.recv({ groups: [to], port, iface, unicast: true }))).equal("joined eth0");
      for (const address of [other, named]) lab.sayTo("b", address, port, `to ${address}`);
      await ours.count(1);
      should(ours.heard.map(({ text }) => text)).deepEqual([`to ${named}`]);
    });

    it(`sends from a fixed source port on the address that was named, and receives replies there (${iface})`, async () => {
      reachable(lab);
      const [wire, ours] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a")]);
      await ours.say({ group: to, port, iface, sourcePort: 6000 }, "question");
      await wire.count(1, DATAGRAM);
      should(sources(wire)).deepEqual([named]);
      for (const address of [other, named]) lab.sayTo("b", address, 6000, `to ${address}`);
      await ours.count(1);
      should(ours.heard.map(({ text }) => text)).deepEqual([`to ${named}`]);
    });
  }

  it("receives unicast on every address, once, where only the interface is named", async () => {
    reachable(lab);
    const ours = await lab.agent("a");
    await ours.recv({ groups: [group, group6], port, iface: "eth0", unicast: true });
    const addresses = ["10.1.0.1", "172.31.5.1", "fd01::1", "fd01::77", linkLocal(lab)];
    for (const address of addresses) lab.sayTo("b", address, port, address);
    await ours.count(addresses.length);
    should(ours.heard.map(({ text }) => text)).deepEqual(addresses);
  });

  it("receives unicast on an address that appears later", async () => {
    reachable(lab);
    const ours = await lab.agent("a", "quick");
    await ours.recv({ groups: [group], port, iface: "eth0", unicast: true });
    lab.on("a", "ip addr add 172.31.5.9/24 dev eth0");
    await ours.beats(2);
    lab.sayTo("b", "172.31.5.9", port, "to the new address");
    await ours.count(1);
  });

  for (const [to, addresses] of [
    [group, ["10.1.0.1", "172.31.5.1"]],
    [group6, ["fd01::1", "fd01::77"]],
  ] as const) {
    it(`receives replies to a fixed source port on every address where only the interface is named (${to})`, async () => {
      reachable(lab);
      const ours = await lab.agent("a");
      await ours.say({ group: to, port, iface: "eth0", sourcePort: 6000 }, "question");
      for (const address of addresses) lab.sayTo("b", address, 6000, `to ${address}`);
      await ours.count(addresses.length);
      should(ours.heard.map(({ text }) => text)).deepEqual(addresses.map((address) => `to ${address}`));
    });
  }

  it("sends from the source that the system's route prefers", async () => {
    lab.on("a", "ip route add 239.0.0.0/8 dev eth0 src 172.31.5.1");
    const [wire, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a")]);
    for (const iface of ["eth0", "default"]) await speaker.say({ group, port, iface }, "said");
    await wire.count(2, DATAGRAM);
    should(sources(wire)).deepEqual(["172.31.5.1", "172.31.5.1"]);
  });
});

describeLab("an interface whose first address is link-local (RFC 3927)", (lab) => {
  for (const scope of ["link", "global"]) {
    it(`sends from the routable address (scope ${scope})`, async () => {
      lab.on("a", `ip -4 addr flush dev eth0; ip addr add 169.254.7.7/16 dev eth0 scope ${scope}; ip addr add 10.1.0.1/24 dev eth0`);
      lab.on("a", "ip route add default via 10.1.0.254 dev eth0");
      const [wire, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a")]);
      for (const iface of ["eth0", "default", "all"]) await speaker.say({ group, port, iface }, "said");
      await wire.count(3, DATAGRAM);
      should(sources(wire)).deepEqual(["10.1.0.1", "10.1.0.1", "10.1.0.1"]);
    });
  }

  it("sends from the link-local address where there is no other", async () => {
    lab.on("a", "ip -4 addr flush dev eth0; ip addr add 169.254.7.7/16 dev eth0 scope link");
    const [wire, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a")]);
    await speaker.say({ group, port, iface: "eth0" }, "said");
    await wire.count(1, DATAGRAM);
    should(sources(wire)).deepEqual(["169.254.7.7"]);
  });
});

describeLab("two interfaces that share an address", (lab) => {
  const shared = /eth0 and eth1 share the address 10\.66\.9\.9: the system cannot distinguish them/;

  beforeEach(() => {
    for (const device of ["eth0", "eth1"]) lab.on("a", `ip -4 addr flush dev ${device}; ip addr add 10.66.9.9/32 dev ${device}`);
  });

  it("join nothing under a false name, and report the reason", async () => {
    const ours = await lab.agent("a", "quick");
    for (const iface of ["eth0", "eth1"]) should(ours.state(await ours.join({ group, port, iface }))).match(shared);
    should(lab.joined("a", group)).deepEqual({});
  });

  it("send nothing by the wrong one, and report the reason", async () => {
    const [lan1, lan2, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.watch("b", "eth1", UDP), lab.agent("a", "quick")]);
    should(await speaker.say({ group, port, iface: "eth0" }, "said")).match(shared);
    await speaker.say({ group: group6, port, iface: "eth0" }, "the last");
    await speaker.say({ group: group6, port, iface: "eth1" }, "the last");
    await Promise.all([lan1.count(1, DATAGRAM), lan2.count(1, DATAGRAM)]);
    should(sources(lan2)).deepEqual(["fd02::1"]);
  });

  it("are distinguished for IPv6 all the same", async () => {
    const ours = await lab.agent("a");
    should(ours.state(await ours.join({ group: group6, port, iface: "eth0" }))).equal("joined eth0");
    should(lab.joined("a", group6)).deepEqual({ eth0: 1 });
  });

  it("are distinguished by an address that only one of them has", async () => {
    lab.on("a", "ip addr add 10.1.0.1/24 dev eth0");
    const [ours, other, speaker] = await Promise.all([lab.agent("a"), lab.agent("a", "no-inet6"), lab.agent("b")]);
    should(ours.state(await ours.join({ group, port, iface: "eth0" }))).equal("joined eth0");
    should(lab.joined("a", group)).deepEqual({ eth0: 1 });
    await other.join({ group, port, iface: "default" });
    for (const iface of ["eth1", "eth0"]) await speaker.say({ group, port, iface }, `by ${iface}`);
    await ours.count(1);
    should(ours.reported).deepEqual(["by eth0 on eth0"]);
  });

  it("join as soon as one of them has an address of its own", async () => {
    const [ours, speaker] = await Promise.all([lab.agent("a", "quick"), lab.agent("b")]);
    const membership = await ours.join({ group, port, iface: "eth0" });
    await ours.until(membership, shared);
    lab.on("a", "ip addr add 10.1.0.1/24 dev eth0");
    await ours.soon(membership, "joined eth0");
    should(lab.joined("a", group)).deepEqual({ eth0: 1 });
    await speaker.say({ group, port, iface: "eth0" }, "said");
    await ours.count(1);
  });
});

describeLab("an address that changes while datagrams arrive", (lab) => {
  for (const traits of [[], ["no-inet6"]]) {
    it(`loses none of them (1000 a second${traits.map((trait) => `, ${trait}`)})`, async () => {
      const [ours, speaker] = await Promise.all([lab.agent("a", "quick", ...traits), lab.agent("b")]);
      const membership = await ours.join({ group, port, iface: "eth0", refresh: 0 });
      const flood = speaker.flood({ fields: { group, port, iface: "eth0" }, count: 4_000, rate: 1_000 });
      for (const address of ["10.1.0.77", "10.1.0.1", "10.1.0.77", "10.1.0.1", "10.1.0.77"]) {
        await ours.beats(2);
        lab.on("a", `ip -4 addr flush dev eth0; ip addr add ${address}/24 dev eth0`);
      }
      await flood;
      await ours.hears("4000");
      const heard = new Set(ours.heard.map(({ text }) => text));
      should(Array.from({ length: 4_000 }, (_, index) => `${index + 1}`).filter((number) => !heard.has(number))).deepEqual([]);
      should(ours.heard.length).equal(4_000);
      should(ours.state(membership)).equal("joined eth0");
      should(lab.joined("a", group)).deepEqual({ eth0: 1 });
    });
  }

  it("costs not one of them where it is away for some heartbeats, though some wait to be read when another one comes", async () => {
    const [ours, speaker] = await Promise.all([lab.agent("a", "quick"), lab.agent("b")]);
    const membership = await ours.join({ group, port, iface: "eth0", refresh: 0 });
    const flood = speaker.flood({ fields: { group, port, iface: "eth0" }, count: 3_000, rate: 1_000 });
    await ours.beats(1);
    lab.on("a", "ip -4 addr flush dev eth0");
    await ours.until(membership, "waiting for an IPv4 address on eth0");
    await ours.stall(400, () => lab.run("a", "ip addr add 10.1.0.77/24 dev eth0"));
    await flood;
    await ours.hears("3000");
    should(ours.heard.length).equal(3_000);
    should(ours.state(membership)).equal("joined eth0");
    should(lab.joined("a", group)).deepEqual({ eth0: 1 });
  });
});

// The end of a datagram's line in the output of tcpdump.
const DATAGRAM = /UDP, length/;

/** From which addresses the datagrams on a wire came. */
function sources(watch: Watch): readonly (string | undefined)[] {
  return watch.packets.map((packet) => / ([0-9a-f.:]+)\.\d+ > /.exec(packet)?.[1]);
}

/** Gives b an address in the second subnet of a. */
function reachable(lab: Lab): void {
  lab.on("b", "ip addr add 172.31.5.2/24 dev eth0");
}

/** The link-local address of a's eth0, as b reaches it. */
function linkLocal(lab: Lab): string {
  const listed = lab.on("a", "ip -6 -o addr show dev eth0 scope link");
  return `${/fe80::[0-9a-f:]+/.exec(listed)?.[0]}%eth0`;
}
