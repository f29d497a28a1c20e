import { formatEndpoint } from "../address";
import type { Details, McastCode, McastError, Reason } from "../errors";
import type { JoinedGroup } from "../host/igmp-table";
import { SYSTEM_CHOICE } from "../host/interfaces";
import type { Multicast } from "../multicast";
import type { AnySocket, Membership, MembershipSocket } from "../receive/membership";
import { Relay, type RelayHost } from "../relay/relay";
import type { DestinationCounts, SentCounts } from "../send/sent-counts";
import type { ReceiveCounts } from "../sockets/receive-counts";
import type { State } from "../state";

/** All that this process receives, sends and relays at one moment. It can be written as JSON. */
export interface Activity {
  /** When the counts were read, in milliseconds since 1970, as are all times here. */
  readonly time: number;
  readonly groups: readonly GroupActivity[];
  readonly destinations: readonly DestinationActivity[];
  readonly relays: readonly RelayActivity[];
  /** Groups that other programs of this host, or the system itself, have joined, without the sockets of this process. Empty where the system does not list them (every system but Linux). */
  readonly others: readonly JoinedGroup[];
}

/** A failure or a warning, as plain values. */
export interface Problem {
  readonly code: McastCode;
  readonly reason: Reason;
  readonly details: Details;
  readonly message: string;
}

/** A time and a sender are known once there was a datagram. */
interface Last {
  /** When the last datagram came or went, noted 2 s late at most. */
  readonly lastAt?: number;
}

/** One socket that receives a group, with all its listeners in this process; or a group that waits for an interface. */
export interface GroupActivity extends Last {
  /** The group; missing for a socket that receives unicast. */
  readonly group?: string;
  readonly port: number;
  /** The name of the interface; of a group that waits, the choice as it was written. */
  readonly interface: string;
  /** The senders of a source-specific group. */
  readonly sources?: readonly string[];
  readonly state: "joined" | "waiting" | "refused";
  /** The reason for which the group is not joined. */
  readonly problem?: Problem;
  /** The warning that datagrams were lost in the last minute. */
  readonly warning?: Problem;
  /** Datagrams that the socket has received since it was first opened. */
  readonly received: number;
  /** Bytes of their payloads. */
  readonly bytes: number;
  /** The sender of the last datagram, as `ip:port`. */
  readonly lastFrom?: string;
  /** Datagrams that the kernel dropped before the socket could take them. Missing where the system does not count them. */
  readonly lost?: number;
  /** Datagrams that a listener did not get because of its Allow, summed up over the listeners. */
  readonly filtered: number;
  /** Datagrams that a listener did not get because they were not sealed with its key, likewise. */
  readonly refused: number;
  /** How often the membership was refreshed; joined again after the system had lost it; how often the socket was opened anew. */
  readonly refreshed: number;
  readonly healed: number;
  readonly reopened: number;
  /** The number of listeners. */
  readonly listeners: number;
  /** The labels of those that have one. */
  readonly labels: readonly string[];
}

/** One destination of a sender. */
export interface DestinationActivity extends Last {
  readonly group: string;
  readonly port: number;
  /** The interfaces on which a datagram would leave now. */
  readonly interfaces: readonly string[];
  /** `closed`: nothing was sent for some time, and the socket was closed. It opens with the next datagram. */
  readonly state: State["kind"];
  readonly problem?: Problem;
  /** Datagrams that the system has taken: one for each interface. */
  readonly sent: number;
  /** Bytes of their payloads. */
  readonly bytes: number;
  /** Datagrams that could not be sent. */
  readonly failed: number;
  readonly label?: string;
}

/** One relay. */
export interface RelayActivity {
  /** The groups that it echoes, and where to, as `group:port`. */
  readonly from: readonly string[];
  readonly to: string;
  readonly state: State["kind"];
  readonly problem?: Problem;
  /** Datagrams that were echoed. */
  readonly echoed: number;
  /** Datagrams that were not echoed because of the cap. */
  readonly heldBack: number;
  /** Datagrams that were not echoed, since they were taken for a repeat in a loop. */
  readonly repeats: number;
  /** Datagrams that were acknowledged to their senders. */
  readonly acknowledged: number;
  /** Echoes and acknowledgements that could not be sent. */
  readonly failed: number;
  /** True while a loop is suspected. */
  readonly loop: boolean;
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
      ...[...sockets].map(([socket, uses]) => row(socket, uses, socket.counts, clock)),
      ...memberships.flatMap((membership) => waitingRow(membership)),
    ],
    destinations: [...sentCounts].flatMap((counts) => [...counts.destinations].map((each) => destinationRow(counts, each, clock))),
    relays: [...loopGuard.paths].filter((path) => path instanceof Relay).map(relayRow),
    others: others(multicast.joinedGroups ?? [], [...sockets.keys()]),
  };
}

/** Returns the activity of some memberships, such as those of one node: what came to their own listener, and the losses of the sockets. */
export function activityOfMemberships(multicast: Multicast, memberships: readonly Membership[]): Activity {
  const clock = clockOf(multicast);
  const groups = memberships.flatMap((membership) => [
    ...membership.sockets.map((use) => row(use.socket, [{ membership, use }], use.inlet.counts, clock)),
    ...waitingRow(membership),
  ]);
  return { time: clock.time, groups, destinations: [], relays: [], others: [] };
}

// The counts have times on a clock that never jumps. `offset` makes them milliseconds since 1970.
interface Clock {
  readonly time: number;
  readonly now: number;
  readonly offset: number;
}

function clockOf(multicast: Multicast): Clock {
  const [time, now] = [Date.now(), multicast.now()];
  return { time, now, offset: time - now };
}

interface Use {
  readonly membership: Membership;
  readonly use: MembershipSocket;
}

function bySocket(memberships: readonly Membership[]): ReadonlyMap<AnySocket, readonly Use[]> {
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

// Written without spreads of optional properties, which take 10 µs a row (measured on Node.js 20).
function row(socket: AnySocket, uses: readonly Use[], counts: ReceiveCounts, clock: Clock): GroupActivity {
  const { key, failure, losses } = socket;
  const { group, sources = [] } = "group" in key ? key : {};
  const { warning, lost } = losses;
  counts.noteTime(clock.now);
  const { received, bytes, lastAt, lastSender } = counts;
  const { refreshed, healed } = "refreshed" in socket ? socket : NEVER;
  const total = { filtered: 0, refused: 0 };
  for (const { use } of uses) {
    total.filtered += use.inlet.filtered;
    total.refused += use.inlet.refused;
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
  if (lastAt !== undefined) result.lastAt = Math.round(lastAt + clock.offset);
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

// A membership without a socket waits for any interface that its choice could mean.
function waitingRow(membership: Membership): readonly GroupActivity[] {
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

function destinationRow({ label }: SentCounts, counts: DestinationCounts, clock: Clock): DestinationActivity {
  const { destination, state, sent, bytes, failed } = counts;
  counts.noteTime(clock.now);
  return {
    group: destination.group.address,
    port: destination.port,
    interfaces: "interfaces" in state ? state.interfaces : [],
    ...stateRow(state),
    sent,
    bytes,
    failed,
    ...lastOf(counts, clock),
    ...(label !== undefined && { label }),
  };
}

function relayRow({ joins, bindGroup, state, counts, label }: Relay): RelayActivity {
  const endpoint = ({ group, port }: Pick<Relay["bindGroup"], "group" | "port">) => formatEndpoint(group.address, port);
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

function problemOf({ code, reason, details, message }: McastError): Problem {
  return { code, reason, details, message };
}

function lastOf({ lastAt }: { readonly lastAt: number | undefined }, { offset }: Clock): Last {
  return lastAt === undefined ? {} : { lastAt: Math.round(lastAt + offset) };
}

// Each socket of this process counts once among those that have joined its group. A group that the system joined on an interface of
// its choice is left out: nobody knows which one to subtract it from.
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
