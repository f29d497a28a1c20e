import should from "should";
import { previewChoice, reportInterfaces } from "../../../src/lib/host/interface-report";
import { joinOptions } from "../../../src/lib/options/options";
import { ipv4, ipv6, snapshotOf, systemRefusal, TestSystem } from "../../support/test-system";

const SYS = "/sys/class/net";
const MAC = "00:00:00:00:00:00";
// The facts that Linux lists of interfaces that are up and carry multicast, or that are down.
const files = (name: string, flags: string) => ({ [`${SYS}/${name}/flags`]: flags, [`${SYS}/${name}/address`]: MAC });

function machine(): TestSystem {
  const system = new TestSystem({
    lo: [ipv4("127.0.0.1/8", true)],
    eth0: [ipv4("10.0.0.5/24"), ipv6("fd00::5/64")],
    wlan0: [ipv4("10.0.0.6/24")],
    docker0: [ipv4("172.17.0.1/16")],
    wg0: [ipv4("10.8.0.1/24")],
  });
  system.files = {
    ...files("lo", "0x9"),
    ...files("eth0", "0x1003"),
    ...files("wlan0", "0x1003"),
    [`${SYS}/wlan0/phy80211/x`]: "",
    ...files("docker0", "0x1003"),
    ...files("wg0", "0x91"),
    ...files("eth1", "0x1002"),
    ...files("eth2", "0x1003"),
    [`${SYS}/eth2/carrier`]: "1",
    ...files("sit0", "0x80"),
  };
  return system;
}

describe("the report of interfaces", () => {
  it("has the facts about each that a user needs to choose it", () => {
    const report = reportInterfaces(snapshotOf(machine()));
    const facts = report.map(({ name, isWireless, sameNetworkAs, unusable }) => ({ name, isWireless, sameNetworkAs, unusable }));
    const wired = { isWireless: false, sameNetworkAs: undefined };
    should(facts).deepEqual([
      { name: "lo", ...wired, unusable: "loopback" },
      { name: "eth0", ...wired, unusable: undefined },
      { name: "wlan0", isWireless: true, sameNetworkAs: "eth0", unusable: undefined },
      { name: "docker0", ...wired, unusable: "container" },
      { name: "wg0", ...wired, unusable: "noMulticast" },
      { name: "eth1", ...wired, unusable: "down" },
      { name: "eth2", ...wired, unusable: "noAddress" },
    ]);
    should(report[1]?.addresses.map(({ address }) => address)).deepEqual(["10.0.0.5", "fd00::5"]);
  });

  it("lists no idle interface of a foreign network namespace", () => {
    const system = machine();
    system.files = { ...system.files, [`${SYS}/eth0/address`]: "02:00:00:00:00:01" };
    should(reportInterfaces(snapshotOf(system)).map(({ name }) => name)).not.containEql("eth1");
  });

  it("is empty where the system lists nothing", () => {
    const system = machine();
    system.networkInterfaces = () => {
      throw systemRefusal("EPERM");
    };
    should(reportInterfaces(snapshotOf(system))).be.empty();
  });
});

describe("the preview of a choice", () => {
  const preview = (iface: string, ...groups: readonly string[]) =>
    previewChoice(
      groups.map((group) => joinOptions({ group, iface })),
      snapshotOf(machine()),
    );

  it("names the interfaces that are used, with their addresses, and those that stand by", () => {
    should(preview("all", "239.255.1.1")).deepEqual({
      names: [{ name: "eth0", address: "10.0.0.5" }],
      standBy: [{ interface: "wlan0", insteadOf: "eth0" }],
      missing: [],
    });
    should(preview("10.0.0.6", "239.255.1.1").names).deepEqual([{ name: "wlan0", address: "10.0.0.6" }]);
  });

  it("names the missing part of the choice", () => {
    const { names, missing } = preview("eth0, eth7, 10.9.9.9", "239.255.1.1");
    should(names).deepEqual([{ name: "eth0", address: "10.0.0.5" }]);
    should(missing).deepEqual([
      { reason: "interface-absent", details: { interface: "eth7" } },
      { reason: "interface-absent", details: { interface: "10.9.9.9" } },
    ]);
  });

  it("names the reason why an interface is missing where the system lists none", () => {
    const system = machine();
    system.networkInterfaces = () => {
      throw systemRefusal("EPERM");
    };
    const joins = ["239.255.1.1", "ff02::1%eth0"].map((group) => joinOptions({ group, iface: group.includes("%") ? "" : "eth0" }));
    should(previewChoice(joins, snapshotOf(system)).missing).deepEqual([
      { reason: "interface-unlisted", details: { interface: "eth0", errno: "EPERM" } },
    ]);
  });

  it("is made for every group of a node, of both families", () => {
    const { names, missing } = preview("wlan0, eth0", "239.255.1.1", "ff02::1");
    should(names.map(({ address }) => address)).deepEqual(["10.0.0.6", "10.0.0.5", "fd00::5"]);
    should(missing).deepEqual([{ reason: "interface-family", details: { family: "IPv6", interface: "wlan0" } }]);
  });

  it("follows the zone of a group", () => {
    should(preview("all", "ff02::1%eth0").names.map(({ name }) => name)).deepEqual(["eth0"]);
  });
});
