import { type Family, type Group, isAddress, isLinkScoped, matchesAddress } from "../address";
import { McastError, quote } from "../errors";
import { type InterfaceChoice, isContainers } from "../options/properties";
import { isZoneOf, type LocalAddress, type LocalInterface, type NetworkSnapshot } from "./interfaces";
import type { System } from "./system";

/** The interfaces that a choice selects at this moment, by name, and the part of the choice that is missing. */
export interface SelectedInterfaces {
  readonly names: readonly string[];
  readonly missing: McastError | undefined;
}

/**
 * Selects the interfaces for a group. The system is never left to choose at the call: a wrong IPv6 interface would silently be
 * the default one, and a join without an interface follows the routes of that moment and stays there when they move.
 * If nothing is usable now, the interfaces in use `before` are kept.
 */
export function chooseInterfaces(
  choice: InterfaceChoice,
  group: Group,
  before: readonly string[],
  snapshot: NetworkSnapshot,
): SelectedInterfaces {
  if (choice === "all") return chooseAll(group.family, before, snapshot.interfaces);
  return choice === "default"
    ? chooseDefault(group, before, snapshot)
    : chooseNamed(choice, withoutAddress(before, group.family, snapshot.interfaces), snapshot.interfaces);
}

// `absentInUse` are the interfaces in use that have no address at this moment.
function chooseNamed(
  choices: readonly string[],
  absentInUse: readonly string[],
  interfaces: readonly LocalInterface[],
): SelectedInterfaces {
  const names = new Set<string>();
  const missing: string[] = [];
  for (const choice of choices) {
    const named = interfaces.filter((local) => isNamedBy(local, choice));
    for (const { name } of named) names.add(name);
    if (named.length > 0) continue;
    // A socket can wait for the name of an interface that is missing, but not for an address.
    if (isAddress(choice)) missing.push(choice);
    else names.add(choice);
  }
  if (missing.length === 0) return { names: [...names], missing: undefined };
  // The interface that had the address may have lost it for a moment, so its socket is kept.
  if (names.size === 0) for (const name of absentInUse) names.add(name);
  return { names: [...names], missing: new McastError("interface-absent", { interface: quote(missing.join(", ")) }) };
}

function chooseAll(family: Family, before: readonly string[], interfaces: readonly LocalInterface[]): SelectedInterfaces {
  const usable = usableFor(family, interfaces);
  if (usable.length > 0) return { names: usable, missing: undefined };
  if (before.some((name) => !interfaces.some((local) => local.name === name && local.internal)))
    return { names: before, missing: undefined };
  // IPv6 multicast does not work on the loopback interface (measured on Linux 6.18).
  const loopback = family === "IPv4" ? interfaces.filter((local) => local.internal && hasFamily(local, family)) : [];
  const missing = loopback.length > 0 ? undefined : new McastError("interface-none", { family });
  return { names: loopback.map((local) => local.name), missing };
}

function chooseDefault(group: Group, before: readonly string[], { system, interfaces }: NetworkSnapshot): SelectedInterfaces {
  const routed = interfaceByRoute(group, system, interfaces);
  if (routed !== undefined) return { names: [routed], missing: undefined };
  const usable = usableFor(group.family, interfaces);
  if (usable.length === 1) return { names: usable, missing: undefined };
  if (usable.length > 1) return { names: [], missing: new McastError("interface-choose", { interfaces: usable.join(", ") }) };
  if (before.length > 0) return { names: before, missing: undefined };
  return { names: [], missing: new McastError("interface-none", { family: group.family }) };
}

function interfaceByRoute(group: Group, system: System, interfaces: readonly LocalInterface[]): string | undefined {
  // The probe cannot ask for a link-scoped group without a zone (EINVAL). One route serves all scopes of ff00::/8: ask for a wider one.
  const asked = isLinkScoped(group) ? group.address.replace(/^(ff.)./, "$15") : group.address;
  const [source, zone] = system.sourceFor(group.family === "IPv4" ? "udp4" : "udp6", asked)?.split("%") ?? [];
  // Two interfaces may have the same link-local address; the zone then tells them apart.
  const isMeant = (name: string, { address, index }: LocalAddress) =>
    address === source && (zone === undefined || isZoneOf(zone, name, index));
  return interfaces.find(({ name, addresses }) => addresses.some((each) => isMeant(name, each)))?.name;
}

function usableFor(family: Family, interfaces: readonly LocalInterface[]): readonly string[] {
  const usable = interfaces.filter((local) => !local.internal && hasFamily(local, family) && !isContainers(local.name));
  return usable.map((local) => local.name);
}

function withoutAddress(names: readonly string[], family: Family, interfaces: readonly LocalInterface[]): readonly string[] {
  return names.filter((name) => !interfaces.some((local) => local.name === name && hasFamily(local, family)));
}

function hasFamily(local: LocalInterface, family: Family): boolean {
  return local.addresses.some((each) => each.family === family);
}

function isNamedBy(local: LocalInterface, choice: string): boolean {
  return local.name === choice || local.addresses.some((each) => matchesAddress(choice, each.address));
}
