import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { eachAddress, eachInterface, targetKey } from "../../../src/lib/host/interface-target";
import { ipv4, ipv6, snapshotOf, TestSystem } from "../../support/test-system";

describe("the targets of an interface choice", () => {
  const snapshot = snapshotOf(
    new TestSystem({ eth0: [ipv4("169.254.7.7/16"), ipv4("192.168.1.5/24"), ipv6("fe80::5/64", 2), ipv6("fd00::5/64")], wlan0: [] }),
  );
  const addresses = (group: string, ...targets: readonly { readonly name: string; readonly source?: string }[]) =>
    eachAddress(targets, parseGroup(group), snapshot).map(({ name, source }) => `${name} ${source}`);

  it("are the same where interface and source are", () => {
    should(targetKey({ name: "eth0" })).equal(targetKey({ name: "eth0" }));
    should(targetKey({ name: "eth0" })).not.equal(targetKey({ name: "eth0", source: "192.168.1.5" }));
  });

  it("become one for each interface, without its addresses", () => {
    const targets = [{ name: "eth0", source: "192.168.1.5" }, { name: "wlan0" }, { name: "eth0", source: "192.168.1.6" }];
    should(eachInterface(targets)).deepEqual([{ name: "eth0" }, { name: "wlan0" }]);
  });

  it("become one for each address of the family, a routable address first", () => {
    should(addresses("239.255.1.1", { name: "eth0" })).deepEqual(["eth0 192.168.1.5", "eth0 169.254.7.7"]);
    should(addresses("ff05::1", { name: "eth0" })).deepEqual(["eth0 fd00::5", "eth0 fe80::5"]);
  });

  it("become the link-local address first for a link-scoped group", () => {
    should(addresses("ff02::1", { name: "eth0" })).deepEqual(["eth0 fe80::5", "eth0 fd00::5"]);
  });

  it("stay as they are with a source, and without an address of the family", () => {
    should(addresses("239.255.1.1", { name: "eth0", source: "192.168.1.5" }, { name: "wlan0" }, { name: "eth7" })).deepEqual([
      "eth0 192.168.1.5",
      "wlan0 undefined",
      "eth7 undefined",
    ]);
  });
});
