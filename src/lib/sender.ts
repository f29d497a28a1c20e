import { McastError } from "./errors";
import type { Follower, Heartbeat } from "./heartbeat";
import type { Look } from "./interfaces";
import type { Destination } from "./options";
import { Reach } from "./reach";
import type { SendSocket, SendSocketKey, SendSocketListener, Sent } from "./send-socket";
import type { SharedSockets } from "./shared-sockets";
import { CLOSED, type State, sameState } from "./state";
import type { RemoteInfo } from "./system";

// A message that comes before its interface waits for it, but not so long that it would surprise, nor without end.
const HOLD_MS = 10_000;
const HOLD_MOST = 1_000;
// A way of sending that some message asked for is given up when none has for so long (a minute).
const IDLE_BEATS = 30;

export type SendSockets = SharedSockets<SendSocketKey, SendSocketListener, SendSocket>;

/** Sends for one user, by as many ways as its destinations ask for; each is opened when it is first needed. */
export class Sender implements Follower {
  readonly #role: string;
  readonly #sockets: SendSockets;
  readonly #heartbeat: Heartbeat;
  readonly #onState: (state: State) => void;
  readonly #paths = new Map<string, SendPath>();
  #last: SendPath | undefined;
  #state: State = CLOSED;
  #isClosed = false;

  constructor(role: string, sockets: SendSockets, heartbeat: Heartbeat, onState: (state: State) => void) {
    this.#role = role;
    this.#sockets = sockets;
    this.#heartbeat = heartbeat;
    this.#onState = onState;
  }

  /** The state of the way that was used last; closed before the first. */
  get state(): State {
    return this.#state;
  }

  /** Opens the way to a destination before anything is sent, so that its state is known. */
  open(destination: Destination): void {
    this.#last = this.#pathFor(destination);
    this.#state = this.#last.state;
  }

  /**
   * Sends one datagram on every interface of its destination. `sent` is called once: after the system has taken it on all of
   * them, or with the first refusal (ERR_MCAST_SEND, ERR_MCAST_BIND). While no interface is there it waits, 10 s at most, and
   * fails then with ERR_MCAST_INTERFACE.
   */
  send(destination: Destination, bytes: Uint8Array, sent: Sent): void {
    if (this.#isClosed) return sent(new McastError("closed"));
    const path = this.#pathFor(destination);
    path.send(destination, bytes, sent);
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

  beat(look: Look, interfacesChanged: boolean): void {
    for (const [key, path] of this.#paths) {
      path.beat(look, interfacesChanged);
      if (path === this.#last || !path.isIdle) continue;
      this.#paths.delete(key);
      void path.close();
    }
    this.#tell();
  }

  #pathFor(destination: Destination): SendPath {
    const { group, iface, ttl, loopback } = destination;
    // Only the routes tell one group of a family from another.
    const key = `${iface} ${iface === "default" ? group.address : group.family} ${ttl} ${loopback}`;
    const known = this.#paths.get(key);
    if (known) return known;
    const path = new SendPath(destination, this.#role, this.#sockets, this.#heartbeat, () => this.#tell());
    this.#paths.set(key, path);
    this.#heartbeat.add(this);
    return path;
  }

  #tell(): void {
    const state = this.#last?.state ?? CLOSED;
    if (this.#isClosed || sameState(state, this.#state)) return;
    this.#state = state;
    this.#onState(state);
  }
}

interface Held {
  readonly destination: Destination;
  readonly bytes: Uint8Array;
  readonly sent: Sent;
  readonly until: number;
}

/** One way of sending: over certain interfaces, with certain settings. Messages that come before an interface wait here. */
class SendPath implements SendSocketListener {
  readonly #heartbeat: Heartbeat;
  readonly #reach: Reach<SendSocket>;
  readonly #onChange: () => void;
  #held: Held[] = [];
  #open: readonly SendSocket[] = [];
  #idleBeats = 0;

  constructor(destination: Destination, role: string, sockets: SendSockets, heartbeat: Heartbeat, onChange: () => void) {
    const { group, iface, ttl, loopback } = destination;
    const keyOn = (name: string): SendSocketKey => ({ family: group.family, interface: name, ttl, loopback, role });
    this.#heartbeat = heartbeat;
    this.#onChange = onChange;
    this.#reach = new Reach(iface, group, {
      take: (name, look) => sockets.take(keyOn(name), this, look),
      giveBack: (name) => sockets.giveBack(keyOn(name), this),
    });
    this.#reach.settle(heartbeat.look());
    this.#sort();
  }

  get state(): State {
    return this.#reach.state;
  }

  get isIdle(): boolean {
    return this.#idleBeats > IDLE_BEATS;
  }

  isSourceOf(sender: RemoteInfo): boolean {
    return this.#open.some((socket) => socket.isSourceOf(sender));
  }

  send(destination: Destination, bytes: Uint8Array, sent: Sent): void {
    this.#idleBeats = 0;
    const [first] = this.#open;
    if (!first) return this.#hold(destination, bytes, sent);
    const { group, port } = destination;
    const each = this.#open.length > 1 ? afterAll(this.#open.length, sent) : sent;
    for (const socket of this.#open) socket.send(bytes, group.address, port, each);
  }

  beat(look: Look, interfacesChanged: boolean): void {
    this.#idleBeats += 1;
    this.#reach.follow(look, interfacesChanged);
    this.onTrouble();
    const now = look.system.now();
    const late = this.#held.filter((each) => each.until <= now);
    this.#held = this.#held.filter((each) => each.until > now);
    for (const { sent } of late) sent(this.#reason());
  }

  onTrouble(): void {
    this.#sort();
    if (this.#open.length > 0) this.#sendHeld();
    this.#onChange();
  }

  async close(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    for (const { sent } of held) sent(new McastError("closed"));
    await this.#reach.release();
  }

  // An interface that is not there yet is waited for; what the system refuses is told at once.
  #hold(destination: Destination, bytes: Uint8Array, sent: Sent): void {
    const reason = this.#reason();
    if (reason.code !== "ERR_MCAST_INTERFACE") return sent(reason);
    if (this.#held.length >= HOLD_MOST) return sent(new McastError("send-crowded", { count: HOLD_MOST }));
    this.#held.push({ destination, bytes, sent, until: this.#heartbeat.look().system.now() + HOLD_MS });
  }

  #sendHeld(): void {
    const held = this.#held;
    this.#held = [];
    for (const { destination, bytes, sent } of held) this.send(destination, bytes, sent);
  }

  #reason(): McastError {
    const { state } = this;
    return "reason" in state ? state.reason : new McastError("closed");
  }

  #sort(): void {
    this.#open = [...this.#reach.sockets.values()].filter((socket) => socket.isOpen);
  }
}

// One answer for several sends: the first refusal, or success when all have succeeded.
function afterAll(count: number, sent: Sent): Sent {
  let left = count;
  let refusal: McastError | undefined;
  return (error) => {
    refusal ??= error;
    left -= 1;
    if (left === 0) sent(refusal);
  };
}
