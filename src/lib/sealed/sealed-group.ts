import type { GroupAndPort } from "../address";
import type { McastError } from "../errors";
import { type Opened, Opener, type OpenerOptions } from "./opener";
import { type RefusalCounts, Refusals } from "./refusals";
import type { Clock } from "./sealed-format";

const TICK_MS = 1_000;
const NONE: readonly McastError[] = [];

/** Clocks and timer of a sealed group. */
export interface SealedGroupClock extends Clock {
  after(milliseconds: number, callback: () => void): () => void;
}

/** A user of a sealed group. `onChange` is called when the warning changes. */
export interface SealedGroupUser {
  onChange(): void;
}

/**
 * One group and port whose datagrams are sealed, for one listener, on all of its interfaces. Opens the datagrams, and warns of
 * refused ones. All memberships of the listener in that group share one instance.
 */
export class SealedGroup {
  readonly #opener: Opener;
  readonly #refusals = new Refusals();
  readonly #clock: SealedGroupClock;
  readonly #users = new Set<SealedGroupUser>();
  #warnings = NONE;
  #cancelTimer: (() => void) | undefined;

  constructor({ group, port }: GroupAndPort, { key, freshness }: Pick<OpenerOptions, "key" | "freshness">, clock: SealedGroupClock) {
    this.#opener = new Opener({ key, freshness, group, port, clock });
    this.#clock = clock;
  }

  /** The warning about refused datagrams, while there is one. */
  get warnings(): readonly McastError[] {
    return this.#warnings;
  }

  /** The numbers of refused datagrams, by kind. */
  get refused(): RefusalCounts {
    return this.#refusals.counts;
  }

  /** One warning for each refused kind, with the number since the start. */
  get summary(): readonly McastError[] {
    return this.#refusals.summary;
  }

  add(user: SealedGroupUser): void {
    this.#users.add(user);
  }

  /** Removes a user. With the last user, it cancels the timer. */
  delete(user: SealedGroupUser): void {
    if (this.#users.delete(user) && this.#users.size === 0) this.#cancelTimer?.();
  }

  /** Opens a datagram. Returns undefined for a refused one. `sender` is the address of its sender, for the warning. */
  open(datagram: Buffer, sender: string): Opened | undefined {
    const result = this.#opener.open(datagram);
    if (result.kind === "opened") return result;
    this.#refusals.count(result, sender, this.#clock.now());
    if (result.kind !== "repeated" && !this.#cancelTimer) this.#check();
    return undefined;
  }

  // Updates the warning. Runs once a second while there is a warning, not for each datagram.
  #check(): void {
    const warning = this.#refusals.warning(this.#clock.now());
    const hasChanged = warning?.message !== this.#warnings[0]?.message;
    if (hasChanged) this.#warnings = warning ? [warning] : NONE;
    this.#cancelTimer = warning && this.#users.size > 0 ? this.#clock.after(TICK_MS, () => this.#check()) : undefined;
    if (hasChanged) for (const user of this.#users) user.onChange();
  }
}
