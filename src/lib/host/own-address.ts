import { type Family, isAddress } from "../address";
import { McastError, quote } from "../errors";
import type { InterfaceTarget } from "./interface-target";
import { type LocalAddress, type LocalInterface, type NetworkSnapshot, SYSTEM_CHOICE } from "./interfaces";
import { platformOf } from "./platform";

/**
 * Returns the address for joining and sending on a target. Throws ERR_MCAST_INTERFACE while there is none. IPv4 names an interface
 * by an address, so an address that two interfaces share cannot be used. Of several addresses it is the one that the kernel
 * prefers, and a routable one before a link-local one (RFC 3927, 2.6.1).
 */
export function ownAddress({ name, source }: InterfaceTarget, family: Family, snapshot: NetworkSnapshot): LocalAddress {
  const { system, interfaces, unlisted } = snapshot;
  if (name === SYSTEM_CHOICE) return { address: "", family, cidr: null };
  const named = source ?? name;
  if (unlisted && isAddress(named)) return withZone(name, { address: named, family, cidr: null }, system.platform);
  const local = interfaces.find((each) => each.name === name);
  if (!local) throw missingInterface(quote(named), unlisted);
  const own = local.addresses.filter((each) => each.family === family);
  if (family === "IPv6") return withZone(name, ofIpv6(local, own), system.platform);
  const usable = own.filter(({ address }) => !sharerOf(address, name, interfaces));
  const pinned = usable.find(({ address }) => address === source);
  if (pinned) return pinned;
  const address = preferred(usable, name, snapshot);
  if (!address) throw noAddress(local, own, interfaces);
  return address;
}

/** Returns true while an interface still has an address, and was not re-created since. */
export function isStillOn(name: string, was: LocalAddress, { interfaces, unlisted }: NetworkSnapshot): boolean {
  if (name === SYSTEM_CHOICE || unlisted) return true;
  const local = interfaces.find((each) => each.name === name);
  return local?.addresses.some((each) => each.address === was.address && each.index === was.index) ?? false;
}

/**
 * Returns an interface in the form that the socket calls take: for IPv4 one of its present addresses; for IPv6 its zone, by name,
 * or on Windows by index; undefined for the system's own choice. For any other value the system silently uses the default interface
 * (measured on Linux 6.18).
 */
export function socketInterface(name: string, local: LocalAddress, platform: NodeJS.Platform): string | undefined {
  if (name === SYSTEM_CHOICE) return undefined;
  if (local.family === "IPv4") return local.address;
  return `::%${zoneOf(name, local, platform)}`;
}

/** Returns the error for an interface that is missing, or that the system does not list. */
export function missingInterface(name: string, unlisted: McastError | undefined): McastError {
  if (!unlisted) return new McastError("interface-absent", { interface: name });
  return new McastError("interface-unlisted", { ...unlisted.details, interface: name }, unlisted);
}

// Returns the address for IPv6, the link-local one first. It has the interface's index, and every interface has one except the
// loopback interface of Windows (documented, not measured).
function ofIpv6({ name }: LocalInterface, own: readonly LocalAddress[]): LocalAddress {
  const address = own.find(({ index }) => index !== undefined) ?? own[0];
  if (!address) throw new McastError("interface-family", { interface: quote(name), family: "IPv6" });
  return address;
}

// Returns an address on an interface that has a zone for it. Throws ERR_MCAST_INTERFACE for any other.
function withZone(name: string, local: LocalAddress, platform: NodeJS.Platform): LocalAddress {
  if (local.family === "IPv6") zoneOf(name, local, platform);
  return local;
}

// Returns the zone of an address. An interface without an index has no zone by index, because the system would use the default
// interface for index 0.
function zoneOf(name: string, { index }: LocalAddress, platform: NodeJS.Platform): string | number {
  if (platformOf(platform).zoneBy === "name") return name;
  if (index === undefined) throw new McastError("interface-index", { interface: quote(name) });
  return index;
}

// Returns the address that the system's route prefers, else the one that the kernel prefers on the interface.
function preferred(usable: readonly LocalAddress[], name: string, { system }: NetworkSnapshot): LocalAddress | undefined {
  const routable = usable.filter(({ address }) => !address.startsWith("169.254."));
  const candidates = routable.length > 0 ? routable : usable;
  const [first, ...others] = candidates;
  if (others.length === 0) return first;
  for (const question of [{}, { device: name }]) {
    const reply = system.probeRoute({ type: "udp4", group: "239.255.255.255", ...question });
    const chosen = reply.kind === "source" ? candidates.find(({ address }) => address === reply.address) : undefined;
    if (chosen) return chosen;
  }
  return first;
}

function noAddress(local: LocalInterface, own: readonly LocalAddress[], interfaces: readonly LocalInterface[]): McastError {
  const [first] = own;
  const sharer = first && sharerOf(first.address, local.name, interfaces);
  if (!sharer) return new McastError("interface-family", { interface: quote(local.name), family: "IPv4" });
  const [one = "", other = ""] = [local.name, sharer].sort().map(quote);
  return new McastError("interface-shared", { interface: quote(local.name), one, other, address: first.address });
}

// Returns another interface that has an IPv4 address too.
function sharerOf(address: string, name: string, interfaces: readonly LocalInterface[]): string | undefined {
  return interfaces.find((each) => each.name !== name && each.addresses.some((other) => other.address === address))?.name;
}
