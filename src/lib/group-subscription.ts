import { McastError } from "./errors";
import type { RemoteInfo } from "./host/system";
import { callListener } from "./listener-fault";
import type { Multicast } from "./multicast";
import type { JoinOptions } from "./options/options";
import { ifaceKey } from "./options/properties";
import { type GroupListener, type ListenerCounts, type Membership, sumCounts } from "./receive/membership";
import type { SealedGroup } from "./sealed/sealed-group";
import type { Sealing } from "./sealed/sealing";
import type { Arrival } from "./sockets/socket-listener";
import { combineStates, type State, sameState } from "./state";

// The most groups of one listener, since each message may join a group. Each group has a socket on each interface.
const MAX_GROUPS = 4_096;

/** Settings of a subscription. */
export interface SubscriptionSettings {
  /** True to receive also datagrams that are sent to this host itself, on the port and the interfaces of the groups. */
  readonly unicast?: boolean;
  /** The key of the groups; undefined if their datagrams are not sealed. */
  readonly sealing?: Sealing | undefined;
}

/**
 * The groups of one listener, joined and left one by one, with one combined state. The listener gets each datagram once, even if
 * two of the groups are the same group on the same interface under two names.
 */
export class GroupSubscription<J extends JoinOptions = JoinOptions> implements GroupListener {
  readonly #multicast: Multicast;
  readonly #listener: GroupListener;
  readonly #unicast: boolean;
  readonly #sealing: Sealing | undefined;
  readonly #groups = new Map<string, Joined<J>>();
  /** Undefined until the first one is needed, because most subscriptions have none. */
  #unicastTwins: Map<string, Membership> | undefined;
  #lastState: State = combineStates([]);
  #lastSender: RemoteInfo | undefined;

  /** The listener's `onState` gets each change of the combined state, except during a call of `join` or `leave`. */
  constructor(multicast: Multicast, listener: GroupListener, { unicast = false, sealing }: SubscriptionSettings = {}) {
    this.#multicast = multicast;
    this.#listener = listener;
    this.#unicast = unicast;
    this.#sealing = sealing;
  }

  get state(): State {
    return combineStates(this.allMemberships.map((membership) => membership.state));
  }

  /** The label of the listener. */
  get label(): string | undefined {
    return this.#listener.label;
  }

  /** The options of the joined groups, in the order in which they were joined. */
  get joins(): readonly J[] {
    return [...this.#groups.values()].map(({ join }) => join);
  }

  get memberships(): readonly Membership[] {
    return [...this.#groups.values()].map(({ membership }) => membership);
  }

  /** The memberships of the groups, and those that receive unicast. */
  get allMemberships(): readonly Membership[] {
    return [...this.memberships, ...(this.#unicastTwins?.values() ?? [])];
  }

  /** The counts of the groups that are joined now, since they were joined. */
  get counts(): ListenerCounts {
    return sumCounts(this.allMemberships.map(({ counts }) => counts));
  }

  /** The number of datagrams whose sender is not allowed. */
  get filtered(): number {
    return this.counts.filtered;
  }

  /** One warning for each group and kind of datagrams that did not open, with their number. */
  get refused(): readonly McastError[] {
    const sealed = new Set([...this.#groups.values()].map((each) => each.sealed));
    return [...sealed].flatMap((each) => each?.summary ?? []);
  }

  /**
   * Joins groups. A group that is already joined stays unchanged. Throws ERR_MCAST_JOIN, and joins none of them, if there would be
   * more than 4,096 groups.
   */
  join(wanted: readonly J[]): void {
    const all = new Set([...this.#groups.keys(), ...wanted.map(keyOf)]);
    if (all.size > MAX_GROUPS) throw new McastError("join-crowded", { count: MAX_GROUPS });
    for (const join of wanted) {
      const key = keyOf(join);
      if (this.#groups.has(key)) continue;
      const sealed = this.#sealedGroupFor(join);
      this.#groups.set(key, { join, sealed, membership: this.#multicast.join(join, this, sealed) });
    }
    this.#pairUnicast();
    this.#lastState = this.state;
  }

  /**
   * Leaves groups. A group without a zone leaves the membership on exactly those interfaces; if there is none, it leaves the same
   * address on all interfaces. A group with a zone leaves that one only. Leaving a group that is not joined does nothing.
   */
  leave(unwanted: readonly J[]): void {
    for (const each of unwanted) {
      for (const key of this.#keysMeantBy(each)) {
        void this.#groups.get(key)?.membership.leave();
        this.#groups.delete(key);
      }
    }
    this.#pairUnicast();
    this.#lastState = this.state;
  }

  onDatagram(payload: Buffer, sender: RemoteInfo, arrival: Arrival, _echoed?: undefined, sealedAt?: number): void {
    // A socket passes the same sender object with all copies of a datagram.
    if (sender === this.#lastSender) return;
    this.#lastSender = sender;
    this.#listener.onDatagram(payload, sender, arrival, undefined, sealedAt);
  }

  onState(): void {
    const { state } = this;
    if (sameState(state, this.#lastState)) return;
    this.#lastState = state;
    callListener(() => this.#listener.onState?.(state));
  }

  /** Leaves every group. The promise settles when the sockets without another user are closed. */
  async close(): Promise<void> {
    const all = this.allMemberships;
    this.#groups.clear();
    this.#unicastTwins?.clear();
    await Promise.all(all.map((membership) => membership.leave()));
  }

  // Two memberships of one group and port share an opener, so that it delivers each datagram once.
  #sealedGroupFor(join: J): SealedGroup | undefined {
    if (!this.#sealing) return undefined;
    const known = [...this.#groups.values()].find((each) => each.join.group.address === join.group.address && each.join.port === join.port);
    return known?.sealed ?? this.#multicast.sealedGroup(join, this.#sealing);
  }

  #keysMeantBy(unwanted: J): readonly string[] {
    const key = keyOf(unwanted);
    if (this.#groups.has(key)) return [key];
    if (unwanted.zone !== undefined) return [];
    return this.joins.filter(({ group }) => group.address === unwanted.group.address).map(keyOf);
  }

  // All groups of a family on the same interfaces share one unicast twin.
  #pairUnicast(): void {
    if (!this.#unicast) return;
    this.#unicastTwins ??= new Map();
    const wanted = new Map(this.joins.map((join) => [`${join.group.family} ${ifaceKey(join.iface)}`, join]));
    for (const [key, twin] of this.#unicastTwins) {
      if (wanted.has(key)) continue;
      void twin.leave();
      this.#unicastTwins.delete(key);
    }
    for (const [key, join] of wanted) {
      if (!this.#unicastTwins.has(key)) this.#unicastTwins.set(key, this.#multicast.listenUnicast(join, this));
    }
  }
}

interface Joined<J> {
  readonly join: J;
  readonly membership: Membership;
  readonly sealed: SealedGroup | undefined;
}

function keyOf({ group, iface }: JoinOptions): string {
  return `${group.address} ${ifaceKey(iface)}`;
}
