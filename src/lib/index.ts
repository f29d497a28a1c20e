/**
 * UDP multicast that stays joined: join, send and relay over one set of sockets a process, without Node-RED.
 *
 * From join to leave: `join` reads what it is given (`options`) and makes a `Membership`. That looks at the host's interfaces,
 * works out which of them are meant (`interfaces`), and takes a `GroupSocket` for each: a new one, or one that somebody already
 * has for the same group, interface and port (`shared-sockets`). The socket is bound to the group, so it gets that group's
 * datagrams and no other's, and hands each of them to its listeners, in the event in which it came. Every two seconds a
 * heartbeat compares what is wanted with what there is: an interface that came, went or changed, a membership that was lost, a
 * refresh that is due. What the network does is told as a `State`, never thrown. `leave` takes the listener away again; the
 * last one to leave closes the socket, and with the last socket the heartbeat ends.
 *
 * `Fields` are what a user gives, by the names of the nodes' properties (`group`, `port`, `iface`, `ttl`, …), as text or as typed
 * values; whatever is missing has its default. The nodes and the command line stand on what is exported here, and on nothing else.
 * A socket keeps the process alive, the heartbeat does not: who waits for an interface that is not there keeps it alive otherwise.
 */

import { type JoinedGroup, joinedGroups as joinedGroupsOf } from "./host/igmp-table";
import { system } from "./host/system";
import { Multicast } from "./multicast";
import { destination, type Fields, hearOptions, joinOptions } from "./options/options";
import { encode } from "./payload";
import type { GroupListener, Membership } from "./receive/membership";
import { Relay, type RelayListener } from "./relay/relay";

export { type Family, formatEndpoint, type Group, parseGroup, parseGroupEndpoint, quote } from "./address";
export { type Details, type McastCode, McastError, REASONS, type Reason } from "./errors";
export { GroupSet } from "./group-subscription";
export type { LocalAddress, LocalInterface } from "./host/interfaces";
export type { RemoteInfo } from "./host/system";
export {
  type Datatype,
  DEFAULTS,
  type Destination,
  dependsOnMessage,
  destination,
  type Fields,
  type HearOptions,
  hearOptions,
  type InterfaceChoice,
  type JoinOptions,
  joinOptions,
  type RecvOptions,
  type RelayOptions,
  type Replies,
  type ReplyOptions,
  recvOptions,
  replyOptions,
} from "./options/options";
export { DECODERS, encode, whyOf } from "./payload";
export { type Answer, type Answered, Asker } from "./requester";
export type { Sender } from "./send/sender";
export type { Arrival } from "./sockets/group-socket";
export type { Sent } from "./sockets/send-socket";
export { CLOSED, type State, sumUp } from "./state";
export type { GroupListener, JoinedGroup, Membership, Multicast, RelayListener };
export { Relay };

/** The one set of sockets that everything in this process shares. */
export const multicast = new Multicast(system);

/**
 * Joins `fields.group` on `fields.port` (59559) and `fields.iface` (all), and calls the listener for each datagram until
 * `leave()`. Throws a McastError for what can't be; what the network does is told by `state` and `onState`.
 */
export function join(fields: Fields, listener: GroupListener): Membership {
  return multicast.join(joinOptions(fields), listener);
}

/**
 * Sends one datagram to `fields.group` on `fields.port` (59559), `fields.iface` (default), with `fields.ttl` (1) and
 * `fields.loopback` (true). Settles when the system has taken it; rejects with a McastError. Who sends often keeps a
 * `multicast.sender()` open instead.
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

/** Joins `fields.groups` and echoes those that are marked to `fields.group`, until `close()`. Throws a McastError for what can't be. */
export function relay(fields: Fields, listener: RelayListener): Relay {
  return new Relay(multicast, hearOptions(fields), listener);
}

/** The groups that any program has joined on this host, by interface; undefined where the system does not tell (all but Linux). */
export function joinedGroups(): readonly JoinedGroup[] | undefined {
  return joinedGroupsOf(system);
}
