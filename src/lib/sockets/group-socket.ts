import type { BlockList } from "node:net";
import { familyOf } from "../address";
import type { McastError } from "../errors";
import { isZoneOf, type LocalAddress, type Look, socketInterface, subnetsAround } from "../host/interfaces";
import type { RemoteInfo, Socket } from "../host/system";
import type { AllowList } from "../receive/allow-list";
import { bindToGroup, type GroupSocketKey } from "./group-bind";
import { isMember, joinGroup, leaveGroup, type Place } from "./group-join";
import { KeptSocket } from "./managed-socket";

/** Where a datagram arrived. One object a socket: it tells what is known of every datagram that the socket gets. */
export interface Arrival {
  /** The group it was sent to; missing where it was sent to this host itself. */
  readonly group?: string;
  readonly port: number;
  /** The interface it came in by; missing where that can't be known. */
  readonly interface?: string;
}

/** Who hears a group. Called within the socket's own event: what it throws, nobody catches. */
export interface Hearer {
  onDatagram(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void;
}

/** One listener of a socket: whom it accepts, how often it wants the membership refreshed, and whom to call. */
export interface Listener {
  readonly hearer: Hearer;
  /** The senders it accepts; missing for everyone. */
  readonly allow: AllowList | undefined;
  /** Milliseconds; `Infinity` for never. */
  readonly refreshEvery: number;
  /** Whether it takes from this interface's socket what may have come in by any; each of its sockets would give it that. */
  takesUnplaced(interfaceName: string): boolean;
  onTrouble(): void;
}

/**
 * One group on one interface and port, joined for as long as this lives and shared by all who listen to it:
 * the set of listeners is its reference count.
 */
export class GroupSocket {
  readonly key: GroupSocketKey;
  readonly listeners = new Set<Listener>();
  #refreshedAt = 0;
  readonly #platform: NodeJS.Platform;
  readonly #kept: KeptSocket<Socket>;
  readonly #known: Arrival;
  readonly #vague: Arrival;
  #subnets: { own: BlockList; others: BlockList } | undefined;

  constructor(key: GroupSocketKey, platform: NodeJS.Platform) {
    this.key = key;
    this.#platform = platform;
    this.#vague = { group: key.group.address, port: key.port };
    this.#known = { ...this.#vague, interface: key.interface };
    this.#kept = new KeptSocket({
      interface: key.interface,
      family: key.group.family,
      open: (address, look) => this.#open(address, look),
      isAlive: (socket, address) => isMember(this.#place(socket, address)),
      retire: (socket) => socket.close(),
      onTrouble: () => {
        for (const listener of this.listeners) listener.onTrouble();
      },
    });
  }

  get trouble(): McastError | undefined {
    return this.#kept.trouble;
  }

  check(look: Look, eager: boolean): void {
    this.#kept.check(look, eager);
    if (this.#subnets) this.#subnets = subnetsAround(this.key.interface, look.interfaces);
  }

  /** Asks whether the group is joined still; where it isn't, the next check joins it again. True too where that can't be asked. */
  ask(look: Look): boolean {
    return this.#kept.ask(look);
  }

  /** True where the listener that wants it most often has waited long enough for the membership to be refreshed. */
  isDue(now: number): boolean {
    for (const { refreshEvery } of this.listeners) {
      if (refreshEvery < Number.POSITIVE_INFINITY && now - this.#refreshedAt >= refreshEvery) return true;
    }
    return false;
  }

  /** Counts as refreshed from now on. */
  refreshed(now: number): void {
    this.#refreshedAt = now;
  }

  /** The first half of a refresh. The report goes out only once every socket of the process has dropped the group. */
  drop(): void {
    this.#change(leaveGroup);
  }

  /** The second half of a refresh. */
  add(): void {
    this.#change(joinGroup);
  }

  /** Leaves the group, at once. Closing is what leaves: to drop by an address that is gone would leak the membership. */
  close(): void {
    this.#kept.close();
  }

  #change(change: (place: Place) => void): void {
    const { socket, address, trouble } = this.#kept;
    if (!socket || !address || trouble) return;
    try {
      change(this.#place(socket, address));
    } catch {
      this.#kept.suspect(); // the interface went away in between: the next check opens the socket anew
    }
  }

  #open(address: LocalAddress, look: Look): Socket {
    const { socket, isExact } = bindToGroup(this.key, address, look.system);
    try {
      joinGroup(this.#place(socket, address));
    } catch (error) {
      socket.close();
      throw error;
    }
    // After a socket that was there already the host has nothing new to report, but the switch may have forgotten: refresh at once.
    this.#refreshedAt = this.#kept.socket ? Number.NEGATIVE_INFINITY : look.system.now();
    this.#subnets = isExact ? undefined : subnetsAround(this.key.interface, look.interfaces);
    socket.on("message", isExact ? this.#deliverKnown : this.#deliverFiltered);
    socket.on("error", () => this.#kept.suspect());
    return socket;
  }

  #place(socket: Socket, address: LocalAddress): Place {
    return { socket, key: this.key, local: socketInterface(this.key.interface, address, this.#platform) };
  }

  readonly #deliverKnown = (payload: Buffer, sender: RemoteInfo): void => {
    this.#deliver(payload, sender, this.#known);
  };

  readonly #deliverFiltered = (payload: Buffer, sender: RemoteInfo): void => {
    const arrival = this.#whereFrom(sender);
    if (arrival) this.#deliver(payload, sender, arrival);
  };

  #deliver(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void {
    if (sender.address.startsWith("::ffff:")) {
      sender.address = sender.address.slice(7);
      sender.family = "IPv4";
    }
    let left = this.listeners.size;
    for (const listener of this.listeners) {
      if (left === 0) return; // who joined while this was told came too late for it
      left -= 1; // the last has the original, which nobody before it could change
      if (arrival === this.#vague && !listener.takesUnplaced(this.key.interface)) continue;
      if (listener.allow && !listener.allow.admits(sender.address)) continue;
      listener.hearer.onDatagram(left > 0 ? Buffer.from(payload) : payload, sender, arrival);
    }
  }

  // A plain socket also gets what came in elsewhere, where another process joined the group there. A sender in the subnet
  // of another interface came in by that one; one in no subnet of ours came through a router, and one in a subnet that two
  // interfaces share by either of them: by an interface unknown.
  #whereFrom({ address }: RemoteInfo): Arrival | undefined {
    const [plain = "", zone] = address.split("%");
    if (zone !== undefined) return isZoneOf(zone, this.key.interface, this.#kept.address?.index) ? this.#known : undefined;
    const kind = familyOf(plain) === "IPv4" ? "ipv4" : "ipv6";
    const isOwn = this.#subnets?.own.check(plain, kind);
    const isOther = this.#subnets?.others.check(plain, kind);
    if (isOwn === isOther) return this.#vague;
    return isOwn ? this.#known : undefined;
  }
}
