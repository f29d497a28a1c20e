import should from "should";
import { addressOn, isStillOn, isZoneOf, listInterfaces, socketInterface, subnetsAround } from "../../../src/lib/host/interfaces";
import { ipv4, ipv6, TestSystem } from "../../support/test-system";

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
  });

  it("are recognised as a container's where Docker made them", () => {
    const contained = (info: object) => listInterfaces(new TestSystem({ eth0: [{ ...ipv4("10.9.0.2/16"), ...info }] }))[0]?.contained;
    should([contained({ mac: "02:42:ac:11:00:02" }), contained({ cidr: "172.17.0.2/16" }), contained({})]).deepEqual([true, true, false]);
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

describe("the address of an interface", () => {
  const interfaces = listInterfaces(new TestSystem({ eth0: [ipv6("fd00::5/64"), ...eth0], wlan0 }));

  it("is its first address of the family, for IPv6 the link-local one", () => {
    should(addressOn("eth0", "IPv4", interfaces)).containEql({ address: "192.168.1.5" });
    should(addressOn("eth0", "IPv6", interfaces)).containEql({ address: "fe80::5", index: 2 });
  });

  it("is missing where the interface is, or has none of the family", () => {
    should(() => addressOn("eth7", "IPv4", interfaces)).throw({ code: "ERR_MCAST_INTERFACE", reason: "interface-absent" });
    should(() => addressOn("wlan0", "IPv6", interfaces)).throw({ code: "ERR_MCAST_INTERFACE", reason: "interface-family" });
  });

  it("is still on it while the interface has it and was not re-created", () => {
    const address = addressOn("eth0", "IPv6", interfaces);
    const recreated = listInterfaces(new TestSystem({ eth0: [ipv6("fe80::5/64", 3)] }));
    should([interfaces, recreated, []].map((now) => isStillOn("eth0", address, now))).deepEqual([true, false, false]);
    should(isStillOn("wlan0", address, interfaces)).be.false();
  });

  it("names the interface to the socket calls for IPv4; for IPv6 its zone does, on Windows by index", () => {
    const [v4, v6] = [addressOn("eth0", "IPv4", interfaces), addressOn("eth0", "IPv6", interfaces)];
    should([socketInterface("eth0", v4, "linux"), socketInterface("eth0", v6, "linux"), socketInterface("eth0", v6, "win32")]).deepEqual([
      "192.168.1.5",
      "::%eth0",
      "::%2",
    ]);
  });
});

describe("the subnets of an interface", () => {
  it("hold the senders on its link, and those of other interfaces hold the others", () => {
    const { own, others } = subnetsAround("eth0", listInterfaces(new TestSystem({ lo, eth0, wlan0 })));
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
