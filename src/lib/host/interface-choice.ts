import { type Family, type Group, isAddress, matchesAddress } from "../address";
import { McastError, quote } from "../errors";
import type { InterfaceChoice } from "../options/properties";
import type { StandBy } from "../state";
import { defaultTarget } from "./default-interface";
import { isContainerName } from "./interface-names";
import type { InterfaceTarget } from "./interface-target";
import { hasFamily, isZoneOf, type LocalInterface, type NetworkSnapshot, SYSTEM_CHOICE } from "./interfaces";
import { missingInterface } from "./own-address";
import { platformOf } from "./platform";
import { routeDevice } from "./routes";

/** The interfaces that a choice selects at this moment, those that stand by, and the part of the choice that is missing. */
export interface SelectedInterfaces {
  readonly targets: readonly InterfaceTarget[];
  readonly standBy: readonly StandBy[];
  readonly missing: McastError | undefined;
  /** A limit of the choice although it selects something. */
  readonly warning?: McastError;
}

/**
 * Selects the interfaces for a group. `all` selects one interface of each link. Named interfaces are selected as named. If nothing
 * can be selected now, the targets in use `before` stay.
 */
export function chooseInterfaces(
  choice: InterfaceChoice,
  group: Group,
  before: readonly InterfaceTarget[],
  snapshot: NetworkSnapshot,
): SelectedInterfaces {
  if (snapshot.unlisted && (choice === "all" || choice === "default"))
    return { targets: [{ name: SYSTEM_CHOICE }], standBy: [], missing: undefined, warning: snapshot.unlisted };
  if (choice === "all") return chooseAll(group, before, snapshot);
  if (choice === "default") return { standBy: [], ...defaultTarget(group, before, snapshot, usableFor(group.family, snapshot)) };
  return chooseNamed(choice, group.family, before, snapshot);
}

/** Returns the interfaces that can carry multicast of a family to a LAN. */
export function usableFor(family: Family, { interfaces }: NetworkSnapshot): readonly LocalInterface[] {
  return outward(family, interfaces).filter((local) => local.isMulticast && !isContainerName(local.name));
}

function outward(family: Family, interfaces: readonly LocalInterface[]): readonly LocalInterface[] {
  return interfaces.filter((local) => !local.internal && hasFamily(local, family));
}

function chooseAll(group: Group, before: readonly InterfaceTarget[], snapshot: NetworkSnapshot): SelectedInterfaces {
  const { interfaces } = snapshot;
  const usable = usableFor(group.family, snapshot);
  if (usable.length > 0) return onePerLink(usable, group, snapshot);
  if (before.some(({ name }) => !interfaces.some((local) => local.name === name && local.internal)))
    return { targets: before, standBy: [], missing: undefined };
  const leftOut = outward(group.family, interfaces).map(({ name }) => name);
  if (leftOut.length > 0) {
    const missing = new McastError("interface-left-out", { interfaces: leftOut.map(quote).join(", ") });
    return { targets: [], standBy: [], missing };
  }
  // IPv6 multicast does not work on the loopback interface (measured on Linux 6.18).
  const loopback = group.family === "IPv4" ? interfaces.filter((local) => local.internal && hasFamily(local, "IPv4")) : [];
  const missing = loopback.length > 0 ? undefined : new McastError("interface-none", { family: group.family });
  return { targets: loopback.map(({ name }) => ({ name })), standBy: [], missing };
}

function onePerLink(usable: readonly LocalInterface[], group: Group, snapshot: NetworkSnapshot): SelectedInterfaces {
  const targets: InterfaceTarget[] = [];
  const standBy: StandBy[] = [];
  for (const link of new Set(usable.map((local) => local.link))) {
    const onLink = usable.filter((local) => local.link === link);
    const [first, ...others] = onLink.filter(({ partOf }) => !onLink.some(({ name }) => name === partOf));
    if (!first) continue;
    const used = others.length > 0 ? preferredOf([first, ...others], group, snapshot) : first;
    targets.push({ name: used.name });
    for (const { name } of onLink) if (name !== used.name) standBy.push({ interface: name, insteadOf: used.name });
  }
  return { targets, standBy, missing: undefined };
}

// Returns the interface that the system's routes prefer: for the group, then for a neighbour on the link. Without such a route,
// cable comes before Wi-Fi.
function preferredOf(onLink: readonly [LocalInterface, ...LocalInterface[]], group: Group, { system }: NetworkSnapshot): LocalInterface {
  const [first] = onLink;
  const neighbours = first.addresses.filter(({ family }) => family === group.family).map(({ address }) => address);
  for (const address of [group.address, ...neighbours]) {
    const route = routeDevice(system, address);
    const routed = route.kind === "device" ? onLink.find(({ name }) => name === route.device) : undefined;
    if (routed) return routed;
  }
  return onLink.find(({ isWireless }) => !isWireless) ?? first;
}

function chooseNamed(
  choices: readonly string[],
  family: Family,
  before: readonly InterfaceTarget[],
  snapshot: NetworkSnapshot,
): SelectedInterfaces {
  const targets = new Map<string, InterfaceTarget>();
  const missing: string[] = [];
  const add = (target: InterfaceTarget): void => void targets.set(`${target.name} ${target.source ?? ""}`, target);
  for (const choice of choices) {
    const named = targetsNamed(choice, family, snapshot);
    for (const target of named) add(target);
    if (named.length > 0) continue;
    // A socket can wait for the name of an interface that is missing, but not for an address or a range.
    if (isAddress(choice)) missing.push(choice);
    else add({ name: nameIn(choice) });
  }
  for (const { name, source } of [...targets.values()]) if (source !== undefined) targets.delete(`${name} `); // the address is more exact
  if (missing.length === 0) return { targets: [...targets.values()], standBy: [], missing: undefined };
  // The interface that had the address may have lost it for a moment, so its socket stays.
  if (targets.size === 0) for (const target of before.filter((each) => isAway(each, family, snapshot))) add(target);
  return { targets: [...targets.values()], standBy: [], missing: missingInterface(quote(missing.join(", ")), snapshot.unlisted) };
}

// Returns the targets that a name, an alias label, an address or a range stands for. An address that is named is also the source
// address.
function targetsNamed(choice: string, family: Family, { system, interfaces, unlisted }: NetworkSnapshot): readonly InterfaceTarget[] {
  if (unlisted) return isAddress(choice) && !choice.includes("/") ? [{ name: choice, source: choice }] : [];
  const name = nameIn(choice);
  if (interfaces.some((local) => local.name === name)) return [{ name }];
  const named = interfaces.flatMap((local) => {
    const matching = local.addresses.filter(({ address, label }) => label === choice || matchesAddress(choice, address));
    const source = matching.find((each) => each.family === family)?.address;
    return matching.length === 0 ? [] : [source === undefined ? { name: local.name } : { name: local.name, source }];
  });
  if (named.length > 0 || isAddress(choice)) return named;
  // A zone such as `ff02::1%12` names an interface by its index.
  if (platformOf(system.platform).zoneBy === "index") {
    const indexed = interfaces.find((local) => local.addresses.some(({ index }) => isZoneOf(choice, local.name, index)));
    if (indexed) return [{ name: indexed.name }];
  }
  // The kernel takes the name of an alias for that of its interface.
  const known = name.includes(":") ? undefined : system.interfaceNamed(name);
  return known !== undefined && interfaces.some((local) => local.name === known) ? [{ name: known }] : [];
}

// Removes the part from `@` on: the command `ip` lists an interface above another one as `eth0@if5`.
function nameIn(choice: string): string {
  return choice.replace(/@[^@]*$/, "");
}

function isAway({ name }: InterfaceTarget, family: Family, { interfaces }: NetworkSnapshot): boolean {
  return !interfaces.some((local) => local.name === name && hasFamily(local, family));
}
