import { errnoOf, McastError } from "../errors";
import { platformOf, refusalBy } from "../host/platform";
import type { Socket } from "../host/system";
import type { GroupSocketKey } from "./group-bind";

/** A socket, the group it is bound for, and its interface in the form that the socket calls take (undefined: the system chooses). */
export interface SocketMembership {
  readonly socket: Socket;
  readonly key: GroupSocketKey;
  readonly local: string | undefined;
  readonly platform: NodeJS.Platform;
}

/** Joins the group, or each of its sources (RFC 4607). Throws ERR_MCAST_JOIN or ERR_MCAST_INTERFACE. */
export function joinGroup(membership: SocketMembership): void {
  const { group, port, interface: name, sources } = membership.key;
  try {
    for (const join of joinCalls(membership)) join();
  } catch (error) {
    const details = { group: group.address, port, interface: name };
    // Linux allows ten sources for each group and socket by default (measured on Linux 6.18).
    if (sources.length > 0 && errnoOf(error) === "ENOBUFS") {
      const limit = group.family === "IPv4" ? "net.ipv4.igmp_max_msf" : "net.ipv6.mld_max_msf";
      throw new McastError("join-sources", { ...details, count: sources.length, limit }, error);
    }
    throw refusalBy(membership.platform, "join", error, details);
  }
}

/** Leaves the group. Throws the system's own error. */
export function leaveGroup({ socket, key: { group, sources }, local }: SocketMembership): void {
  if (sources.length === 0) socket.dropMembership(group.address, local);
  for (const source of sources) socket.dropSourceSpecificMembership(source, group.address, local);
}

/**
 * Returns true while the socket is a member of the group, by joining again. The system refuses a membership that exists: Linux with
 * EADDRINUSE, and a source with EADDRNOTAVAIL (measured on Linux 6.18). Success means that the system had lost the membership; the
 * caller then opens the socket anew.
 */
export function probeMembership(membership: SocketMembership): boolean {
  return joinCalls(membership).every((join) => {
    try {
      join();
      return false;
    } catch (error) {
      return platformOf(membership.platform).memberAgainErrnos.has(errnoOf(error));
    }
  });
}

function joinCalls({ socket, key: { group, sources }, local }: SocketMembership): readonly (() => void)[] {
  if (sources.length === 0) return [() => socket.addMembership(group.address, local)];
  return sources.map((source) => () => socket.addSourceSpecificMembership(source, group.address, local));
}
