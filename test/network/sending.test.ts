import should from "should";
import { describeLab, isInstalled, type Watch } from "./lab";

const group = "239.255.1.1";
const group6 = "ff15::1234";
const groups = [group, group6, "ff02::1234", "ff02::1234%eth1"];
const port = 5000;
const UDP = `udp port ${port}`;

describeLab("sending on two LANs", (lab) => {
  for (const [family, to, senders] of [
    ["IPv4", group, ["10.1.0.1", "10.2.0.1"]],
    ["IPv6", group6, ["fd01::1", "fd02::1"]],
  ] as const) {
    it(`two sends of one tick leave each on its own wire, from its own address (${family})`, async () => {
      const [lan1, lan2, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.watch("b", "eth1", UDP), lab.agent("a")]);
      const one = { group: to, port, iface: "eth0" };
      const other = { group: to, port, iface: "eth1" };
      await speaker.burst([one, other, other, one], "first");
      await speaker.burst([other, one], "second");
      await Promise.all([lan1.count(3, DATAGRAM), lan2.count(3, DATAGRAM)]);
      should(sources(lan1)).deepEqual(Array(3).fill(senders[0]));
      should(sources(lan2)).deepEqual(Array(3).fill(senders[1]));
    });
  }

  it("all is one copy on each LAN", async () => {
    const [lan1, lan2, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.watch("b", "eth1", UDP), lab.agent("a")]);
    for (const to of [group, group6]) await speaker.say({ group: to, port, iface: "all" }, "said");
    for (const iface of ["eth0", "eth1"]) await speaker.say({ group, port, iface }, "the last");
    await Promise.all([lan1.count(3, DATAGRAM), lan2.count(3, DATAGRAM)]);
    should(sources(lan1)).deepEqual(["10.1.0.1", "fd01::1", "10.1.0.1"]);
    should(sources(lan2)).deepEqual(["10.2.0.1", "fd02::1", "10.2.0.1"]);
  });

  for (const to of groups) {
    it(`a datagram for an interface that is gone leaves by no other, and its error names the interface (${to})`, async () => {
      const [lan1, lan2, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.watch("b", "eth1", UDP), lab.agent("a")]);
      const gone = { group: to, port, iface: "eth1" };
      should(await speaker.say(gone, "while it is there")).equal(undefined);
      lab.on("a", "ip link del eth1");
      should(await speaker.say(gone, "between two heartbeats")).match(/on eth1$|waiting for eth1$/);
      void speaker.say(gone, "waits");
      await speaker.until(0, "waiting for eth1");
      await speaker.say({ group, port, iface: "eth0" }, "the last");
      await Promise.all([lan1.count(1, DATAGRAM), lan2.count(1, DATAGRAM)]);
      should(lan1.packets).have.length(1);
      should(lan2.packets).have.length(1);
    });
  }

  it("messages wait for their interface and go out there", async () => {
    lab.on("a", "ip link del eth1");
    const [lan1, lan2, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.watch("b", "eth1", UDP), lab.agent("a")]);
    const said = groups.map((to) => speaker.say({ group: to, port, iface: "eth1" }, "early"));
    await speaker.until(0, "waiting for eth1");
    lab.plug("a", "eth1");
    should(await Promise.all(said)).deepEqual(groups.map(() => undefined));
    await speaker.say({ group, port, iface: "eth0" }, "the last");
    await Promise.all([lan1.count(1, DATAGRAM), lan2.count(groups.length, DATAGRAM)]);
    should(sources(lan1)).deepEqual(["10.1.0.1"]);
  });

  it("a message whose interface does not appear fails with that reason, and nothing leaves elsewhere", async () => {
    const [lan1, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a", "quick")]);
    for (const to of [group, group6])
      should(await speaker.say({ group: to, port, iface: "eth7" }, "lost")).equal("Not sent: waited 10 s for eth7");
    await speaker.say({ group, port, iface: "eth0" }, "the last");
    await lan1.count(1, DATAGRAM);
    should(lan1.packets).have.length(1);
  });

  (isInstalled("smcrouted") ? it : it.skip)("a TTL of 1 stays on the link, and one of 2 crosses one router", async () => {
    lab.on("b", "sysctl -qw net.ipv4.ip_forward=1");
    const routes = `phyint eth0 enable\\nphyint eth1 enable\\nmroute from eth0 group ${group} to eth1\\n`;
    lab.on("b", `printf '${routes}' > /run/router.conf`);
    await lab.start("b", ["smcrouted", "-n", "-N", "-f", "/run/router.conf", "-P", "/run/router.pid", "-u", "/run/router"], /Ready/);
    const [near, far, speaker] = await Promise.all([lab.agent("a"), lab.agent("a"), lab.agent("c")]);
    await near.join({ group, port, iface: "eth0" });
    await far.join({ group, port, iface: "eth1" });
    for (const ttl of [1, 2, 1, 2]) await speaker.say({ group, port, iface: "eth0", ttl }, `TTL ${ttl}`);
    await Promise.all([near.count(4), far.count(2)]);
    should(near.reported).deepEqual(["TTL 1 on eth0", "TTL 2 on eth0", "TTL 1 on eth0", "TTL 2 on eth0"]);
    should(far.reported).deepEqual(["TTL 2 on eth1", "TTL 2 on eth1"]);
  });

  it("the hop limit of IPv6 is the TTL", async () => {
    const [wire, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a")]);
    for (const ttl of [1, 2]) await speaker.say({ group: group6, port, iface: "eth0", ttl }, "said");
    await wire.count(2, DATAGRAM);
    should(wire.packets.map((packet) => /hlim (\d+)/.exec(packet)?.[1])).deepEqual(["1", "2"]);
  });

  it("loopback decides whether another program of the same host receives it; the LAN does in any case", async () => {
    const [near, far, speaker] = await Promise.all([lab.agent("a"), lab.agent("b"), lab.agent("a")]);
    for (const to of [group, group6]) for (const ears of [near, far]) await ears.join({ group: to, port, iface: "eth0" });
    for (const to of [group, group6]) {
      for (const loopback of [true, false, true]) await speaker.say({ group: to, port, iface: "eth0", loopback }, `${loopback}`);
    }
    await Promise.all([near.count(4), far.count(6)]);
    should(near.reported).deepEqual(Array(4).fill("true on eth0"));
    should(far.reported).have.length(6);
  });
});

describeLab("default, by the routes", (lab) => {
  it("with no route and one usable card it is that card", async () => {
    lab.on("c", "ip route del default");
    const [ears, speaker] = await Promise.all([lab.agent("a"), lab.agent("c")]);
    await ears.join({ group, port, iface: "eth0" });
    should(speaker.state(await speaker.join({ group, port, iface: "default" }))).equal("joined eth0");
    should(await speaker.say({ group, port, iface: "default" }, "said")).equal(undefined);
    await Promise.all([ears.count(1), speaker.count(1)]);
  });

  it("with no route and two cards it waits for one to be chosen, and follows the route that comes", async () => {
    lab.on("a", "ip route del default");
    const [lan1, lan2, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.watch("b", "eth1", UDP), lab.agent("a")]);
    const membership = await speaker.join({ group, port, iface: "default" });
    should(speaker.state(membership)).match(/^choose an interface/);
    should(lab.joined("a", group)).deepEqual({});
    const said = speaker.say({ group, port, iface: "default" }, "said");
    await speaker.until(0, /^choose an interface/);
    lab.on("a", "ip route add 239.0.0.0/8 dev eth1");
    should(await said).equal(undefined);
    await speaker.until(membership, "joined eth1");
    await speaker.say({ group, port, iface: "eth0" }, "the last");
    await Promise.all([lan1.count(1, DATAGRAM), lan2.count(1, DATAGRAM)]);
    should(sources(lan1)).deepEqual(["10.1.0.1"]);
    should(sources(lan2)).deepEqual(["10.2.0.1"]);
  });

  for (const route of ["239.0.0.0/8", "default"]) {
    it(`the route moves (${route}): the membership moves along, and exactly one is left`, async () => {
      const [ears, speaker] = await Promise.all([lab.agent("a", "quick"), lab.agent("b")]);
      const membership = await ears.join({ group, port, iface: "default" });
      should(ears.state(membership)).equal("joined eth0");
      for (const device of ["eth1", "eth0", "eth1"]) {
        lab.on("a", `ip route replace ${route} dev ${device}`);
        await ears.until(membership, `joined ${device}`);
        should(lab.joined("a", group)).deepEqual({ [device]: 1 });
      }
      for (const iface of ["eth0", "eth1"]) await speaker.say({ group, port, iface }, `said on ${iface}`);
      await ears.count(1);
      should(ears.reported).deepEqual(["said on eth1 on eth1"]);
      await ears.leave(membership);
      should(lab.joined("a", group)).deepEqual({});
    });
  }

  it("the route moves: datagrams leave by the new route at the next heartbeat, and only there", async () => {
    const [lan1, lan2, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.watch("b", "eth1", UDP), lab.agent("a", "quick")]);
    await speaker.say({ group, port, iface: "default" }, "before");
    lab.on("a", "ip route replace 239.0.0.0/8 dev eth1");
    await speaker.until(0, "joined eth1");
    for (const text of ["after", "later"]) await speaker.say({ group, port, iface: "default" }, text);
    await speaker.say({ group, port, iface: "eth0" }, "the last");
    await Promise.all([lan1.count(2, DATAGRAM), lan2.count(2, DATAGRAM)]);
    should(sources(lan1)).deepEqual(["10.1.0.1", "10.1.0.1"]);
    should(sources(lan2)).deepEqual(["10.2.0.1", "10.2.0.1"]);
  });
});

// The end of a datagram's line in the output of tcpdump.
const DATAGRAM = /UDP, length/;

/** From which addresses the datagrams on a wire came. */
function sources(watch: Watch): readonly (string | undefined)[] {
  return watch.packets.map((packet) => / ([0-9a-f.:]+)\.\d+ > /.exec(packet)?.[1]);
}
