import should from "should";
import { doctorOptions, examine } from "../../../src/lib/diagnostics/examination";
import { Multicast } from "../../../src/lib/multicast";
import { card, examined, hostWith } from "../../support/examined";
import { ipv4, TestSystem } from "../../support/test-system";

const names = (interfaces: readonly { readonly name: string }[]) => interfaces.map(({ name }) => name);

describe("the doctor's options", () => {
  it("are the defaults of the package, and every usable interface", () => {
    should(doctorOptions({})).containEql({ port: 59559, iface: undefined });
    should(doctorOptions({ iface: "" }).group.address).equal("224.0.0.1");
  });

  it("take the interface from the zone of a group", () => {
    should(doctorOptions({ group: "ff02::1%eth0" }).iface).deepEqual(["eth0"]);
  });

  it("are refused where a field is invalid", () => {
    should(() => doctorOptions({ group: "10.0.0.1" })).throw({ code: "ERR_MCAST_GROUP" });
    should(() => doctorOptions({ port: 0 })).throw({ code: "ERR_MCAST_PORT" });
  });
});

describe("an examination", () => {
  it("tests the usable interfaces, or those that were chosen", () => {
    const system = hostWith();
    system.interfaces = { ...system.interfaces, eth1: [ipv4("10.0.0.5/8")], veth1: [ipv4("10.9.0.5/24")] };
    should(names(examined(system).tested)).deepEqual(["eth0", "eth1"]);
    should(names(examined(system, { iface: "veth1" }).tested)).deepEqual(["veth1"]);
    should(names(examined(system, { iface: "eth7" }).tested)).be.empty();
  });

  it("tests the loopback interface where there is no other", () => {
    should(names(examined(new TestSystem()).tested)).deepEqual(["lo"]);
  });

  it("knows the links of interfaces that have no address", () => {
    const system = hostWith(card("eth1", { carrier: "0" }));
    system.files = { ...system.files, "/proc/net/dev": "Inter-|   Receive\n face |bytes\n    lo: 0\n  eth0: 1\n  eth1: 2\n" };
    const { links } = examine(new Multicast(system), doctorOptions({}));
    should([...links.keys()]).deepEqual(["lo", "eth0", "eth1"]);
    should(links.get("eth1")?.hasCarrier).be.false();
  });

  it("takes no links from a /sys that shows another network namespace", () => {
    const other = { "/sys/class/net/eth0/address": "02:00:00:00:00:01\n" };
    should(examined(hostWith(other)).links.size).equal(0);
    should(examined(hostWith(card("eth1"))).links.size).equal(0); // /proc/net/dev does not have eth1
    should(examined(hostWith({ "/sys/class/net/bonding_masters": "" })).links.size).equal(2);
  });
});
