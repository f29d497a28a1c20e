import should from "should";
import { carrierChanges, linkFacts } from "../../../src/lib/host/link";
import { system as realSystem } from "../../../src/lib/host/system";
import { TestSystem } from "../../support/test-system";

const ETH0 = {
  flags: "0x1003\n",
  carrier: "1\n",
  carrier_changes: "3\n",
  type: "1\n",
  ifindex: "5\n",
  iflink: "6\n",
  address: "7a:29:03:a0:5b:01\n",
  uevent: "INTERFACE=eth0\nIFINDEX=5\n",
};

/** A Linux that has these files for eth0, as sysfs gives them. */
function linux(files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}): TestSystem {
  const below = (entries: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(entries).map(([file, text]) => [`/sys/class/net/eth0/${file}`, text]));
  return Object.assign(new TestSystem(), { files: below(files), links: below(links) });
}

const factsOf = (files: Readonly<Record<string, string>>, links = {}) => linkFacts(linux({ ...ETH0, ...files }, links), "eth0");

describe("the facts of a link", () => {
  it("include flags, carrier, indexes and type", () => {
    should(factsOf({})).containDeep({ isUp: true, isMulticast: true, isLoopback: false });
    should(factsOf({})).containDeep({ hasCarrier: true, type: 1, index: 5, peerIndex: 6, mac: "7a:29:03:a0:5b:01" });
  });

  it("mark a tun interface or WireGuard as without multicast", () => {
    should(factsOf({ flags: "0x91" })).containDeep({ isUp: true, isMulticast: false });
  });

  it("leave the carrier open while the interface is down, as Linux does", () => {
    const { carrier: _, ...down } = { ...ETH0, flags: "0x1002\n" };
    should(linkFacts(linux(down), "eth0")).containDeep({ isUp: false, hasCarrier: undefined });
    should(factsOf({ carrier: "0\n" })).containDeep({ hasCarrier: false });
  });

  it("include the interfaces below, and the one that the interface is a part of", () => {
    const links = { master: "../br0", lower_wlan0: "../wlan0", lower_eth9: "../eth9", upper_br0: "../br0" };
    should(factsOf({}, links)).containDeep({ master: "br0", lower: ["wlan0", "eth9"] });
    should(factsOf({})).containDeep({ master: undefined, lower: [] });
  });

  it("recognize bridges, bonds, switch chips, Wi-Fi and devices by their folders", () => {
    should(factsOf({})).containDeep({ joinsParts: false, isSwitchConduit: false, isWireless: false, isDevice: false });
    should(factsOf({ "bridge/stp_state": "0" })?.joinsParts).be.true();
    should(factsOf({ "bonding/mode": "active-backup 1" })?.joinsParts).be.true();
    should(factsOf({ "dsa/tagging": "brcm" })?.isSwitchConduit).be.true();
    for (const wireless of [{ "wireless/link": "0" }, { "phy80211/index": "0" }, { uevent: "DEVTYPE=wlan\nINTERFACE=eth0" }]) {
      should(factsOf(wireless)?.isWireless).be.true();
    }
    should(factsOf({}, { device: "../../../virtio2" })?.isDevice).be.true();
  });

  it("recognize a VLAN by its kind, and by the folder of VLANs of older kernels", () => {
    should(factsOf({})?.isVlan).be.false();
    should(factsOf({ uevent: "DEVTYPE=vlan\nINTERFACE=eth0" })).containDeep({ isVlan: true, kind: "vlan" });
    const system = linux(ETH0);
    system.files = { ...system.files, "/proc/net/vlan/eth0": "" };
    should(linkFacts(system, "eth0")?.isVlan).be.true();
  });

  it("are undefined where the system has none, or those of another interface of that name", () => {
    should(linkFacts(new TestSystem(), "eth0")).be.undefined();
    should(linkFacts(linux(ETH0), "eth1")).be.undefined();
    should(linkFacts(linux(ETH0), "eth0", "7A:29:03:A0:5B:01")).not.be.undefined();
    should(linkFacts(linux(ETH0), "eth0", "02:fc:00:00:00:01")).be.undefined();
  });

  it("are read from this machine's own loopback interface", function () {
    if (process.platform !== "linux") return this.skip(); // no other system has sysfs
    should(linkFacts(realSystem, "lo", "00:00:00:00:00:00")).containDeep({ isLoopback: true, isMulticast: false, type: 772, lower: [] });
  });
});

describe("the count of carrier changes", () => {
  it("is one number, and undefined if the system does not provide it", () => {
    should(carrierChanges(linux(ETH0), "eth0")).equal(3);
    should(carrierChanges(linux({ carrier_changes: "" }), "eth0")).be.undefined();
    should(carrierChanges(new TestSystem(), "eth0")).be.undefined();
  });
});
