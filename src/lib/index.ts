/**
 * UDP multicast that stays joined: join, send and relay over one set of sockets for each process, without Node-RED.
 *
 * The way of a membership: `join` checks its fields (`options`) and makes a `Membership`. The membership takes a snapshot of the
 * host's interfaces, selects those that its choice means (`host/interface-choice`), and acquires a `GroupSocket` for each of
 * them from the pool: a new one, or one that another user already has for the same group, interface and port. The socket is
 * bound to the group, so it gets that group's datagrams only. It passes each datagram to its listeners within the socket's event.
 * Every 2 s the heartbeat compares the wanted state with the actual one: interfaces that came, went or changed, memberships that
 * were lost, refreshes that are due. The outcome is a `State`, never an exception. `leave` removes the listener; the last one to
 * leave closes the socket, and with the last socket the heartbeat stops.
 *
 * `Fields` have the names of the nodes' properties (`group`, `port`, `iface`, `ttl`, …) and may be text or typed values. Missing
 * fields have their defaults. An open socket keeps the process alive; the heartbeat does not.
 */

import { type JoinedGroup, joinedGroups as joinedGroupsOf } from "./host/igmp-table";
import { system } from "./host/system";
import { destination, type Fields, hearOptions, joinOptions } from "./options/options";
import { encode } from "./payload";
import { loopGuard, multicast } from "./process";
import type { GroupListener, Membership } from "./receive/membership";
import { Relay, type RelayListener } from "./relay/relay";

export type { Details, McastCode, Reason } from "./errors";
export { McastError } from "./errors";
export type { LocalAddress, LocalInterface } from "./host/interfaces";
export type { RemoteInfo } from "./host/system";
export type { Fields } from "./options/options";
export type { Arrival } from "./sockets/socket-listener";
export type { State } from "./state";
export type { GroupListener, JoinedGroup, Membership, Relay, RelayListener };

/**
 * Joins `fields.group` on `fields.port` (default 59559) and `fields.iface` (default `all`), and calls the listener for each
 * datagram until `leave()`. Throws a McastError for invalid fields. What the network does is a state: see `state` and `onState`.
 */
export function join(fields: Fields, listener: GroupListener): Membership {
  return multicast.join(joinOptions(fields), listener);
}

/**
 * Sends one datagram to `fields.group` on `fields.port` (default 59559) and `fields.iface` (default `default`), with `fields.ttl`
 * (default 1) and `fields.loopback` (default true). The promise settles when the system has taken the datagram; it rejects with a
 * McastError for invalid fields, for a payload that is too large, and for what the system refuses.
 */
export async function send(fields: Fields, payload: unknown): Promise<void> {
  const to = destination(fields);
  const bytes = encode(payload, to.group.family);
  const sender = multicast.sender();
  try {
    await new Promise<void>((resolve, reject) => sender.send(to, bytes, (error) => (error ? reject(error) : resolve())));
  } finally {
    await sender.close();
  }
}

/**
 * Joins `fields.groups` and echoes those that are marked to `fields.group`, until `close()`. Throws a McastError for invalid
 * fields.
 */
export function relay(fields: Fields, listener: RelayListener): Relay {
  return new Relay({ multicast, loopGuard }, hearOptions(fields), listener);
}

/** Returns the groups that any program has joined on this host, by interface; undefined on systems that do not list them (all but Linux). */
export function joinedGroups(): readonly JoinedGroup[] | undefined {
  return joinedGroupsOf(system);
}
