import should from "should";
import { isZoneOf, listInterfaces, subnetsAround } from "../../../src/lib/host/interfaces";
import { ipv4, ipv6, snapshotOf, TestSystem } from "../../support/test-system";

const lo = [ipv4("127.0.0.1/8", true), ipv6("::1/128", 0, true)];
const eth0 = [ipv4("192.168.1.5/24"), ipv6("fe80::5/64", 2)];
const wlan0 = [ipv4("10.0.0.5/8")];

describe("the interfaces of a host", () => {
  it("are listed with all their addresses, those of a label such as eth0:1 with those of eth0", () => {
    const system = new TestSystem({ eth0, "eth0:1": [ipv4("192.168.2.5/24")] });
    const [only, ...more] = listInterfaces(system);
    should(more).be.empty();
    should(only?.name).equal("eth0");
    should(only?.addresses.map(({ address }) => address)).deepEqual(["192.168.1.5", "fe80::5", "192.168.2.5"]);
    should(only?.addresses.map(({ label }) => label)).deepEqual([undefined, undefined, "eth0:1"]);
  });

  it("are internal where any of their addresses is", () => {
    should(listInterfaces(new TestSystem({ lo, eth0 })).map(({ name, internal }) => [name, internal])).deepEqual([
      ["lo", true],
      ["eth0", false],
    ]);
  });

  it("keep a colon in their names on systems other than Linux", () => {
    const system = new TestSystem({ "Ethernet:2": eth0 });
    system.platform = "win32";
    should(listInterfaces(system).map(({ name }) => name)).deepEqual(["Ethernet:2"]);
  });
});

describe("the subnets of an interface", () => {
  it("contain the senders on its link, and those of other interfaces contain the others", () => {
    const { own, others } = subnetsAround("eth0", snapshotOf(new TestSystem({ lo, eth0, wlan0 })).interfaces);
    const checks = (address: string, family: "ipv4" | "ipv6") => [own.check(address, family), others.check(address, family)];
    should(checks("192.168.1.77", "ipv4")).deepEqual([true, false]);
    should(checks("10.9.9.9", "ipv4")).deepEqual([false, true]);
    should(checks("203.0.113.9", "ipv4")).deepEqual([false, false]);
    should(checks("fe80::99", "ipv6")).deepEqual([true, false]);
  });
});

describe("a zone", () => {
  it("stands for an interface by its name or its index", () => {
    should([isZoneOf("eth0", "eth0", 2), isZoneOf("2", "eth0", 2), isZoneOf("3", "eth0", 2), isZoneOf("2", "eth0", undefined)]).deepEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
