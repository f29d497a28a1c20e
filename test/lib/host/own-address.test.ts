import should from "should";
import { SYSTEM_CHOICE } from "../../../src/lib/host/interfaces";
import { isStillOn, ownAddress, socketInterface } from "../../../src/lib/host/own-address";
import { ipv4, ipv6, snapshotOf, systemRefusal, TestSystem } from "../../support/test-system";

const eth0 = [ipv4("192.168.1.5/24"), ipv6("fe80::5/64", 2)];
const wlan0 = [ipv4("10.0.0.5/8")];

describe("the address of an interface", () => {
  const network = snapshotOf(new TestSystem({ eth0: [ipv6("fd00::5/64"), ...eth0], wlan0 }));
  const on = (name: string) => ({ name });

  it("is its first address of the family, for IPv6 the link-local one", () => {
    should(ownAddress(on("eth0"), "IPv4", network)).containEql({ address: "192.168.1.5" });
    should(ownAddress(on("eth0"), "IPv6", network)).containEql({ address: "fe80::5", index: 2 });
  });

  it("is missing where the interface is, or has none of the family", () => {
    should(() => ownAddress(on("eth7"), "IPv4", network)).throw({ code: "ERR_MCAST_INTERFACE", reason: "interface-absent" });
    should(() => ownAddress(on("wlan0"), "IPv6", network)).throw({ code: "ERR_MCAST_INTERFACE", reason: "interface-family" });
  });

  it("is still on it while the interface has it and was not re-created", () => {
    const address = ownAddress(on("eth0"), "IPv6", network);
    const [recreated, none] = [snapshotOf(new TestSystem({ eth0: [ipv6("fe80::5/64", 3)] })), snapshotOf(new TestSystem({}))];
    should([network, recreated, none].map((now) => isStillOn("eth0", address, now))).deepEqual([true, false, false]);
    should(isStillOn("wlan0", address, network)).be.false();
  });

  it("names the interface to the socket calls for IPv4; for IPv6 its zone does, on Windows by index", () => {
    const [v4, v6] = [ownAddress(on("eth0"), "IPv4", network), ownAddress(on("eth0"), "IPv6", network)];
    should([socketInterface("eth0", v4, "linux"), socketInterface("eth0", v6, "linux"), socketInterface("eth0", v6, "win32")]).deepEqual([
      "192.168.1.5",
      "::%eth0",
      "::%2",
    ]);
  });

  it("is a routable one before a link-local one, whichever is listed first", () => {
    const both = snapshotOf(new TestSystem({ eth0: [ipv4("169.254.7.7/16"), ipv4("10.66.1.1/24")] }));
    should(ownAddress(on("eth0"), "IPv4", both).address).equal("10.66.1.1");
  });

  it("is the named one where one is named", () => {
    const two = snapshotOf(new TestSystem({ eth0: [ipv4("10.66.1.1/24"), ipv4("172.31.5.1/24")] }));
    should(ownAddress({ name: "eth0", source: "172.31.5.1" }, "IPv4", two).address).equal("172.31.5.1");
  });

  it("is never one that another interface has too, and an error names both where there is no other", () => {
    const [shared, own] = [ipv4("10.66.9.9/32"), ipv4("10.66.9.1/32")];
    const network = snapshotOf(new TestSystem({ eth0: [shared, own], eth1: [shared] }));
    should(ownAddress(on("eth0"), "IPv4", network).address).equal("10.66.9.1");
    should(() => ownAddress(on("eth1"), "IPv4", network)).throw(
      /^eth0 and eth1 share the address 10\.66\.9\.9: the system cannot distinguish them/,
    );
  });

  it("is a named address as it is, where the system does not list its interfaces", () => {
    const system = new TestSystem();
    system.networkInterfaces = () => {
      throw systemRefusal("EAFNOSUPPORT");
    };
    const blind = snapshotOf(system);
    should(ownAddress({ name: "192.168.1.5", source: "192.168.1.5" }, "IPv4", blind).address).equal("192.168.1.5");
    should(() => ownAddress(on("eth0"), "IPv4", blind)).throw(
      /^waiting for eth0: the system does not list its interfaces \(EAFNOSUPPORT\)/,
    );
    should(socketInterface(SYSTEM_CHOICE, ownAddress(on(SYSTEM_CHOICE), "IPv4", blind), "linux")).be.undefined();
  });
});
