import { resolve } from "node:path";
import should from "should";
import { SCRIPT } from "../support/command";
import { describeLab, type Watch } from "./lab";

const groups = ["239.255.1.1", "ff15::1234"] as const;
const [group] = groups;
const port = 5000;
const UDP = `udp port ${port}`;

describeLab("where the system does not list its interfaces (no AF_NETLINK)", (lab) => {
  it("the command prints the groups, and that the system does not list the interfaces", () => {
    const listed = lab.on("a", `perl ${resolve("test/network/without-netlink.pl")} ${process.execPath} ${resolve(SCRIPT)} groups 2>&1`);
    should(listed)
      .match(/^eth0\tgroup\t224\.0\.0\.1\t1$/m)
      .and.not.match(/address/);
    should(listed).match(/^mcast: this system does not list its interfaces \(EAFNOSUPPORT\); only joined groups are shown$/m);
  });

  for (const to of groups) {
    it(`default joins by the system's own choice (${to})`, async () => {
      const [ours, speaker] = await Promise.all([lab.agent("a", "no-netlink"), lab.agent("b")]);
      lab.on("a", "ip -6 route add ff15::/16 dev eth0 table local");
      await ours.until(await ours.join({ group: to, port, iface: "default" }), /^joined/);
      should(lab.joined("a", to)).deepEqual({ eth0: 1 });
      await speaker.say({ group: to, port, iface: "eth0" }, "said");
      await ours.count(1);
      should(ours.heard[0]?.text).equal("said");
      // The interface is unknown, or known from elsewhere; it is never another one.
      should([undefined, "eth0"]).containEql(ours.heard[0]?.interface);
    });

    it(`default sends by the system's own choice (${to})`, async () => {
      lab.on("a", "ip -6 route add ff15::/16 dev eth0 table local");
      const [lan1, lan2, speaker] = await Promise.all([
        lab.watch("b", "eth0", UDP),
        lab.watch("b", "eth1", UDP),
        lab.agent("a", "no-netlink", "quick"),
      ]);
      should(await speaker.say({ group: to, port, iface: "default" }, "said")).equal(undefined);
      const other = await lab.agent("a");
      await other.say({ group: to, port, iface: "eth1" }, "the last");
      await Promise.all([lan1.count(1, DATAGRAM), lan2.count(1, DATAGRAM)]);
      should([lan1.packets.length, lan2.packets.length]).deepEqual([1, 1]);
    });
  }

  it("an address that was named is used as it is", async () => {
    const [wire, ours, speaker] = await Promise.all([lab.watch("b", "eth1", UDP), lab.agent("a", "no-netlink", "quick"), lab.agent("b")]);
    await ours.until(await ours.join({ group, port, iface: "10.2.0.1" }), /^joined/);
    should(lab.joined("a", group)).deepEqual({ eth1: 1 });
    should(await ours.say({ group, port, iface: "10.2.0.1", loopback: false }, "ours")).equal(undefined);
    await wire.count(1, DATAGRAM);
    should(sources(wire)).deepEqual(["10.2.0.1"]);
    for (const iface of ["eth0", "eth1"]) await speaker.say({ group, port, iface, loopback: false }, `by ${iface}`);
    await ours.count(1);
    should(ours.heard.map(({ text }) => text)).deepEqual(["by eth1"]);
  });

  it("a named address that is missing is joined when it appears", async () => {
    const ours = await lab.agent("a", "no-netlink", "quick");
    const membership = await ours.join({ group, port, iface: "10.1.0.99" });
    await ours.until(membership, /10\.1\.0\.99/);
    should(ours.state(membership)).not.match(/^joined/);
    lab.on("a", "ip addr add 10.1.0.99/24 dev eth0");
    await ours.until(membership, /^joined/);
    should(lab.joined("a", group)).deepEqual({ eth0: 1 });
  });

  for (const iface of ["eth0", "all"]) {
    it(`the state has the reason, not a missing network (${iface})`, async () => {
      const ours = await lab.agent("a", "no-netlink", "quick");
      const membership = await ours.join({ group, port, iface });
      await ours.beats(2);
      const state = ours.state(membership);
      should(state).not.match(/waiting for a network/);
      if (iface === "eth0") should(state).match(/eth0/);
      should(state).match(NOT_LISTED);
      should(state).match(/EAFNOSUPPORT/);
    });
  }

  it("a datagram by a named interface fails with that reason", async () => {
    const ours = await lab.agent("a", "no-netlink", "quick");
    should(await ours.say({ group, port, iface: "eth0" }, "lost")).match(NOT_LISTED);
  });
});

describeLab("with two cards and one default route", (lab) => {
  beforeEach(() => lab.on("a", "ip -6 route add ff15::/16 dev eth0 table local"));

  for (const [what, begin, end] of [
    ["the route vanishes for a while", "ip route del default", "ip route add default via 10.1.0.254 dev eth0"],
    ["a card that is not used vanishes with the route", "ip route del default; ip link set eth1 down", "ip link set eth1 up"],
  ] as const) {
    it(`a working interface is kept while ${what}`, async () => {
      const [ours, speaker] = await Promise.all([lab.agent("a", "quick"), lab.agent("b")]);
      const memberships = await Promise.all(groups.map((to) => ours.join({ group: to, port, iface: "default" })));
      await ours.say({ group, port: port + 1, iface: "default" }, "opens the path");
      for (const each of [0, ...memberships]) await ours.until(each, "joined eth0");
      const before = ours.history.length;
      lab.on("a", begin);
      await ours.beats(4);
      should(ours.history.slice(before).filter((state) => !state.startsWith("joined eth0"))).deepEqual([]);
      for (const to of groups) should(lab.joined("a", to)).deepEqual({ eth0: 1 });
      await speaker.say({ group, port, iface: "eth0" }, "meanwhile");
      await ours.count(1);
      should(await ours.say({ group, port: port + 1, iface: "default" }, "meanwhile")).equal(undefined);
      lab.on("a", end);
      await ours.beats(2);
      should(ours.history.slice(before).filter((state) => !state.startsWith("joined eth0"))).deepEqual([]);
    });
  }

  it("the system's positive choice of another card is followed", async () => {
    const ours = await lab.agent("a", "quick");
    const membership = await ours.join({ group, port, iface: "default" });
    await ours.until(membership, "joined eth0");
    lab.on("a", "ip route del default");
    await ours.beats(3);
    lab.on("a", "ip route add default via 10.2.0.254 dev eth1");
    await ours.soon(membership, "joined eth1");
    should(lab.joined("a", group)).deepEqual({ eth1: 1 });
    should(ours.history.filter((state) => !state.startsWith("joined"))).deepEqual([]);
  });

  for (const iface of ["default", "all", "eth0", "10.1.0.1"]) {
    it(`a working interface is kept while no descriptor is left for the look-up (${iface})`, async () => {
      const [ours, speaker] = await Promise.all([lab.agent("a", "quick"), lab.agent("b")]);
      const memberships = await Promise.all(
        groups.map((to) => ours.join({ group: to, port, iface })).slice(0, iface === "10.1.0.1" ? 1 : 2),
      );
      await ours.say({ group, port: port + 1, iface }, "opens the path");
      for (const each of [0, ...memberships]) await ours.until(each, /^joined eth0/);
      const before = ours.history.length;
      ours.limitDescriptors(1);
      await ours.beats(4);
      should(ours.history.slice(before).filter((state) => !state.startsWith("joined eth0"))).deepEqual([]);
      should(lab.joined("a", group).eth0).equal(1);
      await speaker.say({ group, port, iface: "eth0" }, "meanwhile");
      await ours.count(1);
      should(await ours.say({ group, port: port + 1, iface }, "meanwhile")).equal(undefined);
      ours.limitDescriptors(1024);
    });
  }
});

// The end of a datagram's line in the output of tcpdump.
const DATAGRAM = /UDP, length/;

/** The state says that the system does not list its interfaces. */
const NOT_LISTED = /(not|cannot|can't|refuses to) list( its)?( the)? interfaces/;

/** From which addresses the datagrams on a wire came. */
function sources(watch: Watch): readonly (string | undefined)[] {
  return watch.packets.map((packet) => / ([0-9a-f.:]+)\.\d+ > /.exec(packet)?.[1]);
}
