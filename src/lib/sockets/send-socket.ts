import { type Family, withoutZone } from "../address";
import { McastError, systemError } from "../errors";
import { type LocalAddress, type Look, socketInterface } from "../host/interfaces";
import type { RemoteInfo, Socket, System } from "../host/system";
import { type Outgoing, Outlet } from "./draining-socket";
import { KeptSocket } from "./managed-socket";

/** Which socket sends. With any port it is some users' alone; with a fixed port it is everybody's in this process. */
export interface SendSocketKey {
  readonly family: Family;
  readonly interface: string;
  /** The port it sends from; 0 is any. */
  readonly port: number;
  /** What keeps sockets with any port apart: their settings, and whom they are for. Blank with a fixed port. */
  readonly apart: string;
}

/** Called once for each datagram: with the first refusal, if there was one, and on how many of several interfaces it was taken. */
export type Sent = (error?: McastError, taken?: number) => void;

/** Who uses a socket: told when its trouble begins, changes or ends, and of what others send to its port. */
export interface SendSocketListener {
  onTrouble(): void;
  onAnswer?(payload: Buffer, sender: RemoteInfo, interfaceName: string): void;
}

/** A socket that sends on one interface. It is opened when it is first wanted and kept well until it is closed. */
export class SendSocket {
  readonly key: SendSocketKey;
  readonly listeners = new Set<SendSocketListener>();
  readonly #kept: KeptSocket<Outlet>;
  readonly #system: System;
  readonly #look: () => Look;
  #localPort = 0;
  #ownAddresses: ReadonlySet<string> = new Set();
  #knownAmong: Look["interfaces"] | undefined;
  #isClosed = false;
  #closing = Promise.resolve();

  /** `look` is asked for when a failed send calls for a check before its time. */
  constructor(key: SendSocketKey, system: System, look: () => Look) {
    this.key = key;
    this.#system = system;
    this.#look = look;
    this.#kept = new KeptSocket({
      interface: key.interface,
      family: key.family,
      open: (address) => this.#open(address),
      isAlive: ({ socket }, address) => aims(socket, key, address, system),
      retire: (outlet) => {
        const before = this.#closing;
        this.#closing = outlet.close().then(() => before);
      },
      onTrouble: () => {
        for (const listener of this.listeners) listener.onTrouble();
      },
    });
  }

  /** Why nothing can be sent. */
  get trouble(): McastError | undefined {
    return this.#kept.trouble;
  }

  get isOpen(): boolean {
    return this.#kept.socket !== undefined && this.#kept.trouble === undefined;
  }

  check(look: Look, eager: boolean): void {
    this.#kept.ask(look);
    this.#kept.check(look, eager);
    this.#know(look);
  }

  /** True for a datagram that came from this socket. */
  isSourceOf(sender: RemoteInfo): boolean {
    if (sender.port !== this.#localPort) return false;
    return this.#ownAddresses.has(withoutZone(sender.address));
  }

  send(datagram: Outgoing, sent: Sent): void {
    this.#send(datagram, sent, true);
  }

  /** Closes once all that was handed over has gone out; a second at most. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#kept.close();
    await this.#closing;
  }

  // What it sends may come from any address of its interface, which may get more of them later.
  #know({ interfaces }: Look): void {
    if (interfaces === this.#knownAmong) return;
    this.#knownAmong = interfaces;
    const local = interfaces.find(({ name }) => name === this.key.interface);
    if (local) this.#ownAddresses = new Set(local.addresses.map((own) => own.address));
  }

  #open(address: LocalAddress): Outlet {
    const socket = open(this.key, address, this.#system);
    this.#localPort = socket.address().port;
    socket.on("message", (payload, sender) => {
      for (const listener of this.listeners) listener.onAnswer?.(Buffer.from(payload), sender, this.key.interface);
    });
    return new Outlet(socket, this.#system);
  }

  #send(datagram: Outgoing, sent: Sent, mayHeal: boolean): void {
    const outlet = this.#kept.socket;
    if (!outlet) return sent(this.trouble ?? new McastError("closed"));
    outlet.send(datagram, (error) => {
      // An address that was replaced makes sending fail for ever. Opened anew at once, not even this datagram is lost.
      if (error && mayHeal && this.#heal(outlet)) this.#send(datagram, sent, false);
      else sent(error ? systemError("send", error, { interface: this.key.interface }) : undefined);
    });
  }

  // True if the failure had a cause that a new socket cures.
  #heal(outlet: Outlet): boolean {
    if (this.#isClosed) return false;
    this.check(this.#look(), false);
    return this.#kept.socket !== undefined && this.#kept.socket !== outlet;
  }
}

function open(key: SendSocketKey, local: LocalAddress, system: System): Socket {
  const { family, interface: name, port } = key;
  let socket: Socket | undefined;
  try {
    // A fixed port is bound on the interface's own address, which takes what is sent to that and nothing else; others may share it.
    const address = port === 0 ? WILDCARD[family] : ownAddress(name, local, system.platform);
    socket = system.open({ type: family === "IPv4" ? "udp4" : "udp6", address, port, shared: port !== 0 });
    socket.on("error", () => {}); // each send's callback tells; with no listener at all it would end the process
    socket.setMulticastInterface(socketInterface(name, local, system.platform));
    return socket;
  } catch (error) {
    socket?.close();
    throw systemError("bind", error, { port, interface: name });
  }
}

const WILDCARD: Readonly<Record<Family, string>> = { IPv4: "0.0.0.0", IPv6: "::" };

// A link-local address is an address only together with its interface.
function ownAddress(name: string, local: LocalAddress, platform: NodeJS.Platform): string {
  return local.index === undefined ? local.address : socketInterface(name, local, platform).replace("::", local.address);
}

// Choosing the interface again tells whether it is the one it was: an index that is gone is refused, a new one is taken up.
function aims(socket: Socket, key: SendSocketKey, local: LocalAddress, system: System): boolean {
  try {
    socket.setMulticastInterface(socketInterface(key.interface, local, system.platform));
    return true;
  } catch {
    return false;
  }
}
