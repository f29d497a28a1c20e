import type { GroupAndPort } from "./address";
import { type JoinedGroup, joinedGroups } from "./host/igmp-table";
import { eachAddress, eachInterface, type InterfaceTarget } from "./host/interface-target";
import type { NetworkSnapshot } from "./host/interfaces";
import type { System } from "./host/system";
import type { JoinOptions } from "./options/options";
import { Quota } from "./quota";
import { type GroupListener, Membership } from "./receive/membership";
import type { SealedGroup } from "./sealed/sealed-group";
import type { Sealer } from "./sealed/sealer";
import type { Sealing } from "./sealed/sealing";
import type { SendSockets } from "./send/send-path";
import { Sender, type SenderListener } from "./send/sender";
import { SentCounts } from "./send/sent-counts";
import { MAX_WAITING } from "./send/waiting-datagrams";
import type { GroupSocketKey } from "./sockets/group-bind";
import { GroupSocket, type GroupSocketListener } from "./sockets/group-socket";
import { Heartbeat, type HeartbeatListener } from "./sockets/heartbeat";
import { MembershipRefresh } from "./sockets/membership-refresh";
import { LossReader } from "./sockets/receive-losses";
import { ReplySockets } from "./sockets/reply-sockets";
import { REPAIR_EVERY_MS, SendSocket, unicastSocketKey } from "./sockets/send-socket";
import { SocketPool } from "./sockets/socket-pool";

/** Settings of a sender. */
export interface SenderSettings {
  /** True for sockets of its own, which identify its replies or echoes. Otherwise senders share sockets. */
  readonly isPrivate?: boolean;
  /** Counts that several senders of one user share. By default a sender has its own. */
  readonly counts?: SentCounts;
}

/**
 * All multicast of a process over one set of sockets. Users that join the same group on the same interface and port share a socket;
 * so do users that send in the same way. No method throws because of the network: a failure is a state, and the heartbeat repairs
 * it.
 */
export class Multicast implements HeartbeatListener {
  /** The sockets that send replies. */
  readonly replySockets: ReplySockets;
  readonly #system: System;
  readonly #heartbeat: Heartbeat;
  readonly #groupSockets: SocketPool<GroupSocketKey, GroupSocketListener, GroupSocket>;
  readonly #membershipRefresh: MembershipRefresh;
  readonly #sendSockets: SendSockets;
  readonly #waiting = new Quota(MAX_WAITING);
  readonly #sentCounts = new Set<SentCounts>();
  readonly #losses = new LossReader();
  #senders = 0;
  #repairedAt = Number.NEGATIVE_INFINITY;

  constructor(system: System) {
    this.#system = system;
    this.#heartbeat = new Heartbeat(system, this);
    this.#groupSockets = new SocketPool((key) => new GroupSocket(key, system.platform));
    this.replySockets = new ReplySockets(system, this.#heartbeat);
    this.#membershipRefresh = new MembershipRefresh(this.#groupSockets);
    this.#sendSockets = new SocketPool((key) => new SendSocket(key, system, () => this.#snapshotForRepair()));
  }

  /**
   * Joins a group as soon as its interfaces exist, and keeps it joined until `leave()`. With a sealed group, the listener gets only
   * the datagrams that open.
   */
  join(options: JoinOptions, listener: GroupListener, sealed?: SealedGroup | undefined): Membership {
    const { group, port, sources } = options;
    const keyOn = (name: string): GroupSocketKey => ({ group, port, interface: name, sources });
    return new Membership(options, listener, this.#heartbeat, {
      isUnicast: false,
      sealed,
      spread: eachInterface,
      acquire: ({ name }, inlet, snapshot) => this.#groupSockets.acquire(keyOn(name), inlet, snapshot),
      release: ({ name }, inlet) => this.#groupSockets.release(keyOn(name), inlet),
    });
  }

  /**
   * Listens for unicast: datagrams that are sent to this host itself, on a port and on the interfaces chosen for a group. Programs
   * that listen on every address of the port no longer receive these datagrams.
   */
  listenUnicast(options: JoinOptions, listener: GroupListener): Membership {
    const keyOn = (target: InterfaceTarget) => unicastSocketKey(options.group.family, target, options.port);
    return new Membership(options, listener, this.#heartbeat, {
      isUnicast: true,
      spread: (targets, snapshot) => eachAddress(targets, options.group, snapshot),
      acquire: (target, inlet, snapshot) => this.#sendSockets.acquire(keyOn(target), inlet, snapshot),
      release: (target, inlet) => this.#sendSockets.release(keyOn(target), inlet),
    });
  }

  /** Returns an opener for one group and port and one listener. All memberships of the listener in that group must share it. */
  sealedGroup(to: GroupAndPort, sealing: Sealing): SealedGroup {
    return sealing.group(to, this.#system);
  }

  /** Returns a sealer for the datagrams of one sender. */
  sealer(sealing: Sealing): Sealer {
    return sealing.sealer(this.#system);
  }

  /** Returns a sender, which opens its sockets when they are first needed and keeps them until `close()`. */
  sender(listener: SenderListener = {}, { isPrivate = false, counts = this.countSent(listener.label) }: SenderSettings = {}): Sender {
    this.#senders += 1;
    const host = { sockets: this.#sendSockets, system: this.#system, heartbeat: this.#heartbeat, waiting: this.#waiting, counts };
    return new Sender(listener, isPrivate ? `${this.#senders}` : "", host);
  }

  /** Returns counts for the senders of one user, which are listed while they have a user. */
  countSent(label?: string): SentCounts {
    return new SentCounts(label, this.#sentCounts);
  }

  /** The destinations to which datagrams are sent now, by user. */
  get sentCounts(): Iterable<SentCounts> {
    return this.#sentCounts;
  }

  /** All memberships that were not left. */
  get memberships(): readonly Membership[] {
    return [...this.#heartbeat.listeners].filter((listener) => listener instanceof Membership);
  }

  /** The groups that any program has joined on this host; undefined where the system does not list them. */
  get joinedGroups(): readonly JoinedGroup[] | undefined {
    return joinedGroups(this.#system);
  }

  /** Milliseconds on a clock that never jumps. */
  now(): number {
    return this.#system.now();
  }

  /** Calls back once after some milliseconds, without keeping the process alive. Returns a function that cancels it. */
  after(milliseconds: number, callback: () => void): () => void {
    return this.#system.after(milliseconds, callback);
  }

  /** The interfaces of this host that are up and have an address, or the reason why the system does not list them. */
  network(): NetworkSnapshot {
    return this.#heartbeat.snapshot();
  }

  /** The number of sockets that are open or waiting to open; zero while no user listens or sends. */
  get sockets(): { readonly receiving: number; readonly sending: number } {
    return { receiving: this.#groupSockets.size, sending: this.#sendSockets.size + this.replySockets.size };
  }

  beat(snapshot: NetworkSnapshot, interfacesChanged: boolean): void {
    this.#membershipRefresh.beat(snapshot, interfacesChanged);
    for (const socket of this.#sendSockets) socket.check(snapshot, interfacesChanged);
    for (const counts of this.#sentCounts) counts.noteTime(snapshot.system.now());
    this.readLosses();
  }

  /** Reads the kernel's counters of lost datagrams. Each beat reads them too. */
  readLosses(): void {
    this.#losses.read([...this.#groupSockets, ...this.#sendSockets], this.#system);
  }

  // Returns a snapshot for a failed send. Many interfaces may refuse one message, and listing them takes milliseconds (6.6 ms for
  // 403 interfaces, measured). So only the first failed send after a beat gets a new snapshot; the others get one that is up to 50
  // ms old.
  #snapshotForRepair(): NetworkSnapshot {
    const now = this.#system.now();
    if (now - this.#repairedAt < REPAIR_EVERY_MS) return this.#heartbeat.snapshot();
    this.#repairedAt = now;
    return this.#heartbeat.refresh();
  }
}
