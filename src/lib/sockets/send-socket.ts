import { type Family, withoutZone } from "../address";
import { errnoOf, McastError } from "../errors";
import type { InterfaceTarget } from "../host/interface-target";
import { type LocalAddress, type NetworkSnapshot, SYSTEM_CHOICE } from "../host/interfaces";
import { socketInterface } from "../host/own-address";
import { refusalBy } from "../host/platform";
import { type RemoteInfo, type Socket, type System, withZoneDecoded } from "../host/system";
import type { Destination } from "../options/options";
import { DrainingSocket, type Outgoing } from "./draining-socket";
import { ManagedSocket } from "./managed-socket";
import { openSocket } from "./open-socket";
import { ReceiveCounts } from "./receive-counts";
import { type LossySocket, ReceiveLosses } from "./receive-losses";
import type { Arrival, SocketListener } from "./socket-listener";

/** The interval of checks after a failed send: one between two heartbeats, which are 2 s apart. */
export const REPAIR_EVERY_MS = 2_000;
// The interval at which a socket that has another port than its optional one tries that port again.
const REGAIN_EVERY_MS = 30_000;

/**
 * Identifies a send socket. Sockets with an ephemeral port can be private; those with a fixed port are shared by the process. An
 * optional port is a fixed port too, but the socket uses any other port while another program does not share that one.
 */
export type SendSocketKey = Readonly<{ family: Family; interface: string; source?: string }> &
  (Readonly<{ port: 0; ttl: number; loopback: boolean; owner: string }> | Readonly<{ port: number; isOptional?: true }>);

/** Returns the key of the socket that sends to a destination by a target. `owner` is blank for a shared socket. */
export function sendSocketKey(destination: Destination, target: InterfaceTarget, owner: string): SendSocketKey {
  const { group, sourcePort, isPortOptional, ttl, loopback } = destination;
  if (sourcePort === 0) return { ...placeOf(group.family, target), port: 0, ttl, loopback, owner };
  const key = unicastSocketKey(group.family, target, sourcePort);
  return isPortOptional ? { ...key, isOptional: true } : key;
}

/** Returns the key of the socket that has a fixed port on a target's address. */
export function unicastSocketKey(family: Family, target: InterfaceTarget, port: number): SendSocketKey {
  return { ...placeOf(family, target), port };
}

function placeOf(family: Family, { name, source }: InterfaceTarget) {
  return { family, interface: name, ...(source !== undefined && { source }) };
}

/**
 * Called once for each datagram: with the first refusal if no interface took the datagram, and with the number of interfaces that
 * took it.
 */
export type Sent = (error?: McastError, taken?: number) => void;

/** A socket that sends on one interface. It opens when it is first needed and is kept open until `close()`. */
export class SendSocket implements LossySocket {
  readonly key: SendSocketKey;
  readonly listeners = new Set<SocketListener>();
  readonly counts = new ReceiveCounts();
  readonly losses = new ReceiveLosses();
  readonly #managed: ManagedSocket<DrainingSocket>;
  readonly #system: System;
  readonly #refresh: () => NetworkSnapshot;
  readonly #arrival: Arrival;
  #localPort = 0;
  #ownAddresses: ReadonlySet<string> = new Set();
  #addressesOf: NetworkSnapshot["interfaces"] | undefined;
  #isClosed = false;
  #repairedAt = Number.NEGATIVE_INFINITY;
  #openedAt = 0;
  #closing = Promise.resolve();

  /** `refresh` takes a new snapshot when a failed send needs a check at once. */
  constructor(key: SendSocketKey, system: System, refresh: () => NetworkSnapshot) {
    this.key = key;
    this.#system = system;
    this.#refresh = refresh;
    this.#arrival = { port: key.port, interface: key.interface };
    this.#managed = new ManagedSocket({
      target: { name: key.interface, ...(key.source !== undefined && { source: key.source }) },
      family: key.family,
      outlivesAddress: false, // the interface to send on is chosen by its address
      open: (address) => this.#open(address),
      probe: ({ socket }, address) => reselectInterface(socket, key, address, system),
      close: (socket) => {
        const before = this.#closing;
        this.#closing = socket.close().then(() => before);
      },
      onChange: () => this.onChange(),
    });
  }

  /** The reason why sending does not work; undefined while it works. */
  get failure(): McastError | undefined {
    return this.#managed.failure;
  }

  get isOpen(): boolean {
    return this.#managed.socket !== undefined && this.#managed.failure === undefined;
  }

  get localPort(): number {
    return this.#localPort;
  }

  /** The number of times that the socket was opened anew. */
  get reopened(): number {
    return this.#managed.reopened;
  }

  /** True if the socket sends from the port that its key names. */
  get hasFixedPort(): boolean {
    return this.#localPort === this.key.port;
  }

  onChange(): void {
    for (const listener of this.listeners) listener.onChange();
  }

  check(snapshot: NetworkSnapshot, eager: boolean): void {
    this.counts.noteTime(snapshot.system.now());
    this.#managed.probe(snapshot);
    if (this.#lacksPort && snapshot.system.now() - this.#openedAt >= REGAIN_EVERY_MS) this.#managed.markFaulty();
    this.#managed.check(snapshot, eager);
    this.#learnAddresses(snapshot);
  }

  /** Returns true if this socket sent the datagram with that sender. */
  isSourceOf(sender: RemoteInfo): boolean {
    if (sender.port !== this.#localPort) return false;
    return this.#ownAddresses.has(withoutZone(sender.address));
  }

  send(datagram: Outgoing, sent: Sent): void {
    this.#send(datagram, sent, true);
  }

  /** Closes when all datagrams underway are sent, after 1 s at most. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#managed.close();
    await this.#closing;
  }

  // True while the socket works with another port than its optional one.
  get #lacksPort(): boolean {
    return "isOptional" in this.key && this.isOpen && !this.hasFixedPort;
  }

  // A datagram may leave from any address of the interface, and the interface may get more addresses later.
  #learnAddresses({ interfaces }: NetworkSnapshot): void {
    if (interfaces === this.#addressesOf) return;
    this.#addressesOf = interfaces;
    const { interface: own, source } = this.key;
    const sending = interfaces.filter(({ name }) => name === own || own === SYSTEM_CHOICE);
    const addresses = sending.flatMap((local) => local.addresses.map(({ address }) => address));
    if (sending.length > 0) this.#ownAddresses = new Set(source === undefined ? addresses : [...addresses, source]);
  }

  #open(address: LocalAddress): DrainingSocket {
    const socket = open(this.key, address, this.#system);
    socket.on("error", (error) => {
      if (this.#managed.socket?.socket === socket) this.#managed.countFault(this.#errorOf(error));
    });
    this.#localPort = socket.address().port;
    this.#openedAt = this.#system.now();
    this.losses.follow(socket, this.#system);
    socket.on("message", (payload, sender) => this.#deliver(payload, sender));
    return new DrainingSocket(socket, this.#system);
  }

  #deliver(payload: Buffer, sender: RemoteInfo): void {
    if (sender.address.includes("%")) sender.address = withZoneDecoded(sender.address);
    this.counts.add(payload, sender);
    let left = this.listeners.size;
    for (const listener of this.listeners) {
      if (left === 0) return; // a listener that was added during this delivery starts with the next datagram
      left -= 1; // the last listener gets the original, which no listener before it could change
      listener.receive(left > 0 ? Buffer.from(payload) : payload, sender, this.#arrival);
    }
  }

  #send(datagram: Outgoing, sent: Sent, mayRepair: boolean): void {
    const socket = this.#managed.socket;
    if (!socket) return sent(this.failure ?? new McastError("closed"));
    const isTaken = socket.send(datagram, (error) => {
      // After a change of address, sending fails for ever. The socket opens anew at once, which saves even this datagram.
      if (error && mayRepair && this.#repair(socket)) this.#send(datagram, sent, false);
      else sent(error ? this.#errorOf(error) : undefined);
    });
    if (!isTaken) sent(this.#slowError(socket));
  }

  #errorOf(error: Error): McastError {
    // The socket was closed before the link took the datagram.
    if (errnoOf(error) === "ECANCELED") return new McastError("closed", {}, error);
    return refusalBy(this.#system.platform, "send", error, { interface: this.key.interface });
  }

  #slowError({ underway: { bytes, count } }: DrainingSocket): McastError {
    return new McastError("send-slow", { interface: this.key.interface, mebibytes: Math.round(bytes / 2 ** 20), count });
  }

  // Returns true if this check or an earlier one has replaced the socket that failed.
  #repair(failed: DrainingSocket): boolean {
    if (this.#isClosed) return false;
    const now = this.#system.now();
    if (this.#managed.socket === failed && now - this.#repairedAt >= REPAIR_EVERY_MS) {
      this.#repairedAt = now;
      this.check(this.#refresh(), false);
    }
    return this.#managed.socket !== undefined && this.#managed.socket !== failed;
  }
}

// Opens a socket. Uses any port if the system refuses an optional one (EADDRINUSE: another program does not share it; EACCES:
// excluded on Windows).
function open(key: SendSocketKey, local: LocalAddress, system: System): Socket {
  if (!("isOptional" in key)) return openOn(key, local, system);
  try {
    return openOn(key, local, system);
  } catch (error) {
    if (!(error instanceof McastError) || error.code !== "ERR_MCAST_BIND") throw error;
    return openOn({ ...key, port: 0 }, local, system);
  }
}

function openOn(key: SendSocketKey, local: LocalAddress, system: System): Socket {
  const { family, interface: name, port, source = name } = key;
  const type = family === "IPv4" ? "udp4" : "udp6";
  const opening = { type, address: bindAddress(key, local, system), port, shared: port !== 0, interface: source } as const;
  return openSocket(opening, system, (socket) => {
    socket.on("error", () => {}); // the callback of each send reports it; without a listener Node.js would end the process
    const sendOn = socketInterface(name, local, system.platform);
    if (sendOn !== undefined) socket.setMulticastInterface(sendOn);
  });
}

const WILDCARD: Readonly<Record<Family, string>> = { IPv4: "0.0.0.0", IPv6: "::" };

// Returns the address to bind. A fixed port is bound on one address, so that the socket receives unicast to that address only. A
// pinned source address is bound too. With an optional port no program expects unicast, so the system chooses the source address
// for each group, as with an ephemeral port.
function bindAddress(key: SendSocketKey, local: LocalAddress, system: System): string {
  const { family, interface: name, port, source } = key;
  if (source === undefined && (port === 0 || "isOptional" in key || name === SYSTEM_CHOICE)) return WILDCARD[family];
  const address = source ?? local.address;
  if (!address.startsWith("fe80:")) return address;
  // A link-local address is valid only with its interface.
  return (socketInterface(name, { ...local, family }, system.platform) ?? "").replace("::", address);
}

// Selects the interface again, which shows if it is still the same: the system refuses the index of a removed interface, and
// accepts a new index.
function reselectInterface(socket: Socket, key: SendSocketKey, local: LocalAddress, system: System): boolean {
  const sendOn = socketInterface(key.interface, local, system.platform);
  try {
    if (sendOn !== undefined) socket.setMulticastInterface(sendOn);
    return true;
  } catch {
    return false;
  }
}
