import should from "should";
import { type Agent, describeLab, type Watch } from "./lab";

const group = "239.255.1.1";
const port = 5000;
const fields = { group, port, iface: "default" };
const UDP = `udp port ${port}`;

describeLab("default is the device of the system's route for the group", (lab) => {
  it("a route to lo is lo, though another interface is up", async () => {
    lab.on("a", "ip route add 224.0.0.0/4 dev lo");
    const [wire, ours, neighbour] = await Promise.all([lab.watch("b", "eth0", UDP), lab.agent("a"), lab.agent("a")]);
    should(ours.state(await ours.join(fields))).match(/^joined lo\b/);
    should(lab.joined("a", group)).deepEqual({ lo: 1 });
    should(await neighbour.say(fields, "said")).equal(undefined);
    await ours.count(1);
    await neighbour.say({ ...fields, iface: "eth0" }, "the last");
    await wire.count(1, DATAGRAM);
    should(wire.packets).have.length(1);
  });

  it("the route's device counts, not the owner of its source address", async () => {
    lab.on("a", "ip route add 239.0.0.0/8 dev eth1 src 10.1.0.1");
    const [lan1, lan2, ours, speaker] = await both();
    should(ours.state(await ours.join(fields))).match(/^joined eth1/);
    should(lab.joined("a", group)).deepEqual({ eth1: 1 });
    for (const iface of ["eth0", "eth1"]) await speaker.say({ ...fields, iface, loopback: false }, `by ${iface}`);
    await ours.count(1);
    should(ours.reported).deepEqual(["by eth1 on eth1"]);
    should(await copies(ours, [lan1, lan2])).deepEqual([0, 1]);
  });

  it("the same is true of IPv6", async () => {
    lab.on("a", "ip -6 route add ff15::/16 dev eth1 src fd01::1 table local");
    const ours = await lab.agent("a");
    should(ours.state(await ours.join({ ...fields, group: "ff15::1234" }))).match(/^joined eth1/);
    should(lab.joined("a", "ff15::1234")).deepEqual({ eth1: 1 });
  });

  it("a default route whose source is an address on lo is never lo", async () => {
    lab.on("a", "ip addr add 203.0.113.7/32 dev lo; ip route replace default via 10.1.0.254 dev eth0 src 203.0.113.7");
    const [lan1, lan2, ours, speaker] = await both();
    should(ours.state(await ours.join(fields))).match(/^joined eth0/);
    should(lab.joined("a", group)).deepEqual({ eth0: 1 });
    await speaker.say({ ...fields, iface: "eth0" }, "said");
    await ours.count(1);
    should(await copies(ours, [lan1, lan2])).deepEqual([1, 0]);
  });

  it("a rule that sends the group elsewhere is followed, or left to the kernel; no wrong interface is guessed", async () => {
    lab.on("a", "ip route add 239.0.0.0/8 dev eth1 src 10.1.0.1 table 77; ip rule add to 239.0.0.0/8 lookup 77");
    const [lan1, lan2, ours] = await both();
    await ours.until(await ours.join(fields), /^joined/);
    should(lab.joined("a", group)).deepEqual({ eth1: 1 });
    should(await copies(ours, [lan1, lan2])).deepEqual([0, 1]);
  });

  it("two next hops that are chosen by port (ECMP) do not make it hop", async () => {
    lab.on("a", "sysctl -qw net.ipv4.fib_multipath_hash_policy=1");
    lab.on("a", "ip route replace default nexthop via 10.1.0.254 dev eth0 nexthop via 10.2.0.254 dev eth1");
    const [lan1, lan2, ours] = await both("quick");
    const membership = await ours.join(fields);
    await ours.until(membership, /^joined/);
    const [state, joined] = [ours.state(membership), lab.joined("a", group)];
    for (let number = 1; number < 20; number += 1) {
      await ours.say({ ...fields, port: port + 1 }, `${number}`);
      await ours.beats(1);
    }
    should([...new Set(ours.history)]).have.length(1);
    should((await copies(ours, [lan1, lan2])).sort()).deepEqual([0, 20]);
    should(ours.state(membership)).equal(state);
    should(lab.joined("a", group)).deepEqual(joined);
  });

  const both = (...traits: readonly string[]) =>
    Promise.all([
      lab.watch("b", "eth0", `udp portrange ${port}-${port + 2}`),
      lab.watch("b", "eth1", `udp portrange ${port}-${port + 2}`),
      lab.agent("a", ...traits),
      lab.agent("b"),
    ]);
});

describeLab("on a host without a network", (lab) => {
  beforeEach(() => lab.on("c", "ip link del eth0"));

  for (const iface of ["default", "all"]) {
    it(`programs receive each other's datagrams over lo, and move to a network that appears (listener: ${iface})`, async () => {
      const [ears, mouth, other] = await Promise.all([lab.agent("c", "quick"), lab.agent("c", "quick"), lab.agent("b")]);
      const membership = await ears.join({ ...fields, iface });
      should(ears.state(membership)).match(/^joined lo\b/);
      should(await mouth.say(fields, "over lo")).equal(undefined);
      await ears.count(1);
      lab.plug("c", "eth0");
      lab.on("c", "ip route add default via 10.1.0.254 dev eth0");
      await ears.soon(membership, "joined eth0");
      await mouth.until(0, "joined eth0");
      should(lab.joined("c", group)).deepEqual({ eth0: 1 });
      lab.allForward();
      await other.join({ ...fields, iface: "eth0" });
      should(await mouth.say(fields, "over the network")).equal(undefined);
      await Promise.all([ears.count(2), other.count(1)]);
      await other.say({ ...fields, iface: "eth0", loopback: false }, "from there");
      await ears.count(3);
      should(ears.reported).deepEqual(["over lo on lo", "over the network on eth0", "from there on eth0"]);
    });
  }

  it("the nodes wait for a network that disappears for a while: lo does not take its place", async () => {
    lab.plug("c", "eth0");
    const ours = await lab.agent("c", "quick");
    const memberships = [await ours.join(fields), await ours.join({ ...fields, iface: "all", port: port + 1 })];
    for (const each of memberships) await ours.until(each, "joined eth0");
    lab.on("c", "ip link set eth0 down");
    await ours.beats(3);
    for (const each of memberships) should(ours.state(each)).not.match(/joined/);
    lab.on("c", "ip link set eth0 up");
    for (const each of memberships) await ours.soon(each, "joined eth0");
  });
});

describeLab("containers' interfaces are recognized by their exact names", (lab) => {
  it("br-lan is a LAN, and br- with twelve digits is not", async () => {
    lab.on("c", "ip link add br-lan type bridge; ip link set eth0 master br-lan; ip addr flush dev eth0");
    lab.on("c", "ip addr add 10.1.0.3/24 dev br-lan; ip link set br-lan up; ip route add default via 10.1.0.254 dev br-lan");
    container("c", "br-0123456789ab", "172.18.0.1/16");
    const [ours, other] = await Promise.all([lab.agent("c"), lab.agent("b")]);
    should(ours.state(await ours.join({ ...fields, iface: "all" }))).match(/^joined br-lan\b/);
    should(lab.joined("c", group)).deepEqual({ "br-lan": 1 });
    await other.say({ ...fields, iface: "eth0" }, "said");
    await ours.count(1);
    should(ours.reported).deepEqual(["said on br-lan"]);
  });

  it("all never selects lo beside a container's interface: it names the one that was left out", async () => {
    lab.on("c", "ip link del eth0");
    const ours = await lab.agent("c", "quick");
    for (const name of ["docker0", "br-0123456789ab", "podman1", "cni0", "virbr0", "lxdbr0", "hassio", "tailscale0", "ztabcdefgh"]) {
      container("c", name, "172.18.0.1/16");
      const membership = await ours.join({ ...fields, iface: "all" });
      should(lab.joined("c", group)).deepEqual({}, name);
      should(ours.state(membership)).not.match(/^joined/);
      should(ours.state(membership)).match(new RegExp(`${name}.*(container|tunnel|virtual|not a LAN|left out|not used)`));
      await ours.leave(membership);
      lab.on("c", `ip link del ${name}; ip link del veth0a`);
    }
  });

  it("all moves to a network that appears beside docker0", async () => {
    lab.on("c", "ip link del eth0");
    container("c", "docker0", "172.17.0.1/16");
    const ours = await lab.agent("c", "quick");
    const membership = await ours.join({ ...fields, iface: "all" });
    await ours.beats(1);
    lab.plug("c", "eth0");
    await ours.soon(membership, /^joined eth0/);
    should(lab.joined("c", group)).deepEqual({ eth0: 1 });
    should(ours.history.filter((state) => /\blo\b/.test(state))).deepEqual([]);
  });

  /** Makes a bridge with a port that has a carrier, as a container engine does. */
  const container = (host: "c", name: string, cidr: string): void => {
    lab.on(host, `ip link add ${name} type bridge; ip addr add ${cidr} dev ${name}; ip link set ${name} up`);
    lab.on(host, `ip link add veth0a type veth peer name veth0b; ip link set veth0a master ${name} up; ip link set veth0b up`);
  };
});

// The end of a datagram's line in the output of tcpdump.
const DATAGRAM = /UDP, length/;

/** Sends one more datagram by default; gives how many of the sender's have left on each wire until then. */
async function copies(speaker: Agent, wires: readonly Watch[]): Promise<number[]> {
  should(await speaker.say({ ...fields, port: port + 1 }, "said")).equal(undefined);
  for (const iface of ["eth0", "eth1"]) await speaker.say({ group: "ff15::1234", port: port + 2, iface }, "the end");
  await Promise.all(wires.map((wire) => wire.count(1, /\.5002: .*UDP, length/)));
  return wires.map(({ packets }) => packets.filter((packet) => packet.includes("> 239.255.1.1.5001: UDP")).length);
}
