import { McastError } from "../errors";
import type { Look } from "../host/interfaces";
import type { RemoteInfo } from "../host/system";
import type { Destination } from "../options/options";
import type { Heartbeat } from "../sockets/heartbeat";
import { Reach } from "../sockets/interface-sockets";
import type { SendSocket, SendSocketKey, SendSocketListener, Sent } from "../sockets/send-socket";
import type { SharedSockets } from "../sockets/socket-pool";
import { type State, stateOf } from "../state";

// A message that comes before its interface waits for it, but not so long that it would surprise, nor without end.
const HOLD_MS = 10_000;
const HOLD_MOST = 1_000;
// A way of sending that some message asked for is idle when none has for so long (a minute).
const IDLE_BEATS = 30;

export type SendSockets = SharedSockets<SendSocketKey, SendSocketListener, SendSocket>;

interface Held {
  readonly destination: Destination;
  readonly bytes: Uint8Array;
  readonly sent: Sent;
  readonly until: number;
}

/** One way of sending: over certain interfaces, with certain settings. Messages that come before an interface wait here. */
export class SendPath implements SendSocketListener {
  readonly #heartbeat: Heartbeat;
  readonly #reach: Reach<SendSocket>;
  readonly #listener: SendSocketListener;
  readonly #refusals = new Map<string, McastError>();
  #held: Held[] = [];
  #open: readonly SendSocket[] = [];
  #idleBeats = 0;

  constructor(destination: Destination, role: string, sockets: SendSockets, heartbeat: Heartbeat, listener: SendSocketListener) {
    const { group, iface, ttl, loopback, sourcePort } = destination;
    const apart = sourcePort === 0 ? `${ttl} ${loopback} ${role}` : "";
    const keyOn = (name: string): SendSocketKey => ({ family: group.family, interface: name, port: sourcePort, apart });
    this.#heartbeat = heartbeat;
    this.#listener = listener;
    this.#reach = new Reach(iface, group, {
      take: (name, look) => sockets.take(keyOn(name), this, look),
      giveBack: (name) => sockets.giveBack(keyOn(name), this),
    });
    this.#reach.settle(heartbeat.look());
    this.#sort();
  }

  /** How it stands, by its sockets and by what came of the last datagram on each of them. */
  get state(): State {
    const { state } = this.#reach;
    if (!("interfaces" in state)) return state;
    const refusals = state.interfaces.map((name) => this.#refusals.get(name));
    const granted = state.interfaces.filter((name) => !this.#refusals.has(name));
    return stateOf(granted, [...refusals, "reason" in state ? state.reason : undefined]);
  }

  /** The interfaces on which a datagram would go out now, or be tried. */
  get interfaces(): readonly string[] {
    return this.#open.map(({ key }) => key.interface);
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
    const { group, port, ttl, loopback } = destination;
    const datagram = { bytes, address: group.address, port, ttl, loopback };
    const each = this.#open.length > 1 ? afterAll(this.#open.length, sent) : sent;
    for (const socket of this.#open) {
      socket.send(datagram, (error) => {
        this.#note(socket.key.interface, error);
        each(error);
      });
    }
  }

  beat(look: Look): void {
    this.#idleBeats += 1;
    this.#reach.settle(look);
    this.#proceed();
    const now = look.system.now();
    const late = this.#held.filter((each) => each.until <= now);
    this.#held = this.#held.filter((each) => each.until > now);
    for (const { sent } of late) sent(this.#tooLate());
  }

  onTrouble(): void {
    this.#refusals.clear(); // what was refused before may be granted now
    this.#proceed();
  }

  onAnswer(payload: Buffer, sender: RemoteInfo, interfaceName: string): void {
    this.#listener.onAnswer?.(payload, sender, interfaceName);
  }

  async close(): Promise<void> {
    const held = this.#held;
    this.#held = [];
    for (const { sent } of held) sent(new McastError("closed"));
    await this.#reach.release();
  }

  #note(interfaceName: string, error: McastError | undefined): void {
    const before = this.#refusals.get(interfaceName);
    // A datagram that is too large says nothing about the next one.
    const refusal = error?.reason === "send-size" ? undefined : error;
    if (refusal?.message === before?.message) return;
    if (refusal) this.#refusals.set(interfaceName, refusal);
    else this.#refusals.delete(interfaceName);
    this.#listener.onTrouble();
  }

  // An interface that is not there yet is waited for; what the system refuses is told at once.
  #hold(destination: Destination, bytes: Uint8Array, sent: Sent): void {
    const reason = this.#reason();
    if (reason.code !== "ERR_MCAST_INTERFACE") return sent(reason);
    if (this.#held.length >= HOLD_MOST) return sent(new McastError("send-crowded", { count: HOLD_MOST }));
    this.#held.push({ destination, bytes, sent, until: this.#heartbeat.look().system.now() + HOLD_MS });
  }

  #proceed(): void {
    this.#sort();
    if (this.#open.length > 0) this.#sendHeld();
    this.#listener.onTrouble();
  }

  #sendHeld(): void {
    const held = this.#held;
    this.#held = [];
    for (const { destination, bytes, sent } of held) this.send(destination, bytes, sent);
  }

  #reason(): McastError {
    const { state } = this.#reach;
    return "reason" in state ? state.reason : new McastError("closed");
  }

  // Where an interface was only missing, its absence is told as what did not happen. Other reasons say themselves what to do.
  #tooLate(): McastError {
    const reason = this.#reason();
    const details = { ...reason.details, seconds: HOLD_MS / 1000 };
    if (reason.reason === "interface-absent") return new McastError("send-late", details, reason);
    if (reason.reason === "interface-none") return new McastError("send-nowhere", details, reason);
    return reason;
  }

  #sort(): void {
    this.#open = [...this.#reach.sockets.values()].filter((socket) => socket.isOpen);
  }
}

// One answer for several sends: the first refusal, or success when all have succeeded.
function afterAll(count: number, sent: Sent): Sent {
  let left = count;
  let taken = 0;
  let refusal: McastError | undefined;
  return (error) => {
    if (error) refusal ??= error;
    else taken += 1;
    left -= 1;
    if (left === 0) sent(refusal, taken);
  };
}
