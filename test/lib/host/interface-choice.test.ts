import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { chooseInterfaces } from "../../../src/lib/host/interface-choice";
import type { InterfaceChoice } from "../../../src/lib/options/options";
import { ipv4, ipv6, snapshotOf, TestSystem } from "../../support/test-system";

const v4 = parseGroup("239.255.1.1");
const v6 = parseGroup("ff02::1:7");
const lo = [ipv4("127.0.0.1/8", true), ipv6("::1/128", 0, true)];
const eth0 = [ipv4("192.168.1.5/24"), ipv6("fe80::5/64", 2)];
const wlan0 = [ipv4("10.0.0.5/8")];

/** Returns the names that a choice selects, then the reason why something is missing. */
function choose(
  choice: InterfaceChoice,
  interfaces: TestSystem["interfaces"],
  { group = v4, before = [""].slice(1), route = "" } = {},
): unknown {
  const system = new TestSystem(interfaces);
  system.route = route || undefined;
  const used = before.map((name) => ({ name }));
  const { targets, missing } = chooseInterfaces(choice, group, used, snapshotOf(system));
  const names = targets.map(({ name, source }) => (source === undefined ? name : `${name} from ${source}`));
  return missing ? [...names, missing.message] : names;
}

describe("an interface choice", () => {
  it("all selects every usable interface, but none of a container", () => {
    should(
      choose("all", {
        lo,
        eth0,
        wlan0,
        docker0: [ipv4("172.17.0.1/16")],
        veth12: [ipv4("10.9.0.1/16")],
        "br-0123456789ab": [ipv4("172.18.0.1/16")],
      }),
    ).deepEqual(["eth0", "wlan0"]);
    should(choose("all", { lo, eth0, wlan0 }, { group: v6 })).deepEqual(["eth0"]);
  });

  it("all selects the loopback interface for IPv4 where there is no other", () => {
    should(choose("all", { lo })).deepEqual(["lo"]);
    should(choose("all", { lo }, { group: v6 })).deepEqual(["waiting for a network (no usable IPv6 interface)"]);
  });

  it("all keeps the interfaces in use rather than change to the loopback interface", () => {
    should(choose("all", { lo }, { before: ["eth0"] })).deepEqual(["eth0"]);
    should(choose("all", { lo }, { before: ["lo"] })).deepEqual(["lo"]);
    should(choose("all", { lo, wlan0 }, { before: ["eth0"] })).deepEqual(["wlan0"]);
  });

  it("default selects the interface of the route", () => {
    should(choose("default", { lo, eth0, wlan0 }, { route: "10.0.0.5" })).deepEqual(["wlan0"]);
    should(choose("default", { lo, eth0, wlan0 }, { route: "127.0.0.1" })).deepEqual(["lo"]);
    should(choose("default", { eth1: [ipv6("fe80::5/64", 3)], eth0 }, { route: "fe80::5%eth0", group: v6 })).deepEqual(["eth0"]);
    should(choose("default", { eth1: [ipv6("fe80::5/64", 3)], eth0 }, { route: "fe80::5%3", group: v6 })).deepEqual(["eth1"]);
  });

  it("default without a route selects the only usable interface, and none of several", () => {
    should(choose("default", { lo, eth0 })).deepEqual(["eth0"]);
    should(choose("default", { lo, eth0, wlan0 })).deepEqual(["choose an interface: no route selects one of eth0, wlan0"]);
    should(choose("default", { lo })).deepEqual(["lo"]);
    should(choose("default", { lo }, { group: v6 })).deepEqual(["waiting for a network (no usable IPv6 interface)"]);
    should(choose("default", { lo }, { before: ["eth0"] })).deepEqual(["eth0"]);
  });

  it("names select by name, address or range, and are waited for while they are missing", () => {
    should(choose(["eth0"], { lo, eth0 })).deepEqual(["eth0"]);
    should(choose(["docker0"], { docker0: wlan0 })).deepEqual(["docker0"]);
    should(choose(["192.168.1.5", "eth0", "192.168.0.0/16"], { lo, eth0 })).deepEqual(["eth0 from 192.168.1.5"]);
    should(choose(["10.0.0.0/8"], { eth0, eth1: [ipv4("10.1.0.1/16")], wlan0 })).deepEqual(["eth1 from 10.1.0.1", "wlan0 from 10.0.0.5"]);
    should(choose(["192.168.1.5"], { eth0 }, { group: v6 })).deepEqual(["eth0"]);
    should(choose(["fe80::5%eth0"], { eth0 }, { group: v6 })).deepEqual(["eth0 from fe80::5"]);
    should(choose(["eth7"], { lo, eth0 })).deepEqual(["eth7"]);
    should(choose(["10.9.9.9", "eth0"], { lo, eth0 })).deepEqual(["eth0", "waiting for 10.9.9.9"]);
  });

  it("an address keeps the interface that has lost it, unless that interface has another address by now", () => {
    should(choose(["192.168.1.5"], { lo }, { before: ["eth0"] })).deepEqual(["eth0", "waiting for 192.168.1.5"]);
    should(choose(["192.168.1.5"], { eth0: [ipv6("fe80::5/64", 2)] }, { before: ["eth0"] })).deepEqual(["eth0", "waiting for 192.168.1.5"]);
    should(choose(["192.168.1.5"], { eth0: [ipv4("192.168.1.6/24")] }, { before: ["eth0"] })).deepEqual(["waiting for 192.168.1.5"]);
    should(choose(["192.168.1.5"], { wlan0: [ipv4("192.168.1.5/24")] }, { before: ["eth0"] })).deepEqual(["wlan0 from 192.168.1.5"]);
    const moved = { wlan0: [ipv4("192.168.1.5/24")] };
    should(choose(["192.168.1.5", "10.9.9.9"], moved, { before: ["eth0"] })).deepEqual(["wlan0 from 192.168.1.5", "waiting for 10.9.9.9"]);
  });
});
