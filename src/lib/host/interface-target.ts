import { type Group, isLinkScoped } from "../address";
import type { LocalAddress, NetworkSnapshot } from "./interfaces";

/** An interface to use, and the address on it, if a user named one or the route prefers one. */
export interface InterfaceTarget {
  readonly name: string;
  readonly source?: string;
}

/** Returns a target as one text, for comparing. */
export function targetKey({ name, source = "" }: InterfaceTarget): string {
  return `${name} ${source}`;
}

/** Returns each interface of the targets once, because one membership serves all addresses of its interface. */
export function eachInterface(targets: readonly InterfaceTarget[]): readonly InterfaceTarget[] {
  return [...new Set(targets.map(({ name }) => name))].map((name) => ({ name }));
}

/**
 * Returns a target for every address of the targets, the address to send from first. A socket with a fixed port is bound to one
 * address, so each address needs a socket to receive. A target with a source stands for that address alone.
 */
export function eachAddress(targets: readonly InterfaceTarget[], group: Group, snapshot: NetworkSnapshot): readonly InterfaceTarget[] {
  return targets.flatMap((target) => {
    if (target.source !== undefined) return [target];
    const addresses = snapshot.interfaces.find(({ name }) => name === target.name)?.addresses ?? [];
    const own = addresses.filter(({ family }) => family === group.family);
    if (own.length === 0) return [target];
    return [...own].sort(bySource(group)).map(({ address }) => ({ name: target.name, source: address }));
  });
}

// Orders addresses: a link-local one first for a link-scoped group, a routable one first for any other (RFC 6724, 5; RFC 3927,
// 2.6.1).
function bySource(group: Group): (one: LocalAddress, other: LocalAddress) => number {
  const rank = ({ address, index }: LocalAddress) =>
    (index !== undefined || address.startsWith("169.254.")) === isLinkScoped(group) ? 0 : 1;
  return (one, other) => rank(one) - rank(other);
}
