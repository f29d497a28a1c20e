import type { GroupListener, Membership } from "./membership";
import type { Multicast } from "./multicast";
import type { JoinOptions } from "./options";
import { type State, sumUp } from "./state";

/** The groups of one listener: joined and left one by one, or with what is sent to this host itself besides, and summed up in one state. */
export class GroupSet {
  readonly #multicast: Multicast;
  readonly #listener: GroupListener;
  readonly #joined = new Map<string, Membership>();
  readonly #listening = new Map<string, Membership>();

  /** The listener's `onState` is called when any membership's state has changed; `state` then tells the sum. */
  constructor(multicast: Multicast, listener: GroupListener) {
    this.#multicast = multicast;
    this.#listener = listener;
  }

  get state(): State {
    return sumUp([...this.#joined.values(), ...this.#listening.values()].map((membership) => membership.state));
  }

  get joins(): readonly JoinOptions[] {
    return [...this.#joined.values()].map((membership) => membership.options);
  }

  /** Joins groups; one that is joined already stays as it is. */
  join(wanted: readonly JoinOptions[]): void {
    for (const each of wanted) {
      if (!this.#joined.has(keyOf(each))) this.#joined.set(keyOf(each), this.#multicast.join(each, this.#listener));
    }
  }

  /** Leaves groups; one that is not joined is left already. */
  async leave(unwanted: readonly JoinOptions[]): Promise<void> {
    const memberships = unwanted.map((each) => this.#joined.get(keyOf(each)));
    for (const each of unwanted) this.#joined.delete(keyOf(each));
    await Promise.all(memberships.map((membership) => membership?.leave()));
  }

  /** Hears what is sent to this host itself, too: on the port and interfaces of these groups, once for each family. */
  listen(joins: readonly JoinOptions[]): void {
    for (const each of joins) {
      const { family } = each.group;
      if (!this.#listening.has(family)) this.#listening.set(family, this.#multicast.listen(each, this.#listener));
    }
  }

  async close(): Promise<void> {
    const all = [...this.#joined.values(), ...this.#listening.values()];
    this.#joined.clear();
    this.#listening.clear();
    await Promise.all(all.map((membership) => membership.leave()));
  }
}

function keyOf({ group, iface }: JoinOptions): string {
  return `${group.address} ${iface}`;
}
