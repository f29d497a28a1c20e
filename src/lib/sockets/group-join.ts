import { errnoOf, McastError, systemError } from "../errors";
import type { Socket } from "../host/system";
import type { GroupSocketKey } from "./group-bind";

/** A socket, the group that it is for, and its interface as a socket is told it. */
export interface Place {
  readonly socket: Socket;
  readonly key: GroupSocketKey;
  readonly local: string;
}

/** Joins the group, from each of its sources if there are any (RFC 4607). Throws ERR_MCAST_JOIN, or ERR_MCAST_INTERFACE. */
export function joinGroup(place: Place): void {
  const { group, port, interface: name, sources } = place.key;
  try {
    for (const join of joinsOf(place)) join();
  } catch (error) {
    const details = { group: group.address, port, interface: name };
    // Linux takes ten sources for a group on a socket (measured) where nobody changed that.
    if (sources.length > 0 && errnoOf(error) === "ENOBUFS") {
      const limit = group.family === "IPv4" ? "net.ipv4.igmp_max_msf" : "net.ipv6.mld_max_msf";
      throw new McastError("join-sources", { ...details, count: sources.length, limit }, error);
    }
    throw systemError("join", error, details);
  }
}

/** Leaves the group. Throws the system's own error. */
export function leaveGroup({ socket, key: { group, sources }, local }: Place): void {
  if (sources.length === 0) socket.dropMembership(group.address, local);
  for (const source of sources) socket.dropSourceSpecificMembership(source, group.address, local);
}

const ALIVE = new Set(["EADDRINUSE", "EADDRNOTAVAIL"]);

/**
 * True while the socket is a member. Joining again tells: a membership that is alive is refused as in use, a source that is as
 * not available (both measured, Linux), on Windows a membership too (Microsoft, "Multicast Socket Option Behavior"). Success says
 * that it had been lost.
 */
export function isMember(place: Place): boolean {
  return joinsOf(place).every((join) => {
    try {
      join();
      return false;
    } catch (error) {
      return ALIVE.has(errnoOf(error));
    }
  });
}

function joinsOf({ socket, key: { group, sources }, local }: Place): readonly (() => void)[] {
  if (sources.length === 0) return [() => socket.addMembership(group.address, local)];
  return sources.map((source) => () => socket.addSourceSpecificMembership(source, group.address, local));
}
