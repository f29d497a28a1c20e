import type { BlockList } from "node:net";
import { familyOf, MAPPED, withoutMapping } from "../address";
import type { McastError } from "../errors";
import { isJoined } from "../host/igmp-table";
import { isZoneOf, type LocalAddress, type NetworkSnapshot, SYSTEM_CHOICE, subnetsAround } from "../host/interfaces";
import { socketInterface } from "../host/own-address";
import { platformOf, refusalBy } from "../host/platform";
import { type RemoteInfo, type Socket, type System, withZoneDecoded } from "../host/system";
import { bindToGroup, type GroupSocketKey } from "./group-bind";
import { joinGroup, leaveGroup, probeMembership, type SocketMembership } from "./group-join";
import { ManagedSocket } from "./managed-socket";
import { ReceiveCounts } from "./receive-counts";
import { type LossySocket, ReceiveLosses } from "./receive-losses";
import type { Arrival, SocketListener } from "./socket-listener";

/** One listener of a group socket. */
export interface GroupSocketListener extends SocketListener {
  /** Milliseconds between refreshes of the membership; `Infinity` for never. */
  readonly refreshEvery: number;
  /**
   * Returns true if the listener takes datagrams of unknown interface from the socket of this interface. Each socket of the
   * listener receives a copy of such a datagram, so the listener must take them from one socket only.
   */
  acceptsUnknownInterface(interfaceName: string): boolean;
}

/** One group on one interface and port, joined until `close()`, and shared by all listeners. */
export class GroupSocket implements LossySocket {
  readonly key: GroupSocketKey;
  readonly listeners = new Set<GroupSocketListener>();
  readonly counts = new ReceiveCounts();
  readonly losses = new ReceiveLosses();
  /** The number of times that the membership was refreshed. */
  refreshed = 0;
  /** The number of times that the system had lost the membership and it was joined again. */
  healed = 0;
  #isMembershipLost = false;
  #refreshedAt = 0;
  readonly #platform: NodeJS.Platform;
  readonly #managed: ManagedSocket<Socket>;
  readonly #onInterface: Arrival;
  readonly #onUnknownInterface: Arrival;
  #subnets: { own: BlockList; others: BlockList } | undefined;
  #subnetsOf: NetworkSnapshot["interfaces"] | undefined;

  constructor(key: GroupSocketKey, platform: NodeJS.Platform) {
    this.key = key;
    this.#platform = platform;
    this.#onUnknownInterface = { group: key.group.address, port: key.port };
    this.#onInterface = { ...this.#onUnknownInterface, interface: key.interface };
    this.#managed = new ManagedSocket({
      target: { name: key.interface },
      family: key.group.family,
      // Linux keeps a membership by the index of its interface (measured on Linux 6.18).
      outlivesAddress: platformOf(platform).hasProcTables,
      open: (address, snapshot) => this.#open(address, snapshot),
      probe: (socket, address) => {
        this.#isMembershipLost = !probeMembership(this.#membershipOf(socket, address));
        return !this.#isMembershipLost;
      },
      restore: (socket, address, system) => this.#restore(this.#membershipOf(socket, address), system),
      close: (socket) => socket.close(),
      onChange: () => this.onChange(),
    });
  }

  /** The reason why the group is not joined here; undefined while it is. */
  get failure(): McastError | undefined {
    return this.#managed.failure;
  }

  get localPort(): number {
    return this.key.port;
  }

  /** The number of times that the socket was opened anew. */
  get reopened(): number {
    return this.#managed.reopened;
  }

  onChange(): void {
    for (const listener of this.listeners) listener.onChange();
  }

  check(snapshot: NetworkSnapshot, eager: boolean): void {
    this.counts.noteTime(snapshot.system.now());
    const { socket, failure } = this.#managed;
    this.#managed.check(snapshot, eager);
    // The interface was away, and the switch may have forgotten this host: refresh at once.
    if (failure && !this.failure && socket && socket === this.#managed.socket) this.#refreshedAt = Number.NEGATIVE_INFINITY;
    if (!this.#subnets || snapshot.interfaces === this.#subnetsOf) return;
    this.#subnets = subnetsAround(this.key.interface, snapshot.interfaces);
    this.#subnetsOf = snapshot.interfaces;
  }

  /** Returns false if the membership was lost; the next check then joins again. */
  probe(snapshot: NetworkSnapshot): boolean {
    return this.#managed.probe(snapshot);
  }

  /** Returns true if the shortest refresh interval of the listeners has passed. */
  isRefreshDue(now: number): boolean {
    for (const { refreshEvery } of this.listeners) {
      if (refreshEvery < Number.POSITIVE_INFINITY && now - this.#refreshedAt >= refreshEvery) return true;
    }
    return false;
  }

  /** Starts the refresh interval anew. */
  markRefreshed(now: number): void {
    this.#refreshedAt = now;
  }

  /** Drops the membership: the first half of a refresh. The kernel reports it once every socket of the process has done so. */
  dropMembership(): void {
    this.#changeMembership(leaveGroup);
  }

  /** Adds the membership again: the second half of a refresh. */
  addMembership(): void {
    if (this.#changeMembership(joinGroup)) this.refreshed += 1;
  }

  /** Leaves the group by closing the socket: dropping by an address that is gone would leak the kernel's membership. */
  close(): void {
    this.#managed.close();
  }

  // Returns true if the membership was changed.
  #changeMembership(change: (membership: SocketMembership) => void): boolean {
    const { socket, address, failure } = this.#managed;
    if (!socket || !address || failure) return false;
    try {
      change(this.#membershipOf(socket, address));
      return true;
    } catch {
      this.#managed.markFaulty(); // the interface disappeared meanwhile: the next check opens the socket anew
      return false;
    }
  }

  #open(address: LocalAddress, snapshot: NetworkSnapshot): Socket {
    const { socket, isExact } = bindToGroup(this.key, address, snapshot.system);
    try {
      joinGroup(this.#membershipOf(socket, address));
    } catch (error) {
      socket.close();
      throw error;
    }
    if (this.#isMembershipLost) this.healed += 1;
    this.#isMembershipLost = false;
    this.losses.follow(socket, snapshot.system);
    // Refreshes the membership at once. The kernel reports nothing for a second socket, but the switch may have forgotten this
    // host.
    this.#refreshedAt = this.#managed.socket ? Number.NEGATIVE_INFINITY : snapshot.system.now();
    this.#subnets = isExact ? undefined : subnetsAround(this.key.interface, snapshot.interfaces);
    if (isExact) socket.on("message", (payload, sender) => this.#deliver(payload, sender, this.#onInterface));
    else socket.on("message", (payload, sender) => this.#deliverByArrival(payload, sender));
    socket.on("error", (error) => {
      this.#managed.markFaulty();
      this.#managed.countFault(refusalBy(this.#platform, "bind", error, { port: this.key.port, interface: this.key.interface }));
    });
    return socket;
  }

  // An MTU below 1280 ends the IPv6 memberships of an interface, while a second join still says that they exist. Another socket that
  // joins is no remedy: the one that is closed then takes the kernel's membership along (measured on Linux 6.18).
  #restore(membership: SocketMembership, system: System): boolean {
    const { interface: own, group } = this.key;
    const wasJoined = isJoined(group.address, own, system);
    if (wasJoined) return true;
    try {
      leaveGroup(membership);
      joinGroup(membership);
      if (wasJoined === false) this.healed += 1; // undefined if the system does not list the groups
      return true;
    } catch {
      return false;
    }
  }

  #membershipOf(socket: Socket, address: LocalAddress): SocketMembership {
    const local = socketInterface(this.key.interface, address, this.#platform);
    return { socket, key: this.key, local, platform: this.#platform };
  }

  #deliverByArrival(payload: Buffer, sender: RemoteInfo): void {
    const arrival = this.#arrivalOf(sender);
    if (arrival) this.#deliver(payload, sender, arrival);
  }

  #deliver(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void {
    const family: unknown = sender.family; // a number in Node.js 18.0 to 18.3
    if (family !== "IPv4" && family !== 4) this.#normalize(sender);
    this.counts.add(payload, sender);
    let left = this.listeners.size;
    for (const listener of this.listeners) {
      if (left === 0) return; // a listener that joined during this delivery starts with the next datagram
      left -= 1; // the last listener gets the original, which no listener before it could change
      if (arrival === this.#onUnknownInterface && !listener.acceptsUnknownInterface(this.key.interface)) continue;
      listener.receive(left > 0 ? Buffer.from(payload) : payload, sender, arrival);
    }
  }

  // Gives a sender its usual address. An IPv6 socket shows an IPv4 sender as `::ffff:192.168.1.5`. A socket that is bound to an IPv4
  // group has no other senders.
  #normalize(sender: RemoteInfo): void {
    const { address } = sender;
    const plain = this.key.group.family === "IPv4" ? address.slice(MAPPED.length) : withoutMapping(address);
    if (plain !== address) {
      sender.address = plain;
      sender.family = "IPv4";
    } else if (address.includes("%")) sender.address = withZoneDecoded(address);
  }

  // Returns the arrival of a datagram; undefined for one from another interface. A plain socket also receives datagrams of other
  // interfaces on which another program joined the group. The sender's subnet shows the interface: a sender in another interface's
  // subnet is ignored. A sender in no subnet, or in a subnet of two interfaces, may have come in by any interface.
  #arrivalOf({ address }: RemoteInfo): Arrival | undefined {
    if (this.key.interface === SYSTEM_CHOICE) return this.#onUnknownInterface;
    const [plain = "", zone] = withZoneDecoded(address).split("%");
    if (zone !== undefined) return isZoneOf(zone, this.key.interface, this.#managed.address?.index) ? this.#onInterface : undefined;
    const kind = familyOf(plain) === "IPv4" ? "ipv4" : "ipv6";
    const isOwn = this.#subnets?.own.check(plain, kind);
    const isOther = this.#subnets?.others.check(plain, kind);
    if (isOwn === isOther) return this.#onUnknownInterface;
    return isOwn ? this.#onInterface : undefined;
  }
}
