import { type Group, isLinkScoped, MAPPED } from "../address";
import { errnoOf, McastError } from "../errors";
import { type LocalAddress, SYSTEM_CHOICE } from "../host/interfaces";
import { platformOf } from "../host/platform";
import type { Opening, Socket, System } from "../host/system";
import { openSocket } from "./open-socket";

/** Identifies a receive socket. */
export interface GroupSocketKey {
  readonly group: Group;
  readonly port: number;
  readonly interface: string;
  /** The senders for which the group is joined (source-specific, RFC 4607); empty for every sender. */
  readonly sources: readonly string[];
}

/** A bound socket. `isExact` is true if the socket receives only datagrams that arrive on its own interface. */
export interface GroupBinding {
  readonly socket: Socket;
  readonly isExact: boolean;
}

// Errors after which no other way of binding can succeed.
const FINAL = new Set(["EADDRINUSE", "EACCES", "EMFILE", "ENFILE"]);

/** Opens a socket for a group in the most exact way that the system allows. Throws ERR_MCAST_BIND or ERR_MCAST_INTERFACE. */
export function bindToGroup(key: GroupSocketKey, local: LocalAddress, system: System): GroupBinding {
  let refusal: unknown;
  for (const { isExact, ...opening } of bindings(key, local, system)) {
    try {
      return { socket: openSocket({ ...opening, interface: key.interface, step: "bind-group" }, system), isExact };
    } catch (error) {
      refusal = error;
      if (error instanceof McastError && FINAL.has(errnoOf(error.cause))) break;
    }
  }
  throw refusal;
}

interface Binding extends Opening {
  readonly isExact: boolean;
}

/**
 * Lists the ways to bind a socket for a group, the most exact one first. A socket that is bound to the group receives the datagrams
 * of that group only. On Linux it receives them from every interface on which any program joined, with two exceptions (measured on
 * Linux 6.18): an AF_INET6 socket that is bound to the IPv4 group, and a socket that is bound to the interface.
 */
function bindings({ group, port, interface: name }: GroupSocketKey, local: LocalAddress, system: System): readonly Binding[] {
  const { groupBind, filtersByMembership, unfilteredGroups, ipv6Only } = platformOf(system.platform);
  const type = group.family === "IPv4" ? "udp4" : "udp6";
  const plain: Binding = { type, address: group.address, port, shared: true, isExact: false };
  if (name === SYSTEM_CHOICE) return [plain];
  const isFiltered = filtersByMembership && !unfilteredGroups.includes(group.address);
  if (groupBind === "own-address-or-wildcard") {
    if (group.family === "IPv6") return [{ ...plain, address: "::", ipv6Only }];
    return [local.address, "0.0.0.0"].map((address) => ({ ...plain, address }));
  }
  if (isLinkScoped(group)) return [{ ...plain, address: `${group.address}%${name}`, isExact: true }];
  if (groupBind === "group") return [{ ...plain, isExact: isFiltered }];
  if (group.family === "IPv4") return [{ ...plain, type: "udp6", address: `${MAPPED}${group.address}`, isExact: true }, plain];
  return system.bindsToDevice(name) ? [{ ...plain, device: name, isExact: true }, plain] : [plain];
}
