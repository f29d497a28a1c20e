/// <reference types="node" preserve="true" />

/**
 * UDP multicast that stays joined: join, listen, send, ask and relay over one set of sockets for each process, without Node-RED.
 *
 * The steps of a membership: `join` checks its fields (`api/checked-fields`, `options`) and joins each group. A membership takes a
 * snapshot of the host's interfaces, selects those of its choice (`host/interface-choice`), and acquires a `GroupSocket` for each
 * of them from the pool. That is a new socket, or the socket of another user for the same group, interface and port. The socket is
 * bound to the group, so it receives only that group's datagrams. It passes each datagram to its listeners within the socket's
 * event. Every 2 s the heartbeat compares the wanted state with the actual one: new, missing and changed interfaces, lost
 * memberships, and due refreshes. The result is a `State`, never an exception. `close` removes the listener. Without listeners the
 * socket closes, and without sockets the heartbeat stops.
 *
 * Fields have the names of the nodes' properties (`group`, `port`, `iface`, `ttl`, …) and may be text or typed values. Missing
 * fields have their defaults. Open objects keep the process alive until `close()`, unless their field `unref` is true.
 */

import { type Activity, activityOf } from "./diagnostics/activity";
import { type JoinedGroup, joinedGroups as joinedGroupsOf } from "./host/igmp-table";
import { system } from "./host/system";
import { loopGuard } from "./process-wide/loop-guard";
import { multicast } from "./process-wide/multicast";

export { ask, type Replies, type Reply } from "./api/ask";
export type { Arrival, DatagramSender, StateListener } from "./api/datagram";
export { diagnose } from "./api/diagnose";
export type {
  AskFields,
  DiagnoseFields,
  JoinFields,
  LifeFields,
  ListenFields,
  OpenFields,
  QueueFields,
  ReceiveFields,
  RelayedGroup,
  RelayFields,
  SealFields,
  SendFields,
  SendTarget,
} from "./api/fields";
export { type GroupListener, join, type Membership } from "./api/join";
export type { Closable } from "./api/lifetime";
export { type Datagram, type Listening, listen } from "./api/listen";
export { type Relay, type RelayListener, relay } from "./api/relay";
export { type Payload, type Sender, send, sender } from "./api/send";
export type { Activity, DestinationActivity, RelayActivity } from "./diagnostics/activity";
export type { Finding, FindingId, Level } from "./diagnostics/finding";
export type { GroupActivity } from "./diagnostics/group-activity";
export type { Problem } from "./diagnostics/problem";
export { type Details, type McastCode, McastError } from "./errors";
export { createKey, type KeyChoice } from "./sealed/group-key";
export type { StandBy, State, Working } from "./state";
export type { JoinedGroup };

/**
 * Returns the datagrams that this process receives, sends and relays now, by group, destination and relay: counts, states, losses,
 * and the time and sender of the last datagram. Each row has the `label` of its listener.
 */
export function activity(): Activity {
  return activityOf({ multicast, loopGuard });
}

/** Returns the groups that any program has joined on this host, by interface; undefined on systems that do not list them (all but Linux). */
export function joinedGroups(): readonly JoinedGroup[] | undefined {
  return joinedGroupsOf(system);
}
