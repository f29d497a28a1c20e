import { McastError } from "../errors";
import type { Look } from "../host/interfaces";
import type { RemoteInfo } from "../host/system";
import type { Destination } from "../options/options";
import type { Follower, Heartbeat } from "../sockets/heartbeat";
import type { SendSocketListener, Sent } from "../sockets/send-socket";
import { CLOSED, type State, sameState } from "../state";
import { SendPath, type SendSockets } from "./send-path";

/** Who sends: told of its state, and of what others send to its ports. */
export interface SenderListener {
  onState?(state: State): void;
  onAnswer?(payload: Buffer, sender: RemoteInfo, interfaceName: string): void;
}

/** Sends for one user, by as many ways as its destinations ask for; each is opened when it is first needed. */
export class Sender implements Follower, SendSocketListener {
  readonly #role: string;
  readonly #listener: SenderListener;
  readonly #sockets: SendSockets;
  readonly #heartbeat: Heartbeat;
  readonly #paths = new Map<string, SendPath>();
  #last: SendPath | undefined;
  #lastDestination: Destination | undefined;
  #state: State = CLOSED;
  #answered: RemoteInfo | undefined;
  #isClosed = false;

  constructor(listener: SenderListener, role: string, sockets: SendSockets, heartbeat: Heartbeat) {
    this.#listener = listener;
    this.#role = role;
    this.#sockets = sockets;
    this.#heartbeat = heartbeat;
  }

  /** The state of the way that was used last; closed before the first. */
  get state(): State {
    return this.#state;
  }

  /** Opens the way to a destination before anything is sent, so that its state is known. */
  open(destination: Destination): void {
    this.#last = this.#pathFor(destination);
    this.#lastDestination = destination;
    this.#state = this.#last.state;
  }

  /** The interfaces on which the way that was used last sends now; none while it waits. */
  get interfaces(): readonly string[] {
    return this.#last?.interfaces ?? [];
  }

  /**
   * Sends one datagram on every interface of its destination. `sent` is called once: after the system has taken it on all of
   * them, or with the first refusal (ERR_MCAST_SEND, ERR_MCAST_BIND). While no interface is there it waits, 10 s at most, and
   * fails then with ERR_MCAST_INTERFACE.
   */
  send(destination: Destination, bytes: Uint8Array, sent: Sent): void {
    if (this.#isClosed) return sent(new McastError("closed"));
    // Most say everything to one destination: its path is looked up once.
    const path = destination === this.#lastDestination && this.#last ? this.#last : this.#pathFor(destination);
    path.send(destination, bytes, sent);
    this.#lastDestination = destination;
    if (path === this.#last) return;
    this.#last = path;
    this.#tell();
  }

  /** True for a datagram that came from here. */
  isSourceOf(sender: RemoteInfo): boolean {
    for (const path of this.#paths.values()) {
      if (path.isSourceOf(sender)) return true;
    }
    return false;
  }

  /** Closes when all that was handed over has gone out; what still waits for an interface fails with ERR_MCAST_CLOSED. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#state = CLOSED;
    this.#heartbeat.delete(this);
    await Promise.all([...this.#paths.values()].map((path) => path.close()));
    this.#paths.clear();
  }

  beat(look: Look): void {
    for (const [key, path] of this.#paths) {
      path.beat(look);
      if (path === this.#last || !path.isIdle) continue;
      this.#paths.delete(key);
      void path.close();
    }
    this.#tell();
  }

  onTrouble(): void {
    this.#tell();
  }

  onAnswer(payload: Buffer, sender: RemoteInfo, interfaceName: string): void {
    // Two ways with one socket would each tell of the same datagram.
    if (this.#isClosed || sender === this.#answered) return;
    this.#answered = sender;
    this.#listener.onAnswer?.(payload, sender, interfaceName);
  }

  #pathFor(destination: Destination): SendPath {
    const { group, iface, ttl, loopback, sourcePort } = destination;
    // Only the routes tell one group of a family from another.
    const key = `${iface} ${iface === "default" ? group.address : group.family} ${ttl} ${loopback} ${sourcePort}`;
    const known = this.#paths.get(key);
    if (known) return known;
    const path = new SendPath(destination, this.#role, this.#sockets, this.#heartbeat, this);
    this.#paths.set(key, path);
    this.#heartbeat.add(this);
    return path;
  }

  #tell(): void {
    const state = this.#last?.state ?? CLOSED;
    if (this.#isClosed || sameState(state, this.#state)) return;
    this.#state = state;
    this.#listener.onState?.(state);
  }
}
