import { type InterfaceTarget, targetKey } from "../host/interface-target";
import type { NetworkSnapshot } from "../host/interfaces";
import { callListener } from "../listener-fault";
import type { JoinOptions } from "../options/options";
import type { SealedGroup } from "../sealed/sealed-group";
import type { GroupSocket } from "../sockets/group-socket";
import type { Heartbeat, HeartbeatListener } from "../sockets/heartbeat";
import { InterfaceSockets, type SocketSource } from "../sockets/interface-sockets";
import type { SendSocket } from "../sockets/send-socket";
import type { DatagramListener } from "../sockets/socket-listener";
import { CLOSED, combineStates, type State, sameState } from "../state";
import { AllowList } from "./allow-list";
import { type InletOwner, ReceiveInlet } from "./receive-inlet";

/** Receives the datagrams of a group, and the state of its membership when that changes. */
export interface GroupListener extends DatagramListener {
  /** A name under which `activity` lists the listener, such as the id of a node. */
  readonly label?: string | undefined;
  onState?(state: State): void;
}

export type AnySocket = GroupSocket | SendSocket;

/** Acquires and releases the socket for a target and an inlet. */
export interface InletSource {
  /** True for sockets that receive unicast. */
  readonly isUnicast: boolean;
  /** The opener of the group; undefined if its datagrams are not sealed. */
  readonly sealed?: SealedGroup | undefined;
  readonly spread: SocketSource<AnySocket>["spread"];
  acquire(target: InterfaceTarget, inlet: ReceiveInlet, snapshot: NetworkSnapshot): AnySocket;
  release(target: InterfaceTarget, inlet: ReceiveInlet): Promise<void>;
}

/** The counts of one listener, over all interfaces, since it joined. */
export interface ListenerCounts {
  readonly received: number;
  readonly bytes: number;
  readonly filtered: number;
  readonly refused: number;
  /** The datagrams that its sockets lost, also those for other listeners of these sockets. Missing if the system does not count them. */
  readonly lost?: number;
}

/** One listener's use of one socket. */
export interface MembershipSocket {
  readonly socket: AnySocket;
  readonly inlet: ReceiveInlet;
}

/** One listener's membership of one group, or its share of one unicast port, on every interface that its choice selects. */
export class Membership implements InletOwner, HeartbeatListener {
  readonly options: JoinOptions;
  readonly refreshEvery: number;
  /** True if the membership receives unicast on the port, and not the group. */
  readonly isUnicast: boolean;
  readonly sealed: SealedGroup | undefined;
  readonly #listener: GroupListener;
  readonly #allow: AllowList | undefined;
  readonly #uses = new Map<string, MembershipSocket>();
  readonly #heartbeat: Heartbeat;
  readonly #sockets: InterfaceSockets<AnySocket>;
  #state: State = CLOSED;
  #past = NO_COUNTS;

  constructor(options: JoinOptions, listener: GroupListener, heartbeat: Heartbeat, source: InletSource) {
    const { group, iface, allow, refresh } = options;
    this.options = options;
    this.isUnicast = source.isUnicast;
    this.refreshEvery = refresh > 0 ? refresh * 1000 : Number.POSITIVE_INFINITY;
    this.#listener = listener;
    this.#allow = allow.length > 0 ? new AllowList(allow) : undefined;
    this.sealed = source.sealed;
    this.sealed?.add(this);
    this.#heartbeat = heartbeat;
    this.#sockets = new InterfaceSockets(iface, group, {
      spread: source.spread,
      acquire: (target, snapshot) => this.#acquire(target, source, snapshot),
      release: (target) => this.#release(target, source),
    });
    this.#sockets.reconcile(heartbeat.snapshot());
    this.#state = this.#stateNow();
    heartbeat.add(this);
  }

  get state(): State {
    return this.#state;
  }

  /** The label of the listener. */
  get label(): string | undefined {
    return this.#listener.label;
  }

  /** The sockets with the listener's inlet on each. */
  get sockets(): readonly MembershipSocket[] {
    return [...this.#uses.values()];
  }

  /** The counts of what the listener has received since it joined. */
  get counts(): ListenerCounts {
    return sumCounts([this.#past, ...this.sockets.map(countsOf)]);
  }

  /** Returns true while the membership has a socket on an interface, working or not. */
  uses(interfaceName: string): boolean {
    return this.#sockets.uses(interfaceName);
  }

  /**
   * Leaves the group. The listener gets neither datagrams nor states afterwards. A second call does nothing. The promise settles
   * when the sockets without another user are closed.
   */
  async leave(): Promise<void> {
    this.#state = CLOSED;
    this.#heartbeat.delete(this);
    this.sealed?.delete(this);
    await this.#sockets.releaseAll();
  }

  beat(snapshot: NetworkSnapshot): void {
    for (const { inlet } of this.#uses.values()) inlet.counts.noteTime(snapshot.system.now());
    if (this.#sockets.reconcile(snapshot)) this.onChange();
  }

  acceptsUnknownInterface(interfaceName: string): boolean {
    let first: string | undefined;
    for (const { target, socket } of this.#sockets.sockets) {
      if (!socket.failure) return interfaceName === target.name;
      first ??= target.name;
    }
    return interfaceName === first; // the first one may still receive if every socket has failed
  }

  onChange(): void {
    const state = this.#stateNow();
    if (this.#state === CLOSED || sameState(state, this.#state)) return;
    this.#state = state;
    callListener(() => this.#listener.onState?.(state));
  }

  #stateNow(): State {
    const { state } = this.#sockets;
    const warnings = this.sealed?.warnings ?? [];
    return warnings.length > 0 ? combineStates([state], warnings) : state;
  }

  #acquire(target: InterfaceTarget, source: InletSource, snapshot: NetworkSnapshot): AnySocket {
    const inlet = new ReceiveInlet(this.#listener, this.#allow, this);
    const socket = source.acquire(target, inlet, snapshot);
    this.#uses.set(targetKey(target), { socket, inlet });
    return socket;
  }

  async #release(target: InterfaceTarget, source: InletSource): Promise<void> {
    const key = targetKey(target);
    const use = this.#uses.get(key);
    if (!use) return;
    this.#uses.delete(key);
    this.#past = sumCounts([this.#past, countsOf(use)]);
    await source.release(target, use.inlet);
  }
}

const NO_COUNTS: ListenerCounts = { received: 0, bytes: 0, filtered: 0, refused: 0 };

function countsOf({ socket, inlet }: MembershipSocket): ListenerCounts {
  const { lost } = socket.losses;
  const { counts, filtered, refused } = inlet;
  return { received: counts.received, bytes: counts.bytes, filtered, refused, ...(lost !== undefined && { lost }) };
}

/** Adds up counts. A count that is missing in all of them is missing in the sum. */
export function sumCounts(all: readonly ListenerCounts[]): ListenerCounts {
  return all.reduce((one, other) => {
    const lost = one.lost === undefined ? other.lost : one.lost + (other.lost ?? 0);
    return {
      received: one.received + other.received,
      bytes: one.bytes + other.bytes,
      filtered: one.filtered + other.filtered,
      refused: one.refused + other.refused,
      ...(lost !== undefined && { lost }),
    };
  }, NO_COUNTS);
}
