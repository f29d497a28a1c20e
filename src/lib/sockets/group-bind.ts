import { type Group, isLinkScoped } from "../address";
import { errnoOf, systemError } from "../errors";
import type { LocalAddress } from "../host/interfaces";
import type { Opening, Socket, System } from "../host/system";

/** Which datagrams a socket is for. */
export interface GroupSocketKey {
  readonly group: Group;
  readonly port: number;
  readonly interface: string;
  /** The senders that the group is joined from; empty for all. */
  readonly sources: readonly string[];
}

/** A socket that is bound for a group, and whether it gets what came in by its own interface and nothing else. */
export interface GroupBinding {
  readonly socket: Socket;
  readonly isExact: boolean;
}

// What would be said of any other way of binding too: to try that would only change the error.
const FINAL = new Set(["EADDRINUSE", "EACCES", "EMFILE", "ENFILE"]);

/** Opens a socket for a group in the best way that the system allows. Throws ERR_MCAST_BIND, or ERR_MCAST_INTERFACE. */
export function bindToGroup(key: GroupSocketKey, local: LocalAddress, system: System): GroupBinding {
  let refusal: unknown;
  for (const { isExact, ...opening } of bindings(key, local, system.platform)) {
    try {
      return { socket: system.open(opening), isExact };
    } catch (error) {
      refusal = error;
      if (FINAL.has(errnoOf(error))) break;
    }
  }
  throw systemError("bind", refusal, { port: key.port, interface: key.interface });
}

interface Binding extends Opening {
  readonly isExact: boolean;
}

/**
 * How a socket for a group may be bound, the best way first (all measured on Linux; macOS and Windows by their documents).
 * Bound to the group, a socket gets that group's datagrams alone. Linux delivers to it from every interface on which anyone
 * joined, save to an AF_INET6 socket that is bound to the IPv4 group: only that one is exact to the interface.
 */
function bindings({ group, port, interface: name }: GroupSocketKey, local: LocalAddress, platform: NodeJS.Platform): readonly Binding[] {
  const plain: Binding = { type: group.family === "IPv4" ? "udp4" : "udp6", address: group.address, port, shared: true, isExact: false };
  const linkScoped = isLinkScoped(group);
  switch (platform) {
    case "win32": // can't bind to a group
      if (group.family === "IPv6") return [{ ...plain, address: "::" }];
      return [local.address, "0.0.0.0"].map((address) => ({ ...plain, address }));
    case "darwin":
      return [{ ...plain, address: linkScoped ? `${group.address}%${name}` : group.address, isExact: true }];
    default:
      if (group.family === "IPv4") return [{ ...plain, type: "udp6", address: `::ffff:${group.address}`, isExact: true }, plain];
      return [linkScoped ? { ...plain, address: `${group.address}%${name}`, isExact: true } : plain];
  }
}
