import type { BlockList } from "node:net";
import { familyOf, withoutZone } from "../address";
import { errnoOf, McastError } from "../errors";
import { isZoneOf, type LocalInterface, type NetworkSnapshot, subnetsAround } from "../host/interfaces";
import { refusalBy } from "../host/platform";
import { type RemoteInfo, type System, withZoneDecoded } from "../host/system";
import { DrainingSocket } from "./draining-socket";
import type { Heartbeat, HeartbeatListener } from "./heartbeat";
import { openSocket } from "./open-socket";
import type { Arrival } from "./socket-listener";

// The most senders with a known route between two beats. A look-up takes 35 µs (measured on Linux 6.18).
const MAX_ROUTES = 1_000;

/** A unicast reply to the sender of a datagram. */
export interface UnicastReply {
  readonly sender: RemoteInfo;
  readonly arrival: Arrival;
  readonly bytes: Uint8Array;
  readonly ttl: number;
}

/**
 * The outcome of a reply. `repeated`: the datagram already had a reply. `unreachable`: no route back by the interface of arrival is
 * known.
 */
export type ReplyOutcome = "sent" | "repeated" | "unreachable";

/**
 * Sends unicast replies by the interface of arrival, or not at all. Any program can forge a sender's address, so the address
 * selects neither a path nor a socket: there is one socket for each address of this host. A reply goes to senders in a subnet of
 * the interface, and with a TTL above 1 also to senders that the system routes by that interface. Each datagram gets one reply in a
 * process.
 */
export class ReplySockets implements HeartbeatListener {
  readonly #system: System;
  readonly #heartbeat: Heartbeat;
  readonly #users = new Set<object>();
  readonly #sockets = new Map<string, DrainingSocket>();
  readonly #faulty = new Set<string>();
  readonly #routes = new Map<string, string | undefined>();
  readonly #subnets = new Map<string, BlockList>();
  #interfaces: readonly LocalInterface[] = [];
  #lastSender: RemoteInfo | undefined;

  constructor(system: System, heartbeat: Heartbeat) {
    this.#system = system;
    this.#heartbeat = heartbeat;
  }

  /** The number of open sockets: at most one for each address of this host. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Adds a user. The sockets are kept until the last user is released. */
  acquire(user: object): void {
    this.#users.add(user);
    this.#interfaces = this.#heartbeat.snapshot().interfaces;
    this.#heartbeat.add(this);
  }

  async release(user: object): Promise<void> {
    if (!this.#users.delete(user) || this.#users.size > 0) return;
    this.#heartbeat.delete(this);
    this.#forget();
    await Promise.all([...this.#sockets.keys()].map((source) => this.#close(source)));
  }

  /** Sends a reply if possible. `sent` is called once for a sent reply, with the error if there was one. */
  send({ sender, arrival, bytes, ttl }: UnicastReply, sent: (error?: McastError) => void): ReplyOutcome {
    if (sender === this.#lastSender) return "repeated"; // all listeners of a socket get the same object
    const local = this.#interfaces.find(({ name }) => name === arrival.interface);
    const source = local && this.#sourceFor(sender.address, local, ttl);
    const socket = local && source !== undefined ? this.#socketFor(source, local.name) : undefined;
    if (!local || source === undefined || !socket) return "unreachable";
    this.#lastSender = sender;
    const { address, port } = sender;
    const isTaken = socket.send({ bytes, address, port, ttl: Math.max(ttl, 1), loopback: true }, (error) => {
      if (error) this.#faulty.add(source);
      sent(error ? errorOf(error, local.name, this.#system.platform) : undefined);
    });
    if (!isTaken) sent(new McastError("send-dropped", { count: 1 }));
    return "sent";
  }

  beat({ interfaces }: NetworkSnapshot): void {
    const addresses = new Set(interfaces.flatMap((local) => local.addresses.map(({ address }) => address)));
    this.#interfaces = interfaces;
    for (const source of this.#sockets.keys()) {
      if (this.#faulty.has(source) || !addresses.has(withoutZone(source))) void this.#close(source);
    }
    this.#forget();
  }

  #forget(): void {
    this.#routes.clear();
    this.#subnets.clear();
    this.#faulty.clear();
    this.#lastSender = undefined;
  }

  // Returns the local address from which the system sends to an address, if the interface has that local address.
  #sourceFor(address: string, local: LocalInterface, ttl: number): string | undefined {
    const [plain = "", zone] = address.split("%");
    const isOnLink = this.#subnetsOf(local).check(plain, familyOf(plain) === "IPv4" ? "ipv4" : "ipv6");
    if (!isOnLink && ttl <= 1) return undefined;
    if (zone !== undefined && !local.addresses.some(({ index }) => isZoneOf(zone, local.name, index))) return undefined;
    if (ttl === 0 && !local.internal && !this.#isOwn(plain)) return undefined; // TTL 0 does not leave the host
    const key = `${local.name} ${address}`;
    if (this.#routes.has(key)) return this.#routes.get(key);
    if (this.#routes.size >= MAX_ROUTES) return undefined;
    const reply = this.#system.probeRoute({ type: familyOf(plain) === "IPv4" ? "udp4" : "udp6", group: address });
    const source = reply.kind === "source" ? withZoneDecoded(reply.address) : undefined;
    const isRoutedHere = source !== undefined && local.addresses.some((own) => own.address === withoutZone(source));
    this.#routes.set(key, isRoutedHere ? source : undefined);
    return this.#routes.get(key);
  }

  #subnetsOf({ name }: LocalInterface): BlockList {
    const known = this.#subnets.get(name);
    if (known) return known;
    const { own } = subnetsAround(name, this.#interfaces);
    this.#subnets.set(name, own);
    return own;
  }

  #isOwn(address: string): boolean {
    return this.#interfaces.some(({ addresses }) => addresses.some((own) => own.address === address));
  }

  // Returns the socket for a local address. The next beat, not the next datagram, replaces a socket that failed. An IPv6 socket is
  // bound to the interface if the system supports that. An AF_INET6 socket for IPv4 could be bound too, but Node.js cannot set the
  // TTL of its IPv4 datagrams.
  #socketFor(source: string, name: string): DrainingSocket | undefined {
    const known = this.#sockets.get(source);
    if (known || this.#faulty.has(source)) return known;
    try {
      const type = familyOf(source) === "IPv4" ? "udp4" : "udp6";
      const isBound = type === "udp6" && this.#system.bindsToDevice(name);
      const opening = { type, address: source, port: 0, shared: false, interface: name, ...(isBound && { device: name }) } as const;
      const socket = openSocket(opening, this.#system);
      const draining = new DrainingSocket(socket, this.#system);
      socket.on("error", () => {
        if (this.#sockets.get(source) !== draining) return; // it is being closed, and another one may have replaced it
        this.#faulty.add(source);
        void this.#close(source);
      });
      this.#sockets.set(source, draining);
      return draining;
    } catch {
      this.#faulty.add(source);
      return undefined;
    }
  }

  async #close(source: string): Promise<void> {
    const socket = this.#sockets.get(source);
    this.#sockets.delete(source);
    await socket?.close();
  }
}

function errorOf(error: Error, name: string, platform: NodeJS.Platform): McastError {
  const errno = errnoOf(error);
  if (errno === "ECANCELED") return new McastError("closed", {}, error);
  // EACCES means a route that prohibits, or a broadcast address as forged sender. It does not mean a firewall.
  if (errno === "EACCES") return new McastError("send-refused", { interface: name, errno }, error);
  return refusalBy(platform, "send", error, { interface: name });
}
