import { type Group, isLinkScoped } from "../address";
import { errnoOf, systemError } from "../errors";
import type { LocalAddress } from "../host/interfaces";
import type { Opening, Socket, System } from "../host/system";

/** Identifies a receive socket. */
export interface GroupSocketKey {
  readonly group: Group;
  readonly port: number;
  readonly interface: string;
  /** The senders from which the group is joined (source-specific, RFC 4607); empty for any sender. */
  readonly sources: readonly string[];
}

/** A bound socket. `isExact` is true when the socket gets only datagrams that came in by its own interface. */
export interface GroupBinding {
  readonly socket: Socket;
  readonly isExact: boolean;
}

// After these errors no other way of binding can succeed.
const FINAL = new Set(["EADDRINUSE", "EACCES", "EMFILE", "ENFILE"]);

/** Opens a socket for a group in the most exact way that the system allows. Throws ERR_MCAST_BIND or ERR_MCAST_INTERFACE. */
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
 * Lists the ways to bind a socket for a group, the most exact one first (measured on Linux 6.18; macOS and Windows by their
 * documents). A socket that is bound to the group gets the datagrams of that group only. On Linux it gets them from every
 * interface on which any program joined, except an AF_INET6 socket that is bound to the IPv4 group: that one is exact.
 */
function bindings({ group, port, interface: name }: GroupSocketKey, local: LocalAddress, platform: NodeJS.Platform): readonly Binding[] {
  const plain: Binding = { type: group.family === "IPv4" ? "udp4" : "udp6", address: group.address, port, shared: true, isExact: false };
  const linkScoped = isLinkScoped(group);
  switch (platform) {
    case "win32": // Windows can't bind to a group
      if (group.family === "IPv6") return [{ ...plain, address: "::" }];
      return [local.address, "0.0.0.0"].map((address) => ({ ...plain, address }));
    case "darwin":
      return [{ ...plain, address: linkScoped ? `${group.address}%${name}` : group.address, isExact: true }];
    default:
      if (group.family === "IPv4") return [{ ...plain, type: "udp6", address: `::ffff:${group.address}`, isExact: true }, plain];
      return [linkScoped ? { ...plain, address: `${group.address}%${name}`, isExact: true } : plain];
  }
}
