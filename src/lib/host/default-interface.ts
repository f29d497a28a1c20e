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
 * Selects the interface of the system's route for a group. Without a route it is the only usable interface, or the loopback
 * interface where there is no other. If the question could not be asked, or the route has vanished while several interfaces are
 * usable, the target in use `before` stays. If nobody can tell the route's interface, the system chooses at each call.
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

// The probe cannot ask for a link-scoped group without a zone (EINVAL). One route serves all scopes of ff00::/8: ask for a wider one.
function probed(group: Group): string {
  return isLinkScoped(group) ? group.address.replace(/^(ff.)./, "$15") : group.address;
}

/**
 * The source address of the route alone does not tell the route's device: a route may prefer the address of another interface, and
 * a route by the loopback interface has the source of a card. The tables of Linux tell the device, unless a policy rule may lead
 * elsewhere.
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
  // A route that prefers an address of the loopback interface has the whole host for its source. An address of another card is not
  // used: routes with several next hops name it by turns.
  return owner?.internal && !device.internal ? { name: device.name, source } : { name: device.name };
}

// A single address needs no pinning, and a link-local one is no better than the interface's own choice (RFC 3927, 2.6.1).
function pinned(source: string, { addresses }: LocalInterface, { family }: Group): { readonly source?: string } {
  const hasSeveral = addresses.filter((each) => each.family === family).length > 1;
  return family === "IPv4" && hasSeveral && !source.startsWith("169.254.") ? { source } : {};
}

function ownerOf(source: string, { interfaces }: NetworkSnapshot): LocalInterface | undefined {
  const [address, zone] = withZoneDecoded(source).split("%");
  // Two interfaces may have the same link-local address; the zone then tells them apart.
  const isMeant = (name: string, own: LocalAddress) => own.address === address && (zone === undefined || isZoneOf(zone, name, own.index));
  return interfaces.find(({ name, addresses }) => addresses.some((own) => isMeant(name, own)));
}
