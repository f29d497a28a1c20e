import { BlockList } from "node:net";
import { type Family, familyOf, type Group, isAddress, isLinkScoped, matchesAddress, quote } from "../address";
import { McastError } from "../errors";
import { type InterfaceChoice, isContainers } from "../options/properties";
import type { NetworkInterfaceInfo, System } from "./system";

export interface LocalAddress {
  readonly address: string;
  readonly family: Family;
  /** The address with the length of its subnet, such as `192.168.1.5/24`. */
  readonly cidr: string | null;
  /** The interface's index; known for link-local IPv6 addresses alone. */
  readonly index?: number;
}

export interface LocalInterface {
  readonly name: string;
  readonly internal: boolean;
  /** Whether it looks like a container's end of Docker's bridge network, which no multicast passes. */
  readonly contained: boolean;
  readonly addresses: readonly LocalAddress[];
}

/** The interfaces of this host that are up and have an address, with all their addresses. */
export function listInterfaces(system: System): readonly LocalInterface[] {
  const found = new Map<string, LocalAddress[]>();
  const internal = new Set<string>();
  const contained = new Set<string>();
  for (const [label, infos = []] of Object.entries(system.networkInterfaces())) {
    const name = system.platform === "linux" ? label.replace(/:.*/, "") : label; // eth0:1 is a second address of eth0
    const addresses = found.get(name) ?? [];
    found.set(name, addresses);
    for (const info of infos) {
      if (info.internal) internal.add(name);
      if (looksContained(info)) contained.add(name);
      const family = familyOf(info.address); // Node.js 18.0 to 18.3 have numbers in info.family
      const index = "scopeid" in info && info.scopeid ? { index: info.scopeid } : {};
      addresses.push({ address: info.address, family, cidr: info.cidr, ...index });
    }
  }
  return [...found].map(([name, addresses]) => ({ name, internal: internal.has(name), contained: contained.has(name), addresses }));
}

/** What a choice comes to at this moment: the interfaces to use, by name, and what is still missing of it. */
export interface Chosen {
  readonly names: readonly string[];
  readonly missing: McastError | undefined;
}

/**
 * Resolves a choice for a group. Nothing is left to the system to guess: a wrong IPv6 interface would silently be the default
 * one, and a join without an interface follows the routes of that moment and stays there when they move.
 * Where nothing is usable now, what was in use `before` is waited for.
 */
export function chooseInterfaces(choice: InterfaceChoice, group: Group, before: readonly string[], look: Look): Chosen {
  if (choice === "all") return chooseAll(group.family, before, look.interfaces);
  return choice === "default"
    ? chooseDefault(group, before, look)
    : chooseNamed(choice, awayOf(before, group.family, look.interfaces), look.interfaces);
}

/** The system, and the interfaces it had when it was last looked at. */
export interface Look {
  readonly system: System;
  readonly interfaces: readonly LocalInterface[];
}

/** Where a group of a family is joined or sent from on an interface. Throws ERR_MCAST_INTERFACE while it has no such address. */
export function addressOn(name: string, family: Family, interfaces: readonly LocalInterface[]): LocalAddress {
  const local = interfaces.find((each) => each.name === name);
  if (!local) throw new McastError("interface-absent", { interface: quote(name) });
  // The link-local one leads for IPv6: it has the interface's index, and every interface has it.
  const own = local.addresses.filter((each) => each.family === family);
  const address = own.find((each) => each.index !== undefined) ?? own[0];
  if (!address) throw new McastError("interface-family", { interface: quote(name), family });
  return address;
}

/**
 * How an interface is told to a socket, for joining and for sending: IPv4 takes an address that it has now; IPv6 takes its zone
 * alone, by name or on Windows by index. Anything else is silently the default interface (measured, Linux).
 */
export function socketInterface(name: string, local: LocalAddress, platform: NodeJS.Platform): string {
  if (local.family === "IPv4") return local.address;
  return platform === "win32" ? `::%${local.index ?? 0}` : `::%${name}`;
}

/** True while an address is on the interface as it was: still there, and the interface not made anew. */
export function isStillOn(name: string, was: LocalAddress, interfaces: readonly LocalInterface[]): boolean {
  const local = interfaces.find((each) => each.name === name);
  return local?.addresses.some((each) => each.address === was.address && each.index === was.index) ?? false;
}

/** The subnets of an interface, and those of all the others: what tells roughly where a datagram came in. */
export function subnetsAround(
  name: string,
  interfaces: readonly LocalInterface[],
): { readonly own: BlockList; readonly others: BlockList } {
  const own = new BlockList();
  const others = new BlockList();
  for (const local of interfaces) {
    for (const { address, family, cidr } of local.addresses) {
      const prefix = Number(cidr?.split("/")[1]);
      if (prefix > 0) (local.name === name ? own : others).addSubnet(address, prefix, family === "IPv4" ? "ipv4" : "ipv6");
    }
  }
  return { own, others };
}

/** True where a zone means an interface: by its name, or on Windows by its index. */
export function isZoneOf(zone: string, name: string, index: number | undefined): boolean {
  return zone === name || (index !== undefined && zone === String(index));
}

/**
 * True while a querier of IGMP version 1 or 2 is heard on an interface (Linux tells, world-readable). Under IGMPv2 a leave
 * may cost some milliseconds of the group, where under IGMPv3 it costs nothing.
 */
export function hearsOldQuerier(name: string, system: System): boolean {
  return system
    .igmpTable()
    .split("\n")
    .some((line) => {
      const [, device, querier] = /^\d+\s+(\S+)\s*:\s*\d+\s+(\S+)/.exec(line) ?? [];
      return device === name && querier !== "V3";
    });
}

// `away` are those in use that have no address at this moment.
function chooseNamed(words: readonly string[], away: readonly string[], interfaces: readonly LocalInterface[]): Chosen {
  const names = new Set<string>();
  const absent: string[] = [];
  for (const word of words) {
    const named = interfaces.filter((local) => isNamedBy(local, word));
    for (const { name } of named) names.add(name);
    if (named.length > 0) continue;
    // A name stands for itself before its interface is there, so that a socket can wait for it; an address can't.
    if (isAddress(word)) absent.push(word);
    else names.add(word);
  }
  if (absent.length === 0) return { names: [...names], missing: undefined };
  // The interface that had the address may be the one that lost it for a moment: its socket is kept.
  if (names.size === 0) for (const name of away) names.add(name);
  return { names: [...names], missing: new McastError("interface-absent", { interface: quote(absent.join(", ")) }) };
}

function chooseAll(family: Family, before: readonly string[], interfaces: readonly LocalInterface[]): Chosen {
  const usable = usableFor(family, interfaces);
  if (usable.length > 0) return { names: usable, missing: undefined };
  if (before.some((name) => !interfaces.some((local) => local.name === name && local.internal)))
    return { names: before, missing: undefined };
  // IPv6 multicast does not work on the loopback interface (measured, Linux).
  const loopback = family === "IPv4" ? interfaces.filter((local) => local.internal && hasFamily(local, family)) : [];
  const missing = loopback.length > 0 ? undefined : new McastError("interface-none", { family });
  return { names: loopback.map((local) => local.name), missing };
}

function chooseDefault(group: Group, before: readonly string[], { system, interfaces }: Look): Chosen {
  const routed = interfaceByRoute(group, system, interfaces);
  if (routed !== undefined) return { names: [routed], missing: undefined };
  const usable = usableFor(group.family, interfaces);
  if (usable.length === 1) return { names: usable, missing: undefined };
  if (usable.length > 1) return { names: [], missing: new McastError("interface-choose", { interfaces: usable.join(", ") }) };
  if (before.length > 0) return { names: before, missing: undefined };
  return { names: [], missing: new McastError("interface-none", { family: group.family }) };
}

function interfaceByRoute(group: Group, system: System, interfaces: readonly LocalInterface[]): string | undefined {
  // A link-scoped group without a zone can't be asked for (EINVAL). ff00::/8 has one route for all scopes: ask for a wider one.
  const asked = isLinkScoped(group) ? group.address.replace(/^(ff.)./, "$15") : group.address;
  const [source, zone] = system.sourceFor(group.family === "IPv4" ? "udp4" : "udp6", asked)?.split("%") ?? [];
  // Two interfaces may have the same link-local address: there the zone tells.
  const isMeant = (name: string, { address, index }: LocalAddress) =>
    address === source && (zone === undefined || isZoneOf(zone, name, index));
  return interfaces.find(({ name, addresses }) => addresses.some((each) => isMeant(name, each)))?.name;
}

function usableFor(family: Family, interfaces: readonly LocalInterface[]): readonly string[] {
  const usable = interfaces.filter((local) => !local.internal && hasFamily(local, family) && !isContainers(local.name));
  return usable.map((local) => local.name);
}

function awayOf(names: readonly string[], family: Family, interfaces: readonly LocalInterface[]): readonly string[] {
  return names.filter((name) => !interfaces.some((local) => local.name === name && hasFamily(local, family)));
}

function hasFamily(local: LocalInterface, family: Family): boolean {
  return local.addresses.some((each) => each.family === family);
}

// Docker gives its containers addresses of 172.17.0.0/16 where nobody chose others, and MAC addresses that begin 02:42.
function looksContained({ mac, cidr }: NetworkInterfaceInfo): boolean {
  return mac.startsWith("02:42:") || /^172\.17\..*\/16$/.test(cidr ?? "");
}

function isNamedBy(local: LocalInterface, word: string): boolean {
  return local.name === word || local.addresses.some((each) => matchesAddress(word, each.address));
}
