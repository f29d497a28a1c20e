import { McastError } from "../errors";
import { eachAddress, type InterfaceTarget } from "../host/interface-target";
import type { NetworkSnapshot } from "../host/interfaces";
import type { RemoteInfo, System } from "../host/system";
import type { Destination } from "../options/options";
import type { Quota } from "../quota";
import type { Heartbeat } from "../sockets/heartbeat";
import { InterfaceSockets } from "../sockets/interface-sockets";
import { type SendSocket, type SendSocketKey, type Sent, sendSocketKey } from "../sockets/send-socket";
import type { Arrival, SocketListener } from "../sockets/socket-listener";
import type { SocketPool } from "../sockets/socket-pool";
import { CLOSED, type State, stateOf } from "../state";
import { InterfaceRefusals } from "./interface-refusals";
import type { DestinationCounts, SentCounts } from "./sent-counts";
import { type UnsentDatagram, WAIT_MS, WaitingDatagrams } from "./waiting-datagrams";

// A path is idle after this many beats without a datagram (one minute).
const IDLE_BEATS = 30;

export type SendSockets = SocketPool<SendSocketKey, SocketListener, SendSocket>;

/** The parts of a send path. */
export interface SendPathParts {
  readonly destination: Destination;
  readonly owner: string;
  readonly sockets: SendSockets;
  readonly system: System;
  readonly heartbeat: Heartbeat;
  /** The datagrams of the process that wait for an interface. */
  readonly waiting: Quota;
  readonly listener: SendPathListener;
  readonly counts: SentCounts;
}

/** Receives the events of a path. */
export interface SendPathListener extends SocketListener {
  /** Called for each datagram that was dropped because the program sends faster than the link. */
  onDropped(): void;
}

/** One set of interfaces and settings to send with. Datagrams wait here while every interface is missing. */
export class SendPath implements SocketListener {
  readonly #system: System;
  readonly #sockets: InterfaceSockets<SendSocket>;
  readonly #quota: Quota;
  readonly #listener: SendPathListener;
  readonly #hasFixedPort: boolean;
  readonly #counts: SentCounts;
  #lastDestination: Destination;
  #lastCounts: DestinationCounts;
  #isClosed = false;
  readonly #refusals = new InterfaceRefusals();
  readonly #waiting: WaitingDatagrams;
  #open: readonly SendSocket[] = [];
  #idleBeats = 0;

  constructor({ destination, owner, sockets, system, heartbeat, waiting, listener, counts }: SendPathParts) {
    const { group, iface, sourcePort } = destination;
    const keyOn = (target: InterfaceTarget): SendSocketKey => sendSocketKey(destination, target, owner);
    this.#system = system;
    this.#quota = waiting;
    this.#waiting = new WaitingDatagrams(waiting);
    this.#listener = listener;
    this.#hasFixedPort = sourcePort !== 0;
    this.#counts = counts;
    this.#lastDestination = destination;
    this.#lastCounts = counts.of(destination, this);
    this.#sockets = new InterfaceSockets(iface, group, {
      spread: (targets, snapshot) => (sourcePort === 0 ? targets : eachAddress(targets, group, snapshot)),
      acquire: (target, snapshot) => sockets.acquire(keyOn(target), this, snapshot),
      release: (target) => sockets.release(keyOn(target), this),
    });
    this.#sockets.reconcile(heartbeat.snapshot());
    this.#findOpen();
  }

  /** The state that follows from the sockets and from the last datagram on each of them. */
  get state(): State {
    const { state } = this.#sockets;
    if (this.#isClosed) return CLOSED;
    if (!("interfaces" in state)) return state;
    const refusals = state.interfaces.flatMap((name) => this.#refusals.of(name) ?? []);
    const working = state.interfaces.filter((name) => !this.#refusals.of(name));
    const reason = "reason" in state ? state.reason : undefined;
    // A refusal is only a warning if another interface takes the datagrams.
    if (working.length === 0) return stateOf(working, [...refusals, reason], state);
    return stateOf(working, [reason], { ...state, warnings: [...state.warnings, ...refusals] });
  }

  /** The interfaces on which a datagram would be sent now. */
  get interfaces(): readonly string[] {
    return this.#open.map(({ key }) => key.interface);
  }

  get isIdle(): boolean {
    return this.#idleBeats > IDLE_BEATS;
  }

  /** True if datagrams leave from the destination's fixed source port on every interface. */
  get hasFixedPort(): boolean {
    return this.#open.every((socket) => socket.hasFixedPort);
  }

  isSourceOf(sender: RemoteInfo): boolean {
    return this.#open.some((socket) => socket.isSourceOf(sender));
  }

  send(destination: Destination, bytes: Uint8Array, sent: Sent): void {
    this.#idleBeats = 0;
    const [first] = this.#open;
    const counts = this.#countsOf(destination);
    if (!first) return this.#wait(destination, bytes, sent);
    const { group, port, ttl, loopback } = destination;
    const datagram = { bytes, address: group.address, port, ttl, loopback };
    const each = this.#open.length > 1 ? afterAll(this.#open.length, sent) : sent;
    for (const socket of this.#open) {
      socket.send(datagram, (error) => {
        counts.add(error, bytes);
        this.#recordResult(socket.key.interface, error);
        each(error);
      });
    }
  }

  beat(snapshot: NetworkSnapshot): void {
    this.#idleBeats += 1;
    this.#refusals.beat();
    this.#sockets.reconcile(snapshot);
    this.#refusals.retain((name) => this.#sockets.uses(name));
    this.#proceed();
    for (const datagram of this.#waiting.takeLate(snapshot.system.now())) this.#fail(datagram, this.#lateError());
  }

  onChange(): void {
    this.#refusals.clear();
    this.#proceed();
  }

  receive(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void {
    this.#listener.receive(payload, sender, arrival);
  }

  /** Closes to give its place to another path. Datagrams that wait for an interface fail as those that find the queue full. */
  evict(): Promise<void> {
    const error = this.#crowdedError();
    for (const datagram of this.#waiting.takeAll()) this.#fail(datagram, error);
    return this.close();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { sent } of this.#waiting.takeAll()) sent(new McastError("closed"));
    await this.#sockets.releaseAll();
  }

  #recordResult(interfaceName: string, error: McastError | undefined): void {
    if (error?.reason === "send-slow")
      this.#listener.onDropped(); // a warning, since other datagrams get through
    else if (this.#refusals.record(interfaceName, error)) this.#listener.onChange();
  }

  // Keeps a datagram for a missing interface, or fails it at once if the system refuses.
  #wait(destination: Destination, bytes: Uint8Array, sent: Sent): void {
    const reason = this.#reason();
    const datagram = { destination, bytes, sent };
    if (reason.code !== "ERR_MCAST_INTERFACE") return this.#fail(datagram, reason);
    const isKept = this.#waiting.add(datagram, this.#system.now());
    if (!isKept) this.#fail(datagram, this.#crowdedError());
  }

  #crowdedError(): McastError {
    return new McastError("send-crowded", { count: this.#quota.count });
  }

  #fail({ destination, bytes, sent }: UnsentDatagram, error: McastError): void {
    this.#countsOf(destination).add(error, bytes);
    sent(error);
  }

  // Most users send to one destination only, so its counts are found without a look-up.
  #countsOf(destination: Destination): DestinationCounts {
    if (destination !== this.#lastDestination) {
      this.#lastDestination = destination;
      this.#lastCounts = this.#counts.of(destination, this);
    }
    return this.#lastCounts;
  }

  #proceed(): void {
    this.#findOpen();
    if (this.#open.length > 0) this.#sendWaiting();
    this.#listener.onChange();
  }

  #sendWaiting(): void {
    for (const { destination, bytes, sent } of this.#waiting.takeAll()) this.send(destination, bytes, sent);
  }

  #reason(): McastError {
    const { state } = this.#sockets;
    return "reason" in state ? state.reason : new McastError("closed");
  }

  // Returns the error of a datagram that has waited too long. For a missing interface, it states that the datagram was not sent.
  // Other reasons already contain the remedy.
  #lateError(): McastError {
    const reason = this.#reason();
    const details = { ...reason.details, seconds: WAIT_MS / 1000 };
    if (reason.reason === "interface-absent") return new McastError("send-late", details, reason);
    if (reason.reason === "interface-none") return new McastError("send-nowhere", details, reason);
    return reason;
  }

  #findOpen(): void {
    const open = [...this.#sockets.sockets].map(({ socket }) => socket).filter((socket) => socket.isOpen);
    // With a fixed port the first address of an interface sends, and the sockets of its other addresses receive only.
    this.#open = this.#hasFixedPort ? firstOnEach(open) : open;
  }
}

// Returns a callback for each of several sends, which calls `sent` once: with the first refusal if no interface took the datagram.
function afterAll(count: number, sent: Sent): Sent {
  let left = count;
  let taken = 0;
  let refusal: McastError | undefined;
  return (error) => {
    if (error) refusal ??= error;
    else taken += 1;
    left -= 1;
    if (left === 0) sent(taken > 0 ? undefined : refusal, taken);
  };
}

function firstOnEach(sockets: readonly SendSocket[]): readonly SendSocket[] {
  return sockets.filter(({ key }, index) => sockets.findIndex((other) => other.key.interface === key.interface) === index);
}
