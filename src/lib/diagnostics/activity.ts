import { formatEndpoint, type GroupAndPort } from "../address";
import type { JoinedGroup } from "../host/igmp-table";
import { SYSTEM_CHOICE } from "../host/interfaces";
import type { Multicast } from "../multicast";
import type { AnySocket, Membership } from "../receive/membership";
import { Relay, type RelayHost } from "../relay/relay";
import type { DestinationCounts, SentCounts } from "../send/sent-counts";
import type { State } from "../state";
import { type Clock, clockOf, since1970 } from "./clock";
import { bySocket, type GroupActivity, groupRow, waitingRow } from "./group-activity";
import { type Problem, problemOf } from "./problem";

/** The datagrams that this process receives, sends and relays, at one moment. It can be written as JSON. */
export interface Activity {
  /** The time of the counts, in milliseconds since 1970. */
  readonly time: number;
  /** A row for each socket that receives, and for each group that waits. */
  readonly groups: readonly GroupActivity[];
  /** A row for each destination of each sender. */
  readonly destinations: readonly DestinationActivity[];
  /** A row for each relay. */
  readonly relays: readonly RelayActivity[];
  /**
   * Groups that other programs of this host, or the system itself, have joined, without the sockets of this process. Empty if the
   * system does not list them (every system but Linux).
   */
  readonly others: readonly JoinedGroup[];
}

/** One destination of a sender. */
export interface DestinationActivity {
  /** The group. */
  readonly group: string;
  /** The port of the group. */
  readonly port: number;
  /** The interfaces on which a datagram would leave now. */
  readonly interfaces: readonly string[];
  /** The state of sending. `closed`: the socket was closed because nothing was sent for some time. It opens with the next datagram. */
  readonly state: State["kind"];
  /** The reason for which it waits, or is refused. */
  readonly problem?: Problem;
  /** Datagrams that the system has taken: one for each interface. */
  readonly sent: number;
  /** Bytes of their payloads. */
  readonly bytes: number;
  /** Datagrams that could not be sent. */
  readonly failed: number;
  /** The time of the last datagram, in milliseconds since 1970; noted 2 s late at most. Missing before the first one. */
  readonly lastAt?: number;
  /** The label that its user gave. */
  readonly label?: string;
}

/** One relay. */
export interface RelayActivity {
  /** The groups that the relay echoes, as `group:port`. */
  readonly from: readonly string[];
  /** The group that the relay echoes to, as `group:port`. */
  readonly to: string;
  /** The combined state of the groups and of the path to the other group. */
  readonly state: State["kind"];
  /** The reason for which it waits, or is refused. */
  readonly problem?: Problem;
  /** Datagrams that were echoed. */
  readonly echoed: number;
  /** Datagrams that were not echoed because of the cap. */
  readonly heldBack: number;
  /** Datagrams that were not echoed, because they seemed to be repeats in a loop. */
  readonly repeats: number;
  /** Datagrams that were acknowledged to their senders. */
  readonly acknowledged: number;
  /** Echoes and acknowledgements that could not be sent. */
  readonly failed: number;
  /** True while a loop is suspected. */
  readonly loop: boolean;
  /** The label that its user gave. */
  readonly label?: string;
}

/** Returns the activity of a process. */
export function activityOf({ multicast, loopGuard }: RelayHost): Activity {
  const clock = clockOf(multicast);
  const { memberships, sentCounts } = multicast;
  const sockets = bySocket(memberships);
  return {
    time: clock.time,
    groups: [
      ...[...sockets].map(([socket, uses]) => groupRow(socket, uses, socket.counts, clock)),
      ...memberships.flatMap((membership) => waitingRow(membership)),
    ],
    destinations: [...sentCounts].flatMap((counts) => [...counts.destinations].map((each) => destinationRow(counts, each, clock))),
    relays: [...loopGuard.paths].filter((path) => path instanceof Relay).map(relayRow),
    others: others(multicast.joinedGroups ?? [], [...sockets.keys()]),
  };
}

/**
 * Returns the activity of some memberships, such as those of one node: the datagrams that came to their own listener, and the
 * losses of the sockets.
 */
export function activityOfMemberships(multicast: Multicast, memberships: readonly Membership[]): Activity {
  const clock = clockOf(multicast);
  const groups = memberships.flatMap((membership) => [
    ...membership.sockets.map((use) => groupRow(use.socket, [{ membership, use }], use.inlet.counts, clock)),
    ...waitingRow(membership),
  ]);
  return { time: clock.time, groups, destinations: [], relays: [], others: [] };
}

function destinationRow({ label }: SentCounts, counts: DestinationCounts, clock: Clock): DestinationActivity {
  counts.noteTime(clock.now);
  const { destination, state, sent, bytes, failed, lastAt } = counts;
  return {
    group: destination.group.address,
    port: destination.port,
    interfaces: "interfaces" in state ? state.interfaces : [],
    ...stateRow(state),
    sent,
    bytes,
    failed,
    ...(lastAt !== undefined && { lastAt: since1970(clock, lastAt) }),
    ...(label !== undefined && { label }),
  };
}

function relayRow({ joins, bindGroup, state, counts, label }: Relay): RelayActivity {
  const endpoint = ({ group, port }: GroupAndPort) => formatEndpoint(group.address, port);
  return {
    from: joins.filter(({ echo }) => echo).map(endpoint),
    to: endpoint(bindGroup),
    ...stateRow(state),
    ...counts,
    loop: "warnings" in state && state.warnings.some(({ reason }) => reason === "relay-loop"),
    ...(label !== undefined && { label }),
  };
}

function stateRow(state: State): { readonly state: State["kind"]; readonly problem?: Problem } {
  return { state: state.kind, ...("reason" in state && { problem: problemOf(state.reason) }) };
}

// Subtracts each socket of this process from the sockets that have joined its group. A group that the system joined on an interface
// of its choice is left out, because that interface is unknown.
function others(joined: readonly JoinedGroup[], sockets: readonly AnySocket[]): readonly JoinedGroup[] {
  const own = new Map<string, number>();
  const unplaced = new Set<string>();
  for (const { key, failure } of sockets) {
    if (!("group" in key) || failure) continue;
    const name = `${key.group.address} ${key.interface}`;
    own.set(name, (own.get(name) ?? 0) + 1);
    if (key.interface === SYSTEM_CHOICE) unplaced.add(key.group.address);
  }
  return joined.flatMap((each) => {
    if (unplaced.has(each.group)) return [];
    const left = each.sockets - (own.get(`${each.group} ${each.interface}`) ?? 0);
    return left > 0 ? [{ ...each, sockets: left }] : [];
  });
}
