import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { hearsOldQuerier } from "../../../src/lib/host/igmp-table";
import { chooseInterfaces } from "../../../src/lib/host/interface-choice";
import { listInterfaces } from "../../../src/lib/host/interfaces";
import type { InterfaceChoice } from "../../../src/lib/options/options";
import { ipv4, ipv6, TestSystem } from "../../support/test-system";

const v4 = parseGroup("239.255.1.1");
const v6 = parseGroup("ff02::1:7");
const lo = [ipv4("127.0.0.1/8", true), ipv6("::1/128", 0, true)];
const eth0 = [ipv4("192.168.1.5/24"), ipv6("fe80::5/64", 2)];
const wlan0 = [ipv4("10.0.0.5/8")];

/** What a choice comes to: the names, or why there are none. */
function choose(
  choice: InterfaceChoice,
  interfaces: TestSystem["interfaces"],
  { group = v4, before = [""].slice(1), route = "" } = {},
): unknown {
  const system = new TestSystem(interfaces);
  system.route = route || undefined;
  const { names, missing } = chooseInterfaces(choice, group, before, { system, interfaces: listInterfaces(system) });
  return missing ? [...names, missing.message] : names;
}

describe("the interfaces of a host", () => {
  it("are told with all their addresses, a label such as eth0:1 among eth0's", () => {
    const system = new TestSystem({ eth0, "eth0:1": [ipv4("192.168.2.5/24")] });
    const [only, ...more] = listInterfaces(system);
    should(more).be.empty();
    should(only?.name).equal("eth0");
    should(only?.addresses.map(({ address }) => address)).deepEqual(["192.168.1.5", "fe80::5", "192.168.2.5"]);
  });

  it("are known for a container's where Docker made them", () => {
    const contained = (info: object) => listInterfaces(new TestSystem({ eth0: [{ ...ipv4("10.9.0.2/16"), ...info }] }))[0]?.contained;
    should([contained({ mac: "02:42:ac:11:00:02" }), contained({ cidr: "172.17.0.2/16" }), contained({})]).deepEqual([true, true, false]);
  });
});

describe("a choice of interfaces", () => {
  it("all: is every usable one, containers' aside", () => {
    should(choose("all", { lo, eth0, wlan0, docker0: wlan0, veth12: wlan0, "br-1a2b": wlan0 })).deepEqual(["eth0", "wlan0"]);
    should(choose("all", { lo, eth0, wlan0 }, { group: v6 })).deepEqual(["eth0"]);
  });

  it("all: is the loopback interface where there is no other, for IPv4", () => {
    should(choose("all", { lo })).deepEqual(["lo"]);
    should(choose("all", { lo }, { group: v6 })).deepEqual(["waiting for a network (no usable IPv6 interface)"]);
  });

  it("all: waits for what there was before rather than turn to the loopback interface", () => {
    should(choose("all", { lo }, { before: ["eth0"] })).deepEqual(["eth0"]);
    should(choose("all", { lo }, { before: ["lo"] })).deepEqual(["lo"]);
    should(choose("all", { lo, wlan0 }, { before: ["eth0"] })).deepEqual(["wlan0"]);
  });

  it("default: is where the route leads", () => {
    should(choose("default", { lo, eth0, wlan0 }, { route: "10.0.0.5" })).deepEqual(["wlan0"]);
    should(choose("default", { lo, eth0, wlan0 }, { route: "127.0.0.1" })).deepEqual(["lo"]);
    should(choose("default", { eth1: [ipv6("fe80::5/64", 3)], eth0 }, { route: "fe80::5%eth0", group: v6 })).deepEqual(["eth0"]);
    should(choose("default", { eth1: [ipv6("fe80::5/64", 3)], eth0 }, { route: "fe80::5%3", group: v6 })).deepEqual(["eth1"]);
  });

  it("default: without a route is the only usable one, and is never guessed among several", () => {
    should(choose("default", { lo, eth0 })).deepEqual(["eth0"]);
    should(choose("default", { lo, eth0, wlan0 })).deepEqual(["choose an interface: no route selects one of eth0, wlan0"]);
    should(choose("default", { lo })).deepEqual(["waiting for a network (no usable IPv4 interface)"]);
    should(choose("default", { lo }, { before: ["eth0"] })).deepEqual(["eth0"]);
  });

  it("names: are found by name, address or range, and waited for where they are absent", () => {
    should(choose(["eth0"], { lo, eth0 })).deepEqual(["eth0"]);
    should(choose(["docker0"], { docker0: wlan0 })).deepEqual(["docker0"]);
    should(choose(["192.168.1.5", "eth0", "192.168.0.0/16"], { lo, eth0 })).deepEqual(["eth0"]);
    should(choose(["10.0.0.0/8"], { eth0, eth1: [ipv4("10.1.0.1/16")], wlan0 })).deepEqual(["eth1", "wlan0"]);
    should(choose(["192.168.1.5"], { eth0 }, { group: v6 })).deepEqual(["eth0"]);
    should(choose(["fe80::5%eth0"], { eth0 })).deepEqual(["eth0"]);
    should(choose(["eth7"], { lo, eth0 })).deepEqual(["eth7"]);
    should(choose(["10.9.9.9", "eth0"], { lo, eth0 })).deepEqual(["eth0", "waiting for 10.9.9.9"]);
  });

  it("names: an interface that lost its address is kept, and one that has another by now is not", () => {
    should(choose(["192.168.1.5"], { lo }, { before: ["eth0"] })).deepEqual(["eth0", "waiting for 192.168.1.5"]);
    should(choose(["192.168.1.5"], { eth0: [ipv6("fe80::5/64", 2)] }, { before: ["eth0"] })).deepEqual(["eth0", "waiting for 192.168.1.5"]);
    should(choose(["192.168.1.5"], { eth0: [ipv4("192.168.1.6/24")] }, { before: ["eth0"] })).deepEqual(["waiting for 192.168.1.5"]);
    should(choose(["192.168.1.5"], { wlan0: [ipv4("192.168.1.5/24")] }, { before: ["eth0"] })).deepEqual(["wlan0"]);
    const moved = { wlan0: [ipv4("192.168.1.5/24")] };
    should(choose(["192.168.1.5", "10.9.9.9"], moved, { before: ["eth0"] })).deepEqual(["wlan0", "waiting for 10.9.9.9"]);
  });
});

describe("an old querier", () => {
  const table =
    "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n2\teth0      :     2      V2\n";
  it("is heard on the interface whose line says so", () => {
    const system = new TestSystem();
    system.igmp = table;
    should(["lo", "eth0", "eth1"].filter((name) => hearsOldQuerier(name, system))).deepEqual(["eth0"]);
  });
});
