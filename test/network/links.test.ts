import { spawnSync } from "node:child_process";
import should from "should";
import { describeLab, type Lab } from "./lab";

const group = "239.255.1.1";
const group6 = "ff15::1234";
const port = 5000;
const all = { group, port, iface: "all" };
const UDP = `udp port ${port}`;

describeLab("a host with cable and Wi-Fi on one LAN", (lab) => {
  beforeEach(() => {
    lab.on("a", "ip link del eth1");
    lab.plug("a", "wlan0", 1);
    lab.on(
      "a",
      "ip route del default; ip route add default via 10.1.0.254 dev eth0 metric 100; ip route add default via 10.1.0.254 dev wlan0 metric 600",
    );
    lab.on("a", "ip -6 route add default via fd01::fe dev eth0 metric 100; ip -6 route add default via fd01::fe dev wlan0 metric 600");
  });

  for (const to of [group, group6, "ff02::1234"]) {
    it(`all receives each datagram once, on the interface that the routes prefer, and names the other (${to})`, async () => {
      const [ours, speaker] = await Promise.all([lab.agent("a"), lab.agent("b")]);
      const membership = await ours.recv({ groups: [to], port, iface: "all" });
      should(ours.state(membership)).match(/^joined eth0(;|$)/);
      should(ours.state(membership)).match(/wlan0 is on the same network/);
      should(lab.joined("a", to)).deepEqual({ eth0: 1 });
      for (const text of ["one", "the last"]) await speaker.say({ group: to, port, iface: "eth0" }, text);
      await ours.hears("the last");
      should(ours.reported).deepEqual(["one on eth0", "the last on eth0"]);
    });
  }

  it("all follows the metric: Wi-Fi where the routes prefer that", async () => {
    lab.on("a", "ip route add default via 10.1.0.254 dev wlan0 metric 50");
    const ours = await lab.agent("a");
    should(ours.state(await ours.join(all))).match(/^joined wlan0(;|$)/);
    should(lab.joined("a", group)).deepEqual({ wlan0: 1 });
  });

  for (const to of [group, group6]) {
    it(`all sends each datagram once (${to})`, async () => {
      const [wire, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a")]);
      for (const iface of ["all", "eth0"]) should(await speaker.say({ group: to, port, iface }, "said")).equal(undefined);
      await wire.count(2, DATAGRAM);
      await speaker.say({ group: "ff15::99", port, iface: "eth0" }, "the end");
      await wire.count(1, /ff15::99/);
      should(wire.packets).have.length(3);
    });
  }

  for (const echoIface of ["", "all"]) {
    it(`a relay emits and echoes each datagram once (echoes by ${echoIface || "its default"})`, async () => {
      const [wire, ours, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a"), lab.agent("b")]);
      const bindGroup = "239.255.1.9";
      const relay = await ours.relay({ group: bindGroup, groups: [{ group, echo: true }], port, iface: "all", echoIface });
      await ours.until(relay, /^joined/);
      for (const text of ["one", "two"]) await speaker.say({ group, port, iface: "eth0" }, text);
      await ours.hears("two");
      await wire.count(2, /> 239\.255\.1\.9/);
      await speaker.say({ group: "ff15::99", port, iface: "eth0" }, "the end");
      await wire.count(1, /ff15::99/);
      should(ours.reported).deepEqual(["one on eth0", "two on eth0"]);
      should(wire.packets.filter((packet) => packet.includes("> 239.255.1.9"))).have.length(2);
    });
  }

  it("named interfaces are used as named, even if they give duplicates", async () => {
    const [wire, ours, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a"), lab.agent("b")]);
    const membership = await ours.recv({ groups: [group], port, iface: "eth0,wlan0" });
    should(ours.state(membership)).equal("joined eth0 wlan0");
    await speaker.say({ group, port, iface: "eth0" }, "said");
    await ours.count(2);
    should([...ours.reported].sort()).deepEqual(["said on eth0", "said on wlan0"]);
    await ours.say({ group: "239.255.1.2", port, iface: "eth0,wlan0" }, "said");
    await wire.count(2, /> 239\.255\.1\.2/);
  });

  it("Wi-Fi takes over within a heartbeat when the cable is pulled, and stops when it is back", async () => {
    const [ours, speaker] = await Promise.all([lab.agent("a", "quick"), lab.agent("b")]);
    const membership = await ours.join(all);
    await speaker.join({ ...all, iface: "eth0", port: port + 1 });
    await ours.say({ ...all, port: port + 1 }, "by cable");
    for (const each of [0, membership]) await ours.until(each, /^joined eth0(;|$)/);
    for (const [index, [state, device, from]] of [
      ["down", "wlan0", "10.1.0.91"],
      ["up", "eth0", "10.1.0.1"],
    ].entries()) {
      lab.on("switch", `ip link set a-eth0 ${state}`);
      await ours.soon(membership, new RegExp(`^joined ${device}(;|$)`));
      await ours.until(0, new RegExp(`^joined ${device}(;|$)`));
      if (state === "up") lab.allForward();
      await speaker.say({ ...all, iface: "eth0" }, `the cable is ${state}`);
      await ours.count(index + 1);
      should(ours.reported.at(-1)).equal(`the cable is ${state} on ${device}`);
      should(await ours.say({ ...all, port: port + 1 }, "said")).equal(undefined);
      await speaker.count(index + 2);
      should(speaker.heard.at(-1)?.from).equal(from);
    }
  });

  it("they are one link where only their IPv6 subnet is the same", async () => {
    lab.on("a", "ip -4 addr flush dev wlan0; ip addr add 10.99.0.1/24 dev wlan0");
    const ours = await lab.agent("a");
    should(ours.state(await ours.join(all))).match(/^joined eth0(;|$)/);
    should(lab.joined("a", group)).deepEqual({ eth0: 1 });
  });

  it("the one that has an address of the group's family is used", async () => {
    lab.on("a", "ip -4 addr flush dev eth0");
    const [ours, speaker] = await Promise.all([lab.agent("a"), lab.agent("b")]);
    should(ours.state(await ours.join(all))).match(/^joined wlan0(;|$)/);
    await speaker.say({ ...all, iface: "eth0" }, "said");
    await ours.count(1);
  });

  for (const iface of ["eth0", "all"]) {
    it(`an IPv6 group of the site is received once, though another program joined it on Wi-Fi (${iface})`, async () => {
      const [ours, other, speaker] = await Promise.all([lab.agent("a"), lab.agent("a"), lab.agent("b")]);
      await ours.recv({ groups: ["ff05::1:5"], port, iface });
      await other.join({ group: "ff05::1:5", port, iface: "wlan0" });
      for (const text of ["one", "one", "the last"]) await speaker.say({ group: "ff05::1:5", port, iface: "eth0" }, text);
      await ours.hears("the last");
      await speaker.say({ group: "ff05::1:5", port, iface: "eth0" }, "after it");
      await ours.hears("after it");
      should(ours.heard.map(({ text }) => text)).deepEqual(["one", "one", "the last", "after it"]);
    });
  }
});

describeLab("interfaces that stand on one another", (lab) => {
  beforeEach(() => lab.on("c", "ip route del default"));

  it("a macvlan on eth0 is the same link (Venus OS)", async () => {
    lab.on("c", "ip link add link eth0 name ll-eth0 type macvlan mode bridge");
    lab.on("c", "ip addr add 169.254.7.3/16 dev ll-eth0; ip link set ll-eth0 up");
    await once(lab, "eth0");
  });

  it("a bridge and its port are the same link", async () => {
    lab.on("c", "ip -4 addr flush dev eth0; ip addr add 10.9.0.3/24 dev eth0");
    lab.on("c", "ip link add br0 type bridge; ip link set eth0 master br0; ip addr add 10.1.0.3/24 dev br0; ip link set br0 up");
    lab.on("c", "ip route add default via 10.1.0.254 dev br0");
    await once(lab, "br0");
  });

  const hasBond = spawnSync("unshare", ["-rn", "ip", "link", "add", "bond0", "type", "bond"]).status === 0;
  (hasBond ? it : it.skip)(`a bond and its slaves are the same link${hasBond ? "" : " (no bond in this kernel)"}`, async () => {
    lab.on("c", "ip link add bond0 type bond mode active-backup; ip link set eth0 down; ip link set eth0 master bond0");
    lab.on("c", "ip addr add 10.1.0.3/24 dev bond0; ip link set bond0 up; ip link set eth0 up");
    await once(lab, "bond0");
  });
});

describeLab("interfaces on two LANs", (lab) => {
  it("are two links, though both have link-local addresses in the same ranges", async () => {
    for (const [index, device] of ["eth0", "eth1"].entries()) lab.on("a", `ip addr add 169.254.7.${index + 1}/16 dev ${device} scope link`);
    const ours = await lab.agent("a");
    for (const to of [group, group6]) {
      should(ours.state(await ours.join({ ...all, group: to }))).match(/^joined eth0 eth1(;|$)/);
      should(lab.joined("a", to)).deepEqual({ eth0: 1, eth1: 1 });
    }
  });

  it("all leaves out an interface without the MULTICAST flag, which can still be named", async () => {
    lab.on("a", "ip link set dev eth1 multicast off");
    const [lan2, ours] = await Promise.all([lab.watch("b", "eth1", UDP), lab.agent("a")]);
    should(ours.state(await ours.join(all))).match(/^joined eth0(;|$)/);
    should(lab.joined("a", group)).deepEqual({ eth0: 1 });
    should(await ours.say(all, "said")).equal(undefined);
    should(ours.state(0)).match(/^joined eth0(;|$)/);
    should(ours.state(await ours.join({ ...all, iface: "eth1" }))).match(/eth1/);
    await ours.say({ group: group6, port, iface: "eth1" }, "the end");
    await lan2.count(1, DATAGRAM);
    should(lan2.packets.filter((packet) => packet.includes(group))).be.empty();
  });

  it("a datagram that one of them took is done; the other's refusal is a warning", async () => {
    lab.on(
      "a",
      "nft 'add table ip t; add chain ip t o { type filter hook output priority 0; }; add rule ip t o oifname eth1 udp dport 5000 drop'",
    );
    const [lan1, ours] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a")]);
    should(await ours.say(all, "said")).equal(undefined);
    await lan1.count(1, DATAGRAM);
    should(ours.state(0)).match(/^joined eth0; .*(firewall.*eth1|eth1.*firewall)/);
    lab.on("a", "nft flush ruleset");
    should(await ours.say(all, "said")).equal(undefined);
    should(ours.state(0)).match(/^joined eth0 eth1$/);
  });

  it("a datagram that none of them took fails with the refusal", async () => {
    lab.on("a", "nft 'add table ip t; add chain ip t o { type filter hook output priority 0; }; add rule ip t o udp dport 5000 drop'");
    const ours = await lab.agent("a");
    should(await ours.say(all, "lost")).match(/firewall.*eth[01]|eth[01].*firewall/);
    should(ours.state(0)).not.match(/^joined/);
  });
});

// The end of a datagram's line in the output of tcpdump.
const DATAGRAM = /UDP, length/;

/** On host c, `all` is one interface for each family, on which each datagram arrives once and from which it leaves once. */
async function once(lab: Lab, device: string): Promise<void> {
  const [wire, ours, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("c"), lab.agent("b")]);
  for (const to of [group, group6]) {
    const membership = await ours.recv({ groups: [to], port, iface: "all" });
    await ours.until(membership, new RegExp(`^joined ${device}(;|$)`)); // its carrier may come a moment after it was set up
    should(lab.joined("c", to)).deepEqual({ [device]: 1 });
    for (const text of ["one", "the last"]) await speaker.say({ group: to, port, iface: "eth0" }, `${text} to ${to}`);
    await ours.hears(`the last to ${to}`);
  }
  should(ours.heard).have.length(4);
  should(await ours.say({ ...all, group: "239.255.1.2" }, "said")).equal(undefined);
  await wire.count(1, /> 239\.255\.1\.2/);
  await speaker.say({ group: "239.255.1.3", port, iface: "eth0" }, "the end");
  await wire.count(1, /> 239\.255\.1\.3/);
  should(wire.packets.filter((packet) => packet.includes("> 239.255.1.2"))).have.length(1);
}
