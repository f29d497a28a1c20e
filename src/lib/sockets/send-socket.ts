import { type Family, withoutZone } from "../address";
import { errnoOf, McastError, systemError } from "../errors";
import { type LocalAddress, type NetworkSnapshot, socketInterface } from "../host/interfaces";
import type { RemoteInfo, Socket, System } from "../host/system";
import type { Destination } from "../options/options";
import { DrainingSocket, type Outgoing } from "./draining-socket";
import { ManagedSocket } from "./managed-socket";
import type { Arrival, SocketListener } from "./socket-listener";

/** A check after a failed send is due once between two heartbeats, which are 2 s apart. */
export const REPAIR_EVERY_MS = 2_000;

/** Identifies a send socket. Sockets with an ephemeral port can be private; those with a fixed port are shared by the process. */
export type SendSocketKey = Readonly<{ family: Family; interface: string }> &
  (Readonly<{ port: 0; ttl: number; loopback: boolean; owner: string }> | Readonly<{ port: number }>);

/** Returns the key of the socket that sends to a destination on an interface. `owner` is blank for a shared socket. */
export function sendSocketKey(destination: Destination, interfaceName: string, owner: string): SendSocketKey {
  const { group, sourcePort, ttl, loopback } = destination;
  if (sourcePort !== 0) return unicastSocketKey(group.family, interfaceName, sourcePort);
  return { family: group.family, interface: interfaceName, port: 0, ttl, loopback, owner };
}

/** Returns the key of the socket that has a fixed port on an interface's own address. */
export function unicastSocketKey(family: Family, interfaceName: string, port: number): SendSocketKey {
  return { family, interface: interfaceName, port };
}

/** Called once for each datagram: with the first refusal, if there was one, and with the number of interfaces that took it. */
export type Sent = (error?: McastError, taken?: number) => void;

/** A socket that sends on one interface. It opens when it is first needed and is kept open until `close()`. */
export class SendSocket {
  readonly key: SendSocketKey;
  readonly listeners = new Set<SocketListener>();
  readonly #managed: ManagedSocket<DrainingSocket>;
  readonly #system: System;
  readonly #refresh: () => NetworkSnapshot;
  readonly #arrival: Arrival;
  #localPort = 0;
  #ownAddresses: ReadonlySet<string> = new Set();
  #addressesOf: NetworkSnapshot["interfaces"] | undefined;
  #isClosed = false;
  #repairedAt = Number.NEGATIVE_INFINITY;
  #closing = Promise.resolve();

  /** `refresh` takes a snapshot when a failed send asks for a check at once. */
  constructor(key: SendSocketKey, system: System, refresh: () => NetworkSnapshot) {
    this.key = key;
    this.#system = system;
    this.#refresh = refresh;
    this.#arrival = { port: key.port, interface: key.interface };
    this.#managed = new ManagedSocket({
      interface: key.interface,
      family: key.family,
      open: (address) => this.#open(address),
      probe: ({ socket }, address) => reselectInterface(socket, key, address, system),
      close: (socket) => {
        const before = this.#closing;
        this.#closing = socket.close().then(() => before);
      },
      onChange: () => {
        for (const listener of this.listeners) listener.onChange();
      },
    });
  }

  /** The reason why nothing can be sent; undefined while sending works. */
  get failure(): McastError | undefined {
    return this.#managed.failure;
  }

  get isOpen(): boolean {
    return this.#managed.socket !== undefined && this.#managed.failure === undefined;
  }

  check(snapshot: NetworkSnapshot, eager: boolean): void {
    this.#managed.probe(snapshot);
    this.#managed.check(snapshot, eager);
    this.#learnAddresses(snapshot);
  }

  /** Returns true for a datagram that this socket sent. */
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

  // A datagram may leave from any address of the interface, and the interface may get more addresses later.
  #learnAddresses({ interfaces }: NetworkSnapshot): void {
    if (interfaces === this.#addressesOf) return;
    this.#addressesOf = interfaces;
    const local = interfaces.find(({ name }) => name === this.key.interface);
    if (local) this.#ownAddresses = new Set(local.addresses.map((own) => own.address));
  }

  #open(address: LocalAddress): DrainingSocket {
    const socket = open(this.key, address, this.#system);
    socket.on("error", (error) => {
      if (this.#managed.socket?.socket === socket) this.#managed.countFault(this.#errorOf(error));
    });
    this.#localPort = socket.address().port;
    socket.on("message", (payload, sender) => this.#deliver(payload, sender));
    return new DrainingSocket(socket, this.#system);
  }

  #deliver(payload: Buffer, sender: RemoteInfo): void {
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
      // After an address was replaced, sending fails for ever. Opening the socket anew at once saves even this datagram.
      if (error && mayRepair && this.#repair(socket)) this.#send(datagram, sent, false);
      else sent(error ? this.#errorOf(error) : undefined);
    });
    if (!isTaken) sent(this.#slowError(socket));
  }

  #errorOf(error: Error): McastError {
    // The socket was closed before the link took the datagram.
    if (errnoOf(error) === "ECANCELED") return new McastError("closed", {}, error);
    return systemError("send", error, { interface: this.key.interface });
  }

  #slowError({ underway: { bytes, count } }: DrainingSocket): McastError {
    return new McastError("send-slow", { interface: this.key.interface, mebibytes: Math.round(bytes / 2 ** 20), count });
  }

  // Returns true if a check, this one or an earlier one, has replaced the socket that failed.
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

function open(key: SendSocketKey, local: LocalAddress, system: System): Socket {
  const { family, interface: name, port } = key;
  let socket: Socket | undefined;
  try {
    // A fixed port is bound on the interface's own address: the socket then takes unicast to that address only.
    const address = port === 0 ? WILDCARD[family] : ownAddress(name, local, system.platform);
    socket = system.open({ type: family === "IPv4" ? "udp4" : "udp6", address, port, shared: port !== 0 });
    socket.on("error", () => {}); // the callback of each send reports it; without a listener Node.js would end the process
    socket.setMulticastInterface(socketInterface(name, local, system.platform));
    return socket;
  } catch (error) {
    socket?.close();
    throw systemError("bind", error, { port, interface: name });
  }
}

const WILDCARD: Readonly<Record<Family, string>> = { IPv4: "0.0.0.0", IPv6: "::" };

// A link-local address is valid only together with its interface.
function ownAddress(name: string, local: LocalAddress, platform: NodeJS.Platform): string {
  return local.index === undefined ? local.address : socketInterface(name, local, platform).replace("::", local.address);
}

// Selecting the interface again shows if it is still the same: the system refuses an index that is gone, and takes up a new one.
function reselectInterface(socket: Socket, key: SendSocketKey, local: LocalAddress, system: System): boolean {
  try {
    socket.setMulticastInterface(socketInterface(key.interface, local, system.platform));
    return true;
  } catch {
    return false;
  }
}
