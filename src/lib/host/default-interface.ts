import { type Group, isLinkScoped } from "../address";
import { McastError } from "../errors";
import type { InterfaceTarget } from "./interface-target";
import { hasFamily, isZoneOf, type LocalAddress, type LocalInterface, type NetworkSnapshot, SYSTEM_CHOICE } from "./interfaces";
import { hasPolicyRoute, routeDevice } from "./routes";
import { withZoneDecoded } from "./system";

interface DefaultTarget {
  readonly targets: readonly InterfaceTarget[];
  readonly missing: McastError | undefined;
}

/**
 * Selects the interface of the system's route for a group. Without a route, it is the only usable interface, or the loopback
 * interface if there is no other. The target in use `before` stays if the system cannot be asked, or if the route has disappeared
 * while several interfaces are usable. If the route's interface is unknown, the system chooses at each call.
 */
export function defaultTarget(
  group: Group,
  before: readonly InterfaceTarget[],
  snapshot: NetworkSnapshot,
  usable: readonly LocalInterface[],
): DefaultTarget {
  const type = group.family === "IPv4" ? "udp4" : "udp6";
  const reply = snapshot.system.probeRoute({ type, group: probed(group) });
  if (reply.kind === "source") return found(targetOf(reply.address, group, snapshot));
  if (reply.kind === "failed" && before.length > 0) return { targets: before, missing: undefined };
  const [first, ...others] = usable;
  if (first && others.length === 0) return found({ name: first.name });
  if (before.some(({ name }) => snapshot.interfaces.every((local) => local.name !== name || !local.internal)))
    return { targets: before, missing: undefined };
  if (first) return missing(new McastError("interface-choose", { interfaces: usable.map(({ name }) => name).join(", ") }));
  const external = snapshot.interfaces.some((local) => !local.internal && hasFamily(local, group.family));
  // IPv6 multicast does not work on the loopback interface (measured on Linux 6.18).
  const loopback = group.family === "IPv4" && !external ? snapshot.interfaces.find(({ internal }) => internal) : undefined;
  return loopback ? found({ name: loopback.name }) : missing(new McastError("interface-none", { family: group.family }));
}

function found(target: InterfaceTarget): DefaultTarget {
  return { targets: [target], missing: undefined };
}

function missing(error: McastError): DefaultTarget {
  return { targets: [], missing: error };
}

// Returns the group to probe. The probe cannot ask for a link-scoped group without a zone (EINVAL), so it asks for a group with a
// wider scope: one route serves all scopes of ff00::/8.
function probed(group: Group): string {
  return isLinkScoped(group) ? group.address.replace(/^(ff.)./, "$15") : group.address;
}

/**
 * Returns the target of a route. The source address alone does not determine the device: a route may prefer the address of another
 * interface, and a route by the loopback interface has the source of a card. The tables of Linux contain the device, but a policy
 * rule may lead to another one.
 */
function targetOf(source: string, group: Group, snapshot: NetworkSnapshot): InterfaceTarget {
  const { system, interfaces } = snapshot;
  const owner = ownerOf(source, snapshot);
  const route = routeDevice(system, probed(group));
  if (route.kind === "unknown") return { name: owner?.name ?? SYSTEM_CHOICE };
  const policy = hasPolicyRoute(system, probed(group));
  if (policy === true) return { name: SYSTEM_CHOICE };
  if (route.kind === "ambiguous") return { name: route.devices.find((device) => device === owner?.name) ?? SYSTEM_CHOICE };
  const device = route.kind === "device" ? interfaces.find(({ name }) => name === route.device) : undefined;
  if (device && device === owner) return { name: device.name, ...pinned(source, device, group) };
  if (policy === undefined || !device || !hasFamily(device, group.family)) return { name: SYSTEM_CHOICE };
  // A route that prefers an address of the loopback interface uses the whole host as its source. An address of another card is not
  // used: routes with several next hops return those addresses by turns.
  return owner?.internal && !device.internal ? { name: device.name, source } : { name: device.name };
}

// Returns the source address if it must be pinned. A single address needs no pinning, and a link-local one is no better than the
// interface's own choice (RFC 3927, 2.6.1).
function pinned(source: string, { addresses }: LocalInterface, { family }: Group): { readonly source?: string } {
  const hasSeveral = addresses.filter((each) => each.family === family).length > 1;
  return family === "IPv4" && hasSeveral && !source.startsWith("169.254.") ? { source } : {};
}

function ownerOf(source: string, { interfaces }: NetworkSnapshot): LocalInterface | undefined {
  const [address, zone] = withZoneDecoded(source).split("%");
  // Two interfaces may have the same link-local address. The zone then identifies the interface.
  const isMeant = (name: string, own: LocalAddress) => own.address === address && (zone === undefined || isZoneOf(zone, name, own.index));
  return interfaces.find(({ name, addresses }) => addresses.some((own) => isMeant(name, own)));
}
