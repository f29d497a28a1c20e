import type { Family } from "../address";
import { McastError, type Reason } from "../errors";
import type { JoinOptions } from "../options/options";
import type { StandBy } from "../state";
import { chooseInterfaces, usableFor } from "./interface-choice";
import { isContainerName, type Unusable } from "./interface-names";
import { type LocalAddress, type LocalInterface, type NetworkSnapshot, SYSTEM_CHOICE } from "./interfaces";
import { linkFacts } from "./link";
import { missingInterface } from "./own-address";
import { hasOwnSysfs } from "./own-sysfs";
import { platformOf } from "./platform";

/** An interface of this machine, as a list of choices shows it. */
export interface InterfaceReport {
  readonly name: string;
  readonly internal: boolean;
  readonly addresses: readonly LocalAddress[];
  readonly isWireless: boolean;
  /** Another interface on the same network. One of them is enough. */
  readonly sameNetworkAs?: string;
  /** The reason why the choice `all` leaves the interface out; missing if the choice uses it. */
  readonly unusable?: Unusable;
}

/** Returns the interfaces of this machine. Those that are down or have no address are known on Linux only. */
export function reportInterfaces(snapshot: NetworkSnapshot): readonly InterfaceReport[] {
  const usable = (["IPv4", "IPv6"] as const).flatMap((family) => usableFor(family, snapshot));
  const listed = snapshot.interfaces.map((local) => ({
    name: local.name,
    internal: local.internal,
    addresses: local.addresses,
    isWireless: local.isWireless,
    ...(local.link !== local.name && { sameNetworkAs: local.link }),
    ...(!usable.includes(local) && { unusable: whyUnusable(local) }),
  }));
  return [...listed, ...idleInterfaces(snapshot)];
}

/** The interfaces that a choice selects at this moment. */
export interface ChoicePreview {
  readonly names: readonly { readonly name: string; readonly address?: string }[];
  readonly standBy: readonly StandBy[];
  /** The reasons why the choice waits, and its limits. */
  readonly missing: readonly { readonly reason: Reason; readonly details: McastError["details"] }[];
}

/** Returns the interfaces that a choice selects now for some groups, all together. */
export function previewChoice(joins: readonly Pick<JoinOptions, "group" | "iface">[], snapshot: NetworkSnapshot): ChoicePreview {
  const names = new Map<string, { readonly name: string; readonly address?: string }>();
  const standBy = new Map<string, StandBy>();
  const missing = new Map<string, McastError>();
  const miss = (error: McastError | undefined) => error && missing.set(error.message, error);
  for (const { group, iface } of joins) {
    const selected = chooseInterfaces(iface, group, [], snapshot);
    for (const { name, source } of selected.targets) {
      const address = source ?? addressOn(name, group.family, snapshot);
      if (address !== undefined || name === SYSTEM_CHOICE)
        names.set(`${name} ${address}`, { name, ...(address !== undefined && { address }) });
      else miss(waitingFor(name, group.family, snapshot));
    }
    for (const each of selected.standBy) standBy.set(each.interface, each);
    miss(selected.missing);
    miss(selected.warning);
  }
  const reasons = [...missing.values()].map(({ reason, details }) => ({ reason, details }));
  return { names: [...names.values()], standBy: [...standBy.values()], missing: reasons };
}

function whyUnusable({ internal, isMulticast, name }: LocalInterface): Unusable {
  if (internal) return "loopback";
  if (!isMulticast) return "noMulticast";
  return isContainerName(name) ? "container" : "noAddress";
}

// Returns the interfaces that Node.js does not list but Linux does.
function idleInterfaces({ system, interfaces, unlisted }: NetworkSnapshot): readonly InterfaceReport[] {
  if (unlisted || !platformOf(system.platform).hasProcTables) return [];
  const names = hasOwnSysfs(system) ? (system.readFolder("/sys/class/net") ?? []) : [];
  return names.flatMap((name) => {
    const facts = interfaces.some((local) => local.name === name) || isContainerName(name) ? undefined : linkFacts(system, name);
    if (!facts?.isMulticast || facts.isLoopback || facts.master !== undefined) return [];
    const unusable = facts.isUp && facts.hasCarrier !== false ? ("noAddress" as const) : ("down" as const);
    return [{ name, internal: false, addresses: [], isWireless: facts.isWireless, unusable }];
  });
}

function addressOn(name: string, family: Family, { interfaces }: NetworkSnapshot): string | undefined {
  return interfaces.find((local) => local.name === name)?.addresses.find((each) => each.family === family)?.address;
}

function waitingFor(name: string, family: Family, { interfaces, unlisted }: NetworkSnapshot): McastError {
  const isThere = interfaces.some((local) => local.name === name);
  return isThere ? new McastError("interface-family", { family, interface: name }) : missingInterface(name, unlisted);
}
