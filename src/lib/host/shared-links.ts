import ipaddr from "ipaddr.js";
import type { LinkFacts } from "./link";

/** The part of an interface that grouping needs. */
export interface AddressedInterface {
  readonly name: string;
  readonly addresses: readonly { readonly cidr: string | null }[];
}

/**
 * Groups interfaces by link. Each interface on a LAN receives and sends every multicast datagram, so one of them is enough.
 * Interfaces are on one link if they share a subnet of either family, or if one is above the other within a LAN: macvlan and ipvlan
 * above their parent, a bridge or bond above its parts. This is transitive, also by way of interfaces that have no address and are
 * not listed. Groups and names keep the order of the given interfaces.
 */
export function linksOf(
  interfaces: readonly AddressedInterface[],
  factsByName: ReadonlyMap<string, LinkFacts>,
): readonly (readonly string[])[] {
  const marks = new Map(interfaces.map(({ name, addresses }) => [name, subnetsOf(addresses)]));
  for (const facts of factsByName.values()) {
    for (const name of withinLan(facts, factsByName)) {
      marks.set(facts.name, [...(marks.get(facts.name) ?? []), stackMark(facts.name, name)]);
      marks.set(name, [...(marks.get(name) ?? []), stackMark(facts.name, name)]);
    }
  }
  return groupByMarks(marks)
    .map((group) => group.filter((name) => interfaces.some((each) => each.name === name)))
    .filter((group) => group.length > 0);
}

// Subnets that do not identify a LAN, because they are on every link. Host routes (point-to-point and unnumbered links) do not
// identify one either.
const EVERYWHERE = ["fe80::/10", "169.254.0.0/16"].map((range) => ipaddr.parseCIDR(range));

function subnetsOf(addresses: AddressedInterface["addresses"]): readonly string[] {
  return addresses.flatMap(({ cidr }) => {
    const network = cidr !== null && ipaddr.isValidCIDR(cidr) ? networkOf(cidr) : undefined;
    return network ? [network] : [];
  });
}

function networkOf(cidr: string): string | undefined {
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const isHost = prefix === (address.kind() === "ipv4" ? 32 : 128);
  const isEverywhere = EVERYWHERE.some((range) => range[0].kind() === address.kind() && address.match(range));
  if (isHost || isEverywhere) return undefined;
  const family = address.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${family.networkAddressFromCIDR(cidr)}/${prefix}`;
}

/** Returns the interfaces below this one that are on its LAN. */
function withinLan(facts: LinkFacts, factsByName: ReadonlyMap<string, LinkFacts>): readonly string[] {
  const parts = [...factsByName.values()].filter(({ master }) => master === facts.name).map(({ name }) => name);
  if (facts.joinsParts) return [...new Set([...facts.lower, ...parts])];
  // A VRF has its interfaces both as lower interfaces and as parts. Each of them is a LAN of its own.
  return facts.lower.filter((name) => isSameEthernet(facts, factsByName.get(name)));
}

const ETHERNET = 1;
// Kinds of interfaces that are another LAN than the interface below: tagged, tunnelled, encrypted, or a port of a switch chip.
const OTHER_LANS = new Set(["vlan", "vxlan", "geneve", "macsec", "dsa"]);

/**
 * True for macvlan and ipvlan. Linux marks them only by their peer: they are above one interface, and name it as their peer. The
 * peer alone is no sign, because a veth interface has one as well, and its index may be that of another network namespace.
 */
function isSameEthernet(facts: LinkFacts, below: LinkFacts | undefined): boolean {
  if (!below || facts.isVlan || below.isSwitchConduit || OTHER_LANS.has(facts.kind ?? "")) return false;
  return facts.type === ETHERNET && below.type === ETHERNET && facts.peerIndex !== undefined && facts.peerIndex === below.index;
}

function stackMark(upper: string, lower: string): string {
  return `${upper} on ${lower}`;
}

/** Groups names with a common mark, directly or by way of others. */
function groupByMarks(marks: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const left = new Map(marks);
  const groups: string[][] = [];
  for (const [first, own] of marks) {
    if (!left.delete(first)) continue;
    const group = [first];
    const known = new Set(own);
    for (let grown = true; grown; ) {
      const met = [...left].filter(([, its]) => its.some((mark) => known.has(mark)));
      for (const [name, its] of met) {
        left.delete(name);
        group.push(name);
        for (const mark of its) known.add(mark);
      }
      grown = met.length > 0;
    }
    groups.push([...marks.keys()].filter((name) => group.includes(name)));
  }
  return groups;
}
