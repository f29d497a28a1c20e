import type { RemoteInfo } from "./host/system";
import type { Multicast } from "./multicast";
import type { JoinOptions } from "./options/options";
import type { GroupListener, Membership } from "./receive/membership";
import type { Arrival } from "./sockets/group-socket";
import { type State, sumUp } from "./state";

/** The groups of one listener: joined and left one by one, and summed up in one state. */
export class GroupSet implements GroupListener {
  readonly #multicast: Multicast;
  readonly #listener: GroupListener;
  readonly #unicast: boolean;
  readonly #joined = new Map<string, Membership>();
  readonly #twins = new Map<string, Membership>();
  #last: RemoteInfo | undefined;

  /**
   * With `unicast`, what is sent to this host itself is heard too, on the port and the interfaces of the groups. The listener's
   * `onState` is called when the state of one of them has changed; `state` then tells the sum.
   */
  constructor(multicast: Multicast, listener: GroupListener, unicast: boolean) {
    this.#multicast = multicast;
    this.#listener = listener;
    this.#unicast = unicast;
  }

  get state(): State {
    return sumUp([...this.#joined.values(), ...this.#twins.values()].map((membership) => membership.state));
  }

  get joins(): readonly JoinOptions[] {
    return [...this.#joined.values()].map((membership) => membership.options);
  }

  /** Joins groups; one that is joined already stays as it is. */
  join(wanted: readonly JoinOptions[]): void {
    for (const each of wanted) {
      if (!this.#joined.has(keyOf(each))) this.#joined.set(keyOf(each), this.#multicast.join(each, this));
    }
    this.#pair();
  }

  /** Leaves groups, those of the same address where none has the same interfaces; one that is not joined is left already. */
  leave(unwanted: readonly JoinOptions[]): void {
    for (const each of unwanted) {
      const alike = this.joins.filter(({ group }) => group.address === each.group.address);
      const meant = this.#joined.has(keyOf(each)) ? [each] : alike;
      for (const left of meant) drop(this.#joined, keyOf(left));
    }
    this.#pair();
  }

  /** Hears each datagram once, though a group that is joined on one interface under two names brings it twice. */
  onDatagram(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void {
    if (sender === this.#last) return;
    this.#last = sender;
    this.#listener.onDatagram(payload, sender, arrival);
  }

  onState(state: State): void {
    this.#listener.onState?.(state);
  }

  async close(): Promise<void> {
    const all = [...this.#joined.values(), ...this.#twins.values()];
    this.#joined.clear();
    this.#twins.clear();
    await Promise.all(all.map((membership) => membership.leave()));
  }

  // One twin for all groups of a family on the same interfaces.
  #pair(): void {
    if (!this.#unicast) return;
    const wanted = new Map(this.joins.map((each) => [`${each.group.family} ${each.iface}`, each]));
    for (const key of this.#twins.keys()) {
      if (!wanted.has(key)) drop(this.#twins, key);
    }
    for (const [key, options] of wanted) {
      if (!this.#twins.has(key)) this.#twins.set(key, this.#multicast.listen(options, this));
    }
  }
}

function keyOf({ group, iface }: JoinOptions): string {
  return `${group.address} ${iface}`;
}

function drop(memberships: Map<string, Membership>, key: string): void {
  void memberships.get(key)?.leave();
  memberships.delete(key);
}
