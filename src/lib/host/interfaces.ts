import { BlockList } from "node:net";
import { type Family, familyOf } from "../address";
import { McastError, quote } from "../errors";
import type { NetworkInterfaceInfo, System } from "./system";

export interface LocalAddress {
  readonly address: string;
  readonly family: Family;
  /** The address with the prefix length of its subnet, such as `192.168.1.5/24`. */
  readonly cidr: string | null;
  /** The index of the interface; Node.js tells it with link-local IPv6 addresses only. */
  readonly index?: number;
}

export interface LocalInterface {
  readonly name: string;
  readonly internal: boolean;
  /** True if it looks like a container's end of Docker's bridge network, through which no multicast passes. */
  readonly contained: boolean;
  readonly addresses: readonly LocalAddress[];
}

/** The system, and the interfaces it had when the snapshot was taken. */
export interface NetworkSnapshot {
  readonly system: System;
  readonly interfaces: readonly LocalInterface[];
}

/** Returns the interfaces of this host that are up and have an address, with all their addresses. */
export function listInterfaces(system: System): readonly LocalInterface[] {
  const addressesByName = new Map<string, LocalAddress[]>();
  const internal = new Set<string>();
  const contained = new Set<string>();
  for (const [label, infos = []] of Object.entries(system.networkInterfaces())) {
    const name = system.platform === "linux" ? label.replace(/:.*/, "") : label; // eth0:1 is a second address of eth0
    const addresses = addressesByName.get(name) ?? [];
    addressesByName.set(name, addresses);
    for (const info of infos) {
      if (info.internal) internal.add(name);
      if (looksContained(info)) contained.add(name);
      addresses.push(localAddress(info));
    }
  }
  return [...addressesByName].map(([name, addresses]) => ({
    name,
    internal: internal.has(name),
    contained: contained.has(name),
    addresses,
  }));
}

/** Returns the address with which an interface is joined and sent from. Throws ERR_MCAST_INTERFACE while it has none of that family. */
export function addressOn(name: string, family: Family, interfaces: readonly LocalInterface[]): LocalAddress {
  const local = interfaces.find((each) => each.name === name);
  if (!local) throw new McastError("interface-absent", { interface: quote(name) });
  // For IPv6 the link-local address comes first: it carries the interface's index, and every interface has one.
  const own = local.addresses.filter((each) => each.family === family);
  const address = own.find((each) => each.index !== undefined) ?? own[0];
  if (!address) throw new McastError("interface-family", { interface: quote(name), family });
  return address;
}

/**
 * Returns an interface in the form that the socket calls take: for IPv4 an address that it has now; for IPv6 its zone, by name,
 * or on Windows by index. With anything else the system silently uses the default interface (measured on Linux 6.18).
 */
export function socketInterface(name: string, local: LocalAddress, platform: NodeJS.Platform): string {
  if (local.family === "IPv4") return local.address;
  return platform === "win32" ? `::%${local.index ?? 0}` : `::%${name}`;
}

/** Returns true while an interface still has an address, and was not re-created since. */
export function isStillOn(name: string, was: LocalAddress, interfaces: readonly LocalInterface[]): boolean {
  const local = interfaces.find((each) => each.name === name);
  return local?.addresses.some((each) => each.address === was.address && each.index === was.index) ?? false;
}

/** Returns the subnets of an interface, and those of all others. They tell roughly by which interface a sender's datagram came in. */
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

/** Returns true if a zone stands for an interface: by its name, or on Windows by its index. */
export function isZoneOf(zone: string, name: string, index: number | undefined): boolean {
  return zone === name || (index !== undefined && zone === String(index));
}

function localAddress(info: NetworkInterfaceInfo): LocalAddress {
  const family = familyOf(info.address); // Node.js 18.0 to 18.3 have numbers in info.family
  const index = "scopeid" in info && info.scopeid ? { index: info.scopeid } : {};
  return { address: info.address, family, cidr: info.cidr, ...index };
}

// Docker by default gives its containers addresses in 172.17.0.0/16 and, before version 28, MAC addresses that begin with 02:42.
function looksContained({ mac, cidr }: NetworkInterfaceInfo): boolean {
  return mac.startsWith("02:42:") || /^172\.17\..*\/16$/.test(cidr ?? "");
}
