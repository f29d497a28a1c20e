const WINDOW_MS = 2_000;
const FORGOTTEN_MS = 10_000;
const SLOTS = 1 << 13;

/**
 * Counts how often each key came in the current window of 2 seconds, and in the window before it. A key that did not come for 10
 * seconds is new.
 * The table takes 262 kB for any number of keys. If two keys share a slot, the later key replaces the earlier one and counts as
 * new.
 */
export class RecentCounts {
  readonly slots = SLOTS;
  readonly #low = new Int32Array(SLOTS);
  readonly #high = new Int32Array(SLOTS);
  readonly #lastAt = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY);
  readonly #windowAt = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY);
  readonly #counts = new Uint32Array(SLOTS);
  readonly #before = new Uint32Array(SLOTS);
  #isNew = false;

  /** True if the key that was counted last was new. */
  get isNew(): boolean {
    return this.#isNew;
  }

  /** Counts a key of 64 bits once more. Returns its slot. */
  count(low: number, high: number, now: number): number {
    const slot = low & (SLOTS - 1);
    this.#isNew = this.#low[slot] !== low || this.#high[slot] !== high || now - (this.#lastAt[slot] ?? 0) >= FORGOTTEN_MS;
    if (this.#isNew) {
      this.#low[slot] = low;
      this.#high[slot] = high;
      this.#windowAt[slot] = Number.NEGATIVE_INFINITY;
    }
    this.#lastAt[slot] = now;
    this.#turn(slot, now);
    this.#counts[slot] = this.within(slot) + 1;
    return slot;
  }

  /** Returns how often the key of a slot came in the current window. */
  within(slot: number): number {
    return this.#counts[slot] ?? 0;
  }

  /** Returns how often the key of a slot came in the current window and the one before: in the last 2 to 4 seconds. */
  lately(slot: number): number {
    return this.within(slot) + (this.#before[slot] ?? 0);
  }

  /** Returns the start of the current window of a slot. */
  windowAt(slot: number): number {
    return this.#windowAt[slot] ?? 0;
  }

  /** Counts the key of a slot once more, at a time before the current window. The window then starts at that time. */
  countEarlier(slot: number, at: number): void {
    this.#windowAt[slot] = at;
    this.#counts[slot] = this.within(slot) + 1;
  }

  #turn(slot: number, now: number): void {
    const age = now - (this.#windowAt[slot] ?? 0);
    if (age < WINDOW_MS) return;
    this.#before[slot] = age < 2 * WINDOW_MS ? this.within(slot) : 0;
    this.#counts[slot] = 0;
    this.#windowAt[slot] = now;
  }
}
