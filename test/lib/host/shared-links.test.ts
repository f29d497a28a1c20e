import should from "should";
import { type LinkFacts, linkFacts } from "../../../src/lib/host/link";
import { linksOf } from "../../../src/lib/host/shared-links";
import { TestSystem } from "../../support/test-system";

let nextIndex = 2;

/** An Ethernet interface that is up and stands on nothing, save for what is given. */
function ethernet(name: string, given: Partial<LinkFacts> = {}): LinkFacts {
  const index = nextIndex++;
  const system = new TestSystem();
  const values = { flags: "0x1003", type: "1", ifindex: String(index), iflink: String(index) };
  system.files = Object.fromEntries(Object.entries(values).map(([file, text]) => [`/sys/class/net/${name}/${file}`, text]));
  const facts = linkFacts(system, name);
  if (!facts) throw new Error(`no facts of ${name}`);
  return { ...facts, ...given };
}

/** An interface that stands on another one, as macvlan, ipvlan and VLAN interfaces do. */
const on = (below: LinkFacts, given: Partial<LinkFacts> = {}): Partial<LinkFacts> => ({
  lower: [below.name],
  peerIndex: below.index,
  ...given,
});

function groups(cidrs: Readonly<Record<string, string>>, ...facts: readonly LinkFacts[]): readonly (readonly string[])[] {
  const interfaces = Object.entries(cidrs).map(([name, list]) => ({ name, addresses: list.split(" ").map((cidr) => ({ cidr })) }));
  return linksOf(interfaces, new Map(facts.map((each) => [each.name, each])));
}

describe("interfaces of one subnet", () => {
  it("are one link, in the order in which they were given", () => {
    should(groups({ wlan0: "192.168.1.6/24", eth1: "10.0.0.1/24", eth0: "192.168.1.5/24" })).deepEqual([["wlan0", "eth0"], ["eth1"]]);
  });

  it("are one link by IPv6 alone, and by way of a third", () => {
    should(groups({ eth0: "192.168.1.5/24 fd00::5/64", wlan0: "10.0.0.6/24 fd00::6/64" })).deepEqual([["eth0", "wlan0"]]);
    should(groups({ a: "10.1.0.1/24", b: "10.2.0.1/24", c: "10.1.0.2/24 10.2.0.2/24" })).deepEqual([["a", "b", "c"]]);
  });

  it("are several links where the subnet is on every link, or contains one host", () => {
    should(groups({ eth0: "fe80::1/64 169.254.1.1/16", eth1: "fe80::2/64 169.254.1.2/16" })).have.length(2);
    should(groups({ eth0: "10.66.9.9/32 fd00::9/128", eth1: "10.66.9.9/32 fd00::9/128" })).have.length(2);
  });

  it("are several links where the networks differ in length or address", () => {
    should(groups({ eth0: "10.0.0.1/8", eth1: "10.0.0.2/24", eth2: "10.0.1.2/24" })).have.length(3);
  });

  it("are several links if the system provides no subnet", () => {
    should(
      linksOf(
        ["a", "b"].map((name) => ({ name, addresses: [{ cidr: null }] })),
        new Map(),
      ),
    ).deepEqual([["a"], ["b"]]);
  });
});

describe("interfaces above one another", () => {
  const eth0 = ethernet("eth0");

  it("are one link where one is a macvlan or ipvlan of the other", () => {
    const cidrs = { eth0: "192.168.1.5/24", "ll-eth0": "169.254.1.1/16" };
    should(groups(cidrs, eth0, ethernet("ll-eth0", on(eth0)))).deepEqual([["eth0", "ll-eth0"]]);
    should(groups(cidrs, eth0, ethernet("ll-eth0"))).have.length(2);
  });

  it("are one link where two macvlans have a parent without an address", () => {
    const cidrs = { mv0: "10.1.0.1/24", mv1: "10.2.0.1/24" };
    should(groups(cidrs, eth0, ethernet("mv0", on(eth0)), ethernet("mv1", on(eth0)))).deepEqual([["mv0", "mv1"]]);
  });

  it("are one link where one is the bridge or the bond that the other is a part of", () => {
    const cidrs = { eth0: "10.1.0.1/24", br0: "10.2.0.1/24" };
    should(groups(cidrs, { ...eth0, master: "br0" }, ethernet("br0", { joinsParts: true }))).deepEqual([["eth0", "br0"]]);
    should(groups(cidrs, eth0, ethernet("br0", { joinsParts: true, lower: ["eth0"] }))).deepEqual([["eth0", "br0"]]);
  });

  it("are two links where one is a VLAN of the other, by kind or by the folder of VLANs", () => {
    const cidrs = { eth0: "10.1.0.1/24", "eth0.10": "10.2.0.1/24" };
    should(groups(cidrs, eth0, ethernet("eth0.10", on(eth0, { kind: "vlan", isVlan: true })))).have.length(2);
    should(groups(cidrs, eth0, ethernet("eth0.10", on(eth0, { isVlan: true })))).have.length(2);
  });

  it("are one link where a VLAN has its parent's subnet all the same", () => {
    should(groups({ eth0: "10.1.0.1/24", v10: "10.1.0.2/24" }, eth0, ethernet("v10", on(eth0, { isVlan: true })))).have.length(1);
  });

  it("are several links where a bridge contains a VLAN of the other", () => {
    const v10 = ethernet("eth0.10", on(eth0, { isVlan: true, master: "br10" }));
    const cidrs = { eth0: "10.1.0.1/24", "eth0.10": "10.3.0.1/24", br10: "10.2.0.1/24" };
    should(groups(cidrs, eth0, v10, ethernet("br10", { joinsParts: true }))).deepEqual([["eth0"], ["eth0.10", "br10"]]);
  });

  it("are several links where they are the ports of a switch chip", () => {
    const conduit = { ...eth0, isSwitchConduit: true };
    const cidrs = { eth0: "fe80::1/64", lan1: "10.1.0.1/24", wan: "10.2.0.1/24" };
    should(groups(cidrs, conduit, ethernet("lan1", on(eth0)), ethernet("wan", on(eth0)))).have.length(3);
    should(groups(cidrs, eth0, ethernet("lan1", on(eth0, { kind: "dsa" })), ethernet("wan", on(eth0, { kind: "dsa" })))).have.length(3);
  });

  it("are several links where a VRF or a tunnel leads over the other", () => {
    const cidrs = { eth0: "10.1.0.1/24", over: "10.2.0.1/24" };
    should(groups(cidrs, { ...eth0, master: "over" }, ethernet("over", { lower: ["eth0"] }))).have.length(2); // VRF
    should(groups(cidrs, eth0, ethernet("over", { lower: ["eth0"], kind: "vxlan" }))).have.length(2);
    should(groups(cidrs, eth0, ethernet("over", on(eth0, { kind: "macsec" })))).have.length(2);
    should(groups(cidrs, eth0, ethernet("over", on(eth0, { type: 65534 })))).have.length(2);
  });

  it("are two links where a veth peer in another namespace has the other's index", () => {
    should(groups({ eth0: "10.1.0.1/24", eth1: "10.2.0.1/24" }, eth0, ethernet("eth1", { peerIndex: eth0.index }))).have.length(2);
  });
});
