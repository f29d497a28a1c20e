import { formatEndpoint } from "../address";
import type { AnySocket, Membership, MembershipSocket } from "../receive/membership";
import type { ReceiveCounts } from "../sockets/receive-counts";
import { type Clock, since1970 } from "./clock";
import { type Problem, problemOf } from "./problem";

/** One socket that receives a group, with all its listeners in this process; or a group that waits for an interface. */
export interface GroupActivity {
  /** The group; missing for a socket that receives unicast. */
  readonly group?: string;
  /** The port of the group. */
  readonly port: number;
  /** The name of the interface; for a group that waits, the choice as the user wrote it. */
  readonly interface: string;
  /** The senders of a source-specific group. */
  readonly sources?: readonly string[];
  /** The state of the group. `waiting`: an interface is missing. `refused`: the system refuses, and the library retries. */
  readonly state: "joined" | "waiting" | "refused";
  /** The reason for which the group is not joined. */
  readonly problem?: Problem;
  /** The warning that datagrams were lost in the last minute; where none were lost, that a listener with a key refused some. */
  readonly warning?: Problem;
  /** Datagrams that the socket has received since it was first opened. */
  readonly received: number;
  /** Bytes of their payloads. */
  readonly bytes: number;
  /** The time of the last datagram, in milliseconds since 1970; noted 2 s late at most. Missing before the first one. */
  readonly lastAt?: number;
  /** The sender of the last datagram, as `ip:port`. */
  readonly lastFrom?: string;
  /**
   * Datagrams that the kernel dropped before the socket could take them; counted 2 s late at most. Missing if the system does not
   * count them.
   */
  readonly lost?: number;
  /** Datagrams that a listener did not get because of its allow list, summed up over the listeners. */
  readonly filtered: number;
  /** Datagrams that a listener did not get because they were not sealed with its key, summed up over the listeners. */
  readonly refused: number;
  /** The number of times that the membership was refreshed. */
  readonly refreshed: number;
  /** The number of times that the system had lost the membership and it was joined again. */
  readonly healed: number;
  /** The number of times that the socket was opened anew. */
  readonly reopened: number;
  /** The number of listeners. */
  readonly listeners: number;
  /** The labels of the listeners that have one. */
  readonly labels: readonly string[];
}

/** The use that a membership makes of a socket. */
export interface Use {
  readonly membership: Membership;
  readonly use: MembershipSocket;
}

/** Returns the sockets of memberships, each with the uses of it. */
export function bySocket(memberships: readonly Membership[]): ReadonlyMap<AnySocket, readonly Use[]> {
  const uses = new Map<AnySocket, Use[]>();
  for (const membership of memberships) {
    for (const use of membership.sockets) {
      const known = uses.get(use.socket);
      if (known) known.push({ membership, use });
      else uses.set(use.socket, [{ membership, use }]);
    }
  }
  return uses;
}

/**
 * Returns the row of a socket and some of its users, with their own counts. Written without spreads of optional properties, which
 * take 10 µs a row (measured on Node.js 20).
 */
export function groupRow(socket: AnySocket, uses: readonly Use[], counts: ReceiveCounts, clock: Clock): GroupActivity {
  const { key, failure, losses } = socket;
  const { group, sources = [] } = "group" in key ? key : {};
  const { lost } = losses;
  counts.noteTime(clock.now);
  const { received, bytes, lastAt, lastSender } = counts;
  const { refreshed, healed } = "refreshed" in socket ? socket : NEVER;
  const total = { filtered: 0, refused: 0 };
  let { warning } = losses;
  for (const { membership, use } of uses) {
    total.filtered += use.inlet.filtered;
    total.refused += use.inlet.refused;
    // The listener has one warning for all of its interfaces.
    if (use.inlet.refused > 0) warning ??= membership.sealed?.warnings[0];
  }
  const result: Mutable<GroupActivity> = {
    port: key.port,
    interface: key.interface,
    state: failure ? (failure.code === "ERR_MCAST_INTERFACE" ? "waiting" : "refused") : "joined",
    received,
    bytes,
    filtered: total.filtered,
    refused: total.refused,
    refreshed,
    healed,
    reopened: socket.reopened,
    listeners: uses.length,
    labels: labelsOf(uses),
  };
  if (group) result.group = group.address;
  if (sources.length > 0) result.sources = sources;
  if (failure) result.problem = problemOf(failure);
  if (warning) result.warning = problemOf(warning);
  if (lastAt !== undefined) result.lastAt = since1970(clock, lastAt);
  if (lastSender) result.lastFrom = formatEndpoint(lastSender.address, lastSender.port);
  if (lost !== undefined) result.lost = lost;
  return result;
}

const NEVER = { refreshed: 0, healed: 0 };

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

function labelsOf(uses: readonly Use[]): readonly string[] {
  const labels = new Set<string>();
  for (const { membership } of uses) if (membership.label !== undefined) labels.add(membership.label);
  return [...labels];
}

/** Returns a row for a membership without a socket, which waits for any interface that its choice selects. */
export function waitingRow(membership: Membership): readonly GroupActivity[] {
  const { state, label, options, isUnicast } = membership;
  if (membership.sockets.length > 0 || !("reason" in state)) return [];
  const { group, port, iface } = options;
  return [
    {
      ...(!isUnicast && { group: group.address }),
      port,
      interface: typeof iface === "string" ? iface : iface.join(", "),
      state: state.kind,
      problem: problemOf(state.reason),
      ...{ received: 0, bytes: 0, filtered: 0, refused: 0, refreshed: 0, healed: 0, reopened: 0 },
      listeners: 1,
      labels: label === undefined ? [] : [label],
    },
  ];
}
