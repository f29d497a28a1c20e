import should from "should";
import { describeLab, type HostName, type Lab, type Watch } from "./lab";

const group = "239.255.1.1";
const port = 5000;
const fields = { group: "239.255.1.9", groups: [group], port, iface: "eth0, eth1", echoIface: "eth0", echo: "off", acknowledge: true };

describeLab("acknowledgements", (lab) => {
  // Watches the unicast datagrams of a host, on each of its interfaces, as `address:port, ttl`.
  const watchReplies = async () => {
    const filter = `udp and (src host 10.1.0.1 or src host 10.2.0.1 or src host fd01::1 or ip6 src net fe80::/10) and not ip multicast and not ip6 multicast`;
    return Promise.all([lab.watch("a", "eth0", filter), lab.watch("a", "eth1", filter)]);
  };

  it("leave by the interface of arrival with the node's TTL, for IPv4 and IPv6", async () => {
    const [lan1, lan2, ours] = [...(await watchReplies()), await lab.agent("a")] as const;
    await ours.relay({ ...fields, groups: [group, "ff02::1234%eth0"], ttl: 3 });
    say(lab, "b", "10.1.0.2", "10.1.0.2");
    say(lab, "b", "10.2.0.2", "10.2.0.2");
    const linkLocal = /inet6 (fe80:\S+)\//.exec(lab.on("c", "ip -6 addr show dev eth0 scope link"))?.[1] ?? "";
    say(lab, "c", `${linkLocal}%eth0`, "::%eth0", "ff02::1234%eth0");
    await Promise.all([lan1.count(2, DATAGRAM), lan2.count(1, DATAGRAM)]);
    should(replies(lan1)).deepEqual(["10.1.0.1 > 10.1.0.2, 3", `fe80 > ${linkLocal}, 3`]);
    should(replies(lan2)).deepEqual(["10.2.0.1 > 10.2.0.2, 3"]);
  });

  it("go neither to a forged sender nor to a host of another interface's network, and those are counted", async () => {
    const [lan1, lan2, ours] = [...(await watchReplies()), await lab.agent("a")] as const;
    const relay = await ours.relay(fields);
    for (const forged of ["8.8.8.8", "10.2.0.99", "10.2.0.2"]) sayAs(lab, "c", forged);
    say(lab, "c", "10.1.0.3", "10.1.0.3");
    await ours.until(relay, /3 not acknowledged/);
    await lan1.count(1, DATAGRAM);
    say(lab, "b", "10.2.0.2", "10.2.0.2");
    await lan2.count(1, DATAGRAM);
    should(replies(lan1)).deepEqual(["10.1.0.1 > 10.1.0.3, 1"]);
    should(replies(lan2)).deepEqual(["10.2.0.1 > 10.2.0.2, 1"]);
  });

  it("go to a host of the interface's network only where the system routes that host by the interface", async () => {
    const [lan1, lan2, ours] = [...(await watchReplies()), await lab.agent("a")] as const;
    lab.on("a", "ip route add 10.1.0.3/32 dev eth1");
    const relay = await ours.relay(fields);
    say(lab, "c", "10.1.0.3", "10.1.0.3");
    await ours.until(relay, /1 not acknowledged/);
    say(lab, "b", "10.1.0.2", "10.1.0.2");
    await lan1.count(1, DATAGRAM);
    should(replies(lan1)).deepEqual(["10.1.0.1 > 10.1.0.2, 1"]);
    should(replies(lan2)).be.empty();
  });

  it("cross a router with a TTL above 1, by the interface of arrival alone", async () => {
    const [lan1, lan2, ours] = [...(await watchReplies()), await lab.agent("a")] as const;
    lab.on("a", "ip neigh add 10.1.0.254 lladdr 02:00:00:00:00:fe dev eth0");
    const relay = await ours.relay({ ...fields, ttl: 4 });
    sayAs(lab, "c", "10.9.0.3"); // routed by eth0, the default route
    await lan1.count(1, DATAGRAM);
    sayAs(lab, "b", "10.9.0.4", "eth1");
    await ours.until(relay, /1 not acknowledged/);
    should(replies(lan1)).deepEqual(["10.1.0.1 > 10.9.0.3, 4"]);
    should(replies(lan2)).be.empty();
  });

  it("are one for each datagram, of three relays", async () => {
    const [[lan1], ours] = [await watchReplies(), await lab.agent("a")] as const;
    for (const last of [7, 8, 9]) await ours.relay({ ...fields, group: `239.255.1.${last}` });
    for (let each = 0; each < 3; each += 1) say(lab, "b", "10.1.0.2", "10.1.0.2");
    await ours.count(9);
    await lan1.count(3, DATAGRAM);
    should(lan1.packets).have.length(3);
  });
});

const DATAGRAM = /UDP, length/;

/** Says something to the group from an address of a host, on the interface that has another address. */
function say(lab: Lab, host: HostName, address: string, by: string, to = group): void {
  const program = `const s = require("dgram").createSocket("${to.includes(":") ? "udp6" : "udp4"}");
    s.bind(0, "${address}", () => { s.setMulticastInterface("${by}"); s.send("said", ${port}, "${to}", () => s.close()); });`;
  lab.on(host, `'${process.execPath}' -e '${program}'`);
}

/** Says something as a sender that is not there. */
function sayAs(lab: Lab, host: HostName, forged: string, device = "eth0"): void {
  lab.on(host, `ip addr show dev ${device} | grep -qw ${forged} || ip addr add ${forged}/32 dev lo`);
  say(lab, host, forged, /inet (\S+)\//.exec(lab.on(host, `ip -4 addr show dev ${device}`))?.[1] ?? "");
}

function replies(watch: Watch): readonly string[] {
  return watch.packets.map((packet) => {
    const [, from = "", to] = / ([0-9a-f.:]+)\.\d+ > ([0-9a-f.:]+)\.\d+:/.exec(packet) ?? [];
    return `${from.replace(/^fe80:.*/, "fe80")} > ${to}, ${/(?:ttl|hlim) (\d+)/.exec(packet)?.[1]}`;
  });
}
