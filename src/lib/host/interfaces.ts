import { BlockList } from "node:net";
import { type Family, familyOf } from "../address";
import type { McastError } from "../errors";
import { platformOf } from "./platform";
import type { NetworkInterfaceInfo, System } from "./system";

export interface LocalAddress {
  readonly address: string;
  readonly family: Family;
  /** The address with the prefix length of its subnet, such as `192.168.1.5/24`. */
  readonly cidr: string | null;
  /** The index of the interface. Node.js provides it only with link-local IPv6 addresses. */
  readonly index?: number;
  /** The label of an alias address, such as `eth0:1` (Linux). */
  readonly label?: string;
}

export interface LocalInterface {
  readonly name: string;
  readonly internal: boolean;
  /** False for an interface that carries no multicast, such as WireGuard. True if unknown. */
  readonly isMulticast: boolean;
  readonly isWireless: boolean;
  /** True for a container's end of a bridge network, through which no multicast passes. */
  readonly isBridged: boolean;
  /** The link of the interface. Interfaces on one LAN have the same link; its text has no other meaning. */
  readonly link: string;
  /** The bridge or bond that the interface is a part of. Datagrams then arrive only on the bridge or bond (measured on Linux 6.18). */
  readonly partOf?: string;
  readonly addresses: readonly LocalAddress[];
}

/** The system, and its interfaces at the time of the snapshot. */
export interface NetworkSnapshot {
  readonly system: System;
  readonly interfaces: readonly LocalInterface[];
  /** The reason why the system does not list its interfaces; undefined if it does. */
  readonly unlisted: McastError | undefined;
}

/**
 * The name for the interface of the system's choice, if that interface is unknown: the routes leave it open, or the system does not
 * list interfaces.
 */
export const SYSTEM_CHOICE = "(chosen by the system)";

/** An interface as the system lists it: its name, its MAC address, and its addresses. */
export interface ListedInterface {
  readonly name: string;
  readonly internal: boolean;
  readonly mac: string;
  readonly addresses: readonly LocalAddress[];
}

/** Returns the interfaces that are up and have an address. Throws the system's own error if it does not list them. */
export function listInterfaces(system: System): readonly ListedInterface[] {
  const { hasAliasLabels } = platformOf(system.platform);
  const found = new Map<string, { internal: boolean; mac: string; addresses: LocalAddress[] }>();
  for (const [label, infos = []] of Object.entries(system.networkInterfaces())) {
    const name = hasAliasLabels ? label.replace(/:.*/, "") : label;
    const [first] = infos;
    const local = found.get(name) ?? { internal: first?.internal ?? false, mac: first?.mac ?? "", addresses: [] };
    found.set(name, local);
    for (const info of infos) local.addresses.push({ ...localAddress(info), ...(label !== name && { label }) });
  }
  return [...found].map(([name, local]) => ({ name, ...local }));
}

/** Returns true if an interface has an address of a family. */
export function hasFamily({ addresses }: Pick<LocalInterface, "addresses">, family: Family): boolean {
  return addresses.some((each) => each.family === family);
}

/**
 * Returns the subnets of an interface, and those of all others. A sender's subnet roughly shows the interface by which its datagram
 * arrived.
 */
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
