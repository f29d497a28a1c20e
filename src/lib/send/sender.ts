import { McastError } from "../errors";
import type { NetworkSnapshot } from "../host/interfaces";
import type { RemoteInfo } from "../host/system";
import { callListener, reportListenerFault } from "../listener-fault";
import type { Destination } from "../options/options";
import { ifaceKey } from "../options/properties";
import type { Heartbeat, HeartbeatListener } from "../sockets/heartbeat";
import type { Sent } from "../sockets/send-socket";
import type { Arrival } from "../sockets/socket-listener";
import { CLOSED, combineStates, type State, sameState } from "../state";
import { TimedWarning } from "../timed-warning";
import { SendPath, type SendPathListener, type SendPathParts } from "./send-path";

// Each interface, TTL, loopback and source port that a message may choose has a path; with the interface `default`, so has each
// group.
const MAX_PATHS = 256;
// A path has a socket on each of its interfaces. While the senders of a process have more sockets in all, each of them keeps one
// path.
const MAX_SOCKETS = 4_096;

/** Receives a sender's state when it changes, and unicast replies to its source ports. */
export interface SenderListener {
  /** A name under which `activity` lists the sender, such as the id of a node. */
  readonly label?: string | undefined;
  onState?(state: State): void;
  onReply?(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void;
}

/** The parts that the senders of a process share, and the counts of one user. */
export type SenderHost = Pick<SendPathParts, "sockets" | "system" | "heartbeat" | "waiting" | "counts">;

/**
 * Sends for one user. Each destination has a path, which opens when it is first needed. At 256 paths, or at 4,096 sockets in the
 * process, the least recently used path closes before another one opens.
 */
export class Sender implements HeartbeatListener, SendPathListener {
  readonly #listener: SenderListener;
  readonly #owner: string;
  readonly #host: SenderHost;
  readonly #heartbeat: Heartbeat;
  readonly #paths = new Map<string, SendPath>();
  #lastPath: SendPath | undefined;
  #lastDestination: Destination | undefined;
  #state: State = CLOSED;
  readonly #slow: TimedWarning;
  #dropped = 0;
  #lastReplier: RemoteInfo | undefined;
  #isClosed = false;

  /** `owner` names the user of private sockets; blank to share sockets with other senders. */
  constructor(listener: SenderListener, owner: string, host: SenderHost) {
    this.#listener = listener;
    this.#owner = owner;
    this.#host = host;
    this.#heartbeat = host.heartbeat;
    host.counts.add(this);
    this.#slow = new TimedWarning({
      describe: () => new McastError("send-dropped", { count: this.#dropped }),
      onChange: () => this.onChange(),
      after: (milliseconds, callback) => host.system.after(milliseconds, callback),
    });
  }

  /**
   * The state of the path that was used last; `closed` before the first datagram. It has a warning while a slow link makes the
   * sender drop datagrams.
   */
  get state(): State {
    return this.#state;
  }

  /** Opens the path to a destination before the first datagram, so that its state is known. */
  open(destination: Destination): void {
    this.#lastPath = this.#pathFor(destination);
    this.#lastDestination = destination;
    this.#state = this.#stateNow();
  }

  /** The interfaces on which the path that was used last sends now; empty while it waits. */
  get interfaces(): readonly string[] {
    return this.#lastPath?.interfaces ?? [];
  }

  /** True if the path that was used last sends from the fixed source port of its destination. */
  get hasFixedPort(): boolean {
    return this.#lastPath?.hasFixedPort ?? false;
  }

  /**
   * Sends one datagram on every interface of its destination. `sent` is called once: when the system has taken the datagram on all
   * interfaces, or with the first refusal (ERR_MCAST_SEND, ERR_MCAST_BIND). While every interface is missing the datagram waits,
   * for 10 s at most, and then fails with ERR_MCAST_INTERFACE. If 16 MiB or 10,000 datagrams are underway on an interface, the
   * datagram fails at once with ERR_MCAST_SEND.
   */
  send(destination: Destination, bytes: Uint8Array, sent: Sent): void {
    if (this.#isClosed) return sent(new McastError("closed"));
    // Most users send to one destination only, so its path is found without a look-up.
    const path = destination === this.#lastDestination && this.#lastPath ? this.#lastPath : this.#pathFor(destination);
    path.send(destination, bytes, sent);
    this.#lastDestination = destination;
    if (path === this.#lastPath) return;
    this.#lastPath = path;
    this.onChange();
  }

  /** Returns true for a datagram that this sender sent. */
  isSourceOf(sender: RemoteInfo): boolean {
    for (const path of this.#paths.values()) {
      if (path.isSourceOf(sender)) return true;
    }
    return false;
  }

  /** Closes when all datagrams underway are sent. Datagrams that wait for an interface fail with ERR_MCAST_CLOSED. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#state = CLOSED;
    this.#slow.close();
    this.#heartbeat.delete(this);
    this.#host.counts.delete(this);
    await Promise.all([...this.#paths.values()].map((path) => path.close()));
    this.#paths.clear();
  }

  beat(snapshot: NetworkSnapshot): void {
    for (const [key, path] of this.#paths) {
      path.beat(snapshot);
      if (path === this.#lastPath || !path.isIdle) continue;
      this.#paths.delete(key);
      void path.close();
    }
    this.onChange();
  }

  onDropped(): void {
    this.#dropped += 1;
    if (!this.#isClosed) this.#slow.raise();
  }

  onChange(): void {
    const state = this.#stateNow();
    if (this.#isClosed || sameState(state, this.#state)) return;
    this.#state = state;
    callListener(() => this.#listener.onState?.(state));
  }

  receive(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void {
    // Two paths that share a socket both pass on the same datagram.
    if (this.#isClosed || sender === this.#lastReplier) return;
    this.#lastReplier = sender;
    try {
      this.#listener.onReply?.(payload, sender, arrival);
    } catch (error) {
      reportListenerFault(error);
    }
  }

  #stateNow(): State {
    const { warning } = this.#slow;
    const state = this.#lastPath?.state ?? CLOSED;
    return warning ? combineStates([state], [warning]) : state;
  }

  #pathFor(destination: Destination): SendPath {
    const { group, iface, ttl, loopback, sourcePort } = destination;
    // Two groups of a family need two paths only with the choice `default`, which follows the routes.
    const key = `${ifaceKey(iface)} ${iface === "default" ? group.address : group.family} ${ttl} ${loopback} ${sourcePort}`;
    const known = this.#paths.get(key) ?? this.#open(destination);
    // A Map keeps the order of insertion, so the path that was used last comes last.
    this.#paths.delete(key);
    this.#paths.set(key, known);
    return known;
  }

  #open(destination: Destination): SendPath {
    for (const [key, oldest] of this.#paths) {
      if (this.#paths.size < MAX_PATHS && this.#host.sockets.size < MAX_SOCKETS) break;
      this.#paths.delete(key);
      void oldest.evict();
    }
    const path = new SendPath({ ...this.#host, destination, owner: this.#owner, listener: this });
    this.#heartbeat.add(this);
    return path;
  }
}
