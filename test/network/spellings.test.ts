import should from "should";
import { describeLab, type Watch } from "./lab";

const group = "239.255.1.1";
const group6 = "ff15::1234";
const port = 5000;
const UDP = `udp port ${port}`;

describeLab("spellings of one interface", (lab) => {
  it("eth0:1, which the system itself lists, is that alias' address", async () => {
    lab.on("a", "ip addr add 10.66.2.1/24 dev eth0 label eth0:1");
    const [wire, ours, speaker] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a", "quick"), lab.agent("b")]);
    should(ours.state(await ours.join({ group, port, iface: "eth0:1" }))).equal("joined eth0");
    should(lab.joined("a", group)).deepEqual({ eth0: 1 });
    should(await ours.say({ group, port, iface: "eth0:1", loopback: false }, "said")).equal(undefined);
    await wire.count(1, DATAGRAM);
    should(sources(wire)).deepEqual(["10.66.2.1"]);
    await speaker.say({ group, port, iface: "eth0" }, "heard");
    await ours.count(1);
    should(ours.reported).deepEqual(["heard on eth0"]);
  });

  it("the state waits for a missing alias by its own name", async () => {
    const ours = await lab.agent("a", "quick");
    const membership = await ours.join({ group, port, iface: "eth0:7" });
    should(ours.state(membership)).equal("waiting for eth0:7");
    lab.on("a", "ip addr add 10.66.7.1/24 dev eth0 label eth0:7");
    await ours.soon(membership, "joined eth0");
  });

  for (const to of [group, group6]) {
    it(`eth0@if5, as ip writes it, is eth0 (${to})`, async () => {
      const listed = /(eth0@if\d+)/.exec(lab.on("a", "ip -br link"))?.[1];
      const [wire, ours] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a", "quick")]);
      should(listed).match(/^eth0@if\d+$/);
      should(ours.state(await ours.join({ group: to, port, iface: listed }))).equal("joined eth0");
      should(lab.joined("a", to)).deepEqual({ eth0: 1 });
      should(await ours.say({ group: to, port, iface: listed }, "said")).equal(undefined);
      await wire.count(1, DATAGRAM);
    });
  }

  it("an alternative name finds its interface, or the state reports it as unknown", async () => {
    lab.on("a", "ip link property add dev eth0 altname lan0");
    const ours = await lab.agent("a", "quick");
    for (const to of [group, group6]) {
      const membership = await ours.join({ group: to, port, iface: "lan0" });
      await ours.beats(2);
      should(ours.state(membership)).match(/^joined eth0|lan0.*not known/);
      should([{}, { eth0: 1 }]).containEql(lab.joined("a", to));
    }
  });

  it("a name with a comma is one row of a list", async () => {
    rename("eth1", "lan,1");
    const [ours, speaker] = await Promise.all([lab.agent("a"), lab.agent("b")]);
    should(ours.state(await ours.recv({ groups: [group], port, iface: ["lan,1"] }))).equal("joined lan,1");
    should(lab.joined("a", group)).deepEqual({ "lan,1": 1 });
    await speaker.say({ group, port, iface: "eth1" }, "said");
    await ours.count(1);
    should(ours.reported).deepEqual(["said on lan,1"]);
  });

  it("a row with a comma and two rows are two choices", async () => {
    rename("eth1", "lan,1");
    const [lan1, lan2, ours] = await Promise.all([lab.watch("b", "eth0", UDP), lab.watch("b", "eth1", UDP), lab.agent("a")]);
    // Both read "eth0,lan,1" when they are written in one line.
    should(await ours.say({ group, port, iface: ["eth0", "lan,1"] }, "said")).equal(undefined);
    void ours.say({ group, port, iface: ["eth0,lan", "1"] }, "waits for both");
    await ours.until(0, /^waiting for/);
    await Promise.all([lan1.count(1, DATAGRAM), lan2.count(1, DATAGRAM)]);
    should([lan1.packets.length, lan2.packets.length]).deepEqual([1, 1]);
  });

  const rename = (from: string, to: string): void => {
    lab.on("a", `ip link set ${from} down; ip link set ${from} name '${to}'; ip link set '${to}' up`);
    lab.on("a", `ip -6 addr replace fd02::1/64 dev '${to}' nodad`);
  };
});

describeLab("an interface whose name is not ASCII (büro0)", (lab) => {
  beforeEach(() => {
    lab.on("a", "ip link set eth1 down; ip link set eth1 name büro0; ip link set büro0 up; ip -6 addr replace fd02::1/64 dev büro0 nodad");
  });

  for (const to of [group, group6, "ff02::1:5", "ff02::1:5%büro0"]) {
    it(`joins, receives and sends like any other (${to})`, async () => {
      const [lan1, lan2, ours, speaker] = await Promise.all([
        lab.watch("b", "eth0", UDP),
        lab.watch("b", "eth1", UDP),
        lab.agent("a", "quick"),
        lab.agent("b"),
      ]);
      const plain = to.replace(/%.*/, "");
      const fields = { group: to, port, ...(to === plain && { iface: "büro0" }) };
      should(ours.state(await ours.join(fields))).equal("joined büro0");
      should(lab.joined("a", plain)).deepEqual({ büro0: 1 });
      should(await ours.say({ ...fields, loopback: false }, "ours")).equal(undefined);
      await lan2.count(1, DATAGRAM);
      for (const iface of ["eth0", "eth1"]) await speaker.say({ group: plain, port, iface, loopback: false }, `by ${iface}`);
      await ours.count(1);
      should(ours.reported).deepEqual(["by eth1 on büro0"]);
      await Promise.all([lan1.count(1, DATAGRAM), lan2.count(2, DATAGRAM)]);
      should([lan1.packets.length, lan2.packets.length]).deepEqual([1, 2]);
    });
  }

  for (const to of [group6, "ff02::1:5"]) {
    it(`receives from senders that have a link-local address only (${to})`, async () => {
      lab.on("b", "ip -6 addr del fd02::2/64 dev eth1");
      const [ours, speaker] = await Promise.all([lab.agent("a"), lab.agent("b")]);
      await ours.join({ group: to, port, iface: "büro0" });
      await speaker.say({ group: to, port, iface: "eth1" }, "said");
      await ours.count(1);
      should(ours.reported).deepEqual(["said on büro0"]);
      should(ours.heard[0]?.from).match(/^fe80::[0-9a-f:]+%büro0$/);
    });
  }

  it("is noticed by the heartbeat when it is lost and made again", async () => {
    const [ours, speaker] = await Promise.all([lab.agent("a", "quick"), lab.agent("b")]);
    const membership = await ours.join({ group: "ff02::1:5", port, iface: "büro0" });
    await ours.until(membership, "joined büro0");
    await ours.beats(3);
    lab.on("a", "ip link del büro0");
    await ours.soon(membership, "waiting for büro0");
    lab.plug("a", "eth1");
    lab.on("a", "ip link set eth1 down; ip link set eth1 name büro0; ip link set büro0 up");
    await ours.soon(membership, "joined büro0");
    should(lab.joined("a", "ff02::1:5")).deepEqual({ büro0: 1 });
    lab.allForward();
    await speaker.say({ group: "ff02::1:5", port, iface: "eth1" }, "said");
    await ours.count(1);
  });

  it("sends from a fixed source port on its link-local address, and receives replies there", async () => {
    lab.on("a", "ip -6 addr del fd02::1/64 dev büro0");
    const [lan2, ours] = await Promise.all([lab.watch("b", "eth1", UDP), lab.agent("a", "quick")]);
    should(await ours.say({ group: "ff02::1:5", port, iface: "büro0", sourcePort: 6000 }, "question")).equal(undefined);
    await lan2.count(1, DATAGRAM);
    const [source] = sources(lan2);
    should(source).match(/^fe80::/);
    lab.sayTo("b", `${source}%eth1`, 6000, "reply");
    await ours.count(1);
    should(ours.reported).deepEqual(["reply on büro0"]);
    should(ours.heard[0]?.from).match(/%büro0$/);
  });
});

describeLab("what cannot be an interface", (lab) => {
  it("is refused with the reason", async () => {
    const ours = await lab.agent("a");
    for (const iface of ["0.0.0.0", "::", "::ffff:0.0.0.0", "239.255.1.1", "224.0.0.0/4", "ff02::1", "ff02::1%eth0", "255.255.255.255"]) {
      const refusal = (await ours.say({ group, port, iface: `eth0,${iface}` }, "lost")) ?? "";
      should(refusal).match(/interface/);
      should(refusal).containEql(iface);
      should(refusal).not.match(/waiting/);
    }
    should(ours.state(0)).equal("");
  });
});

// The end of a datagram's line in the output of tcpdump.
const DATAGRAM = /UDP, length/;

/** From which addresses the datagrams on a wire came. */
function sources(watch: Watch): readonly (string | undefined)[] {
  return watch.packets.map((packet) => / ([0-9a-f.:]+)\.\d+ > /.exec(packet)?.[1]);
}
