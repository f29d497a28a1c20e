import type { Digest } from "./keyed-digest";

/** Milliseconds for which an echo is remembered. A loop that takes longer ends at the last hop port. */
export const REMEMBERED_MS = 10_000;

// The most returns that are taken for one echo. Relays that run in parallel bring back several.
const RETURNS_OF_ONE = 8;
const MOST_RETURNS = 2 ** 31;

const SLOTS = 1 << 13;
// The number of neighbouring slots in which a payload may lie. A new payload replaces the oldest of them.
const ROW = 8;

/**
 * The echoes of one relay in the last 10 seconds: the digest of each payload, and the lowest hop at which its echo can come back.
 *
 * A datagram at a lower hop is not a return, however often it comes: repeats, redundant senders and equal devices all arrive at the
 * same hop. A datagram at hop 0 is never a return.
 *
 * A datagram at that hop or above may also come from another sender that is some relays farther away. One echo has only a few
 * returns. So at most 8 datagrams are taken as returns of each echo, and the others pass. This bounds the number of datagrams that
 * a third party can suppress: it would send a payload that another sender sends by way of several relays.
 *
 * There is room for 8192 payloads in 139 kB, allocated with the first echo. A payload that was replaced passes for one more round.
 * At 1000 payloads a second this happens to none in a million with a round trip of 600 ms, and to one in 2500 with 1800 ms.
 */
export class RecentEchoes {
  #low = new Int32Array(0);
  #high = new Int32Array(0);
  /** The lowest hop of a return; 0 in an unused slot. */
  #hops = new Uint8Array(0);
  /** The lowest 32 bits of a time in milliseconds. */
  #echoedAt = new Uint32Array(0);
  /** The number of returns that may still come. */
  #returns = new Uint32Array(0);

  /**
   * Returns true if a payload was echoed, can come back at this hop, and has a return left. Takes that return. `now` is in
   * milliseconds.
   */
  takesBack(digest: Digest, hop: number, now: number): boolean {
    const slot = this.#find(digest, now);
    if (slot < 0 || hop < (this.#hops[slot] ?? 0)) return false;
    const left = this.#returns[slot] ?? 0;
    if (left > 0) this.#returns[slot] = left - 1;
    return left > 0;
  }

  /** Returns true if a payload was echoed and can come back at this hop. */
  knows(digest: Digest, hop: number, now: number): boolean {
    const slot = this.#find(digest, now);
    return slot >= 0 && hop >= (this.#hops[slot] ?? 0);
  }

  /** Adds an echo and the lowest hop at which it can come back, 1 or higher. */
  add(digest: Digest, hop: number, now: number): void {
    if (this.#low.length === 0) this.#allocate();
    const known = this.#find(digest, now);
    const slot = known < 0 ? this.#oldest(digest, now) : known;
    const lowest = known < 0 ? Number.POSITIVE_INFINITY : (this.#hops[slot] ?? 0);
    if (hop > lowest) return;
    const left = hop === lowest ? (this.#returns[slot] ?? 0) : 0;
    this.#returns[slot] = Math.min(left + RETURNS_OF_ONE, MOST_RETURNS);
    this.#low[slot] = digest[0] ?? 0;
    this.#high[slot] = digest[1] ?? 0;
    this.#hops[slot] = hop;
    this.#echoedAt[slot] = now;
  }

  // Returns the slot of a payload that was echoed in the last 10 seconds, or -1.
  #find(digest: Digest, now: number): number {
    const low = digest[0];
    const first = firstSlot(digest);
    for (let slot = first; slot < first + ROW; slot += 1) {
      if (this.#low[slot] === low && this.#high[slot] === digest[1] && this.#ageOf(slot, now) < REMEMBERED_MS) return slot;
    }
    return -1;
  }

  #oldest(digest: Digest, now: number): number {
    const first = firstSlot(digest);
    let oldest = first;
    let most = this.#ageOf(first, now);
    for (let slot = first + 1; slot < first + ROW; slot += 1) {
      const age = this.#ageOf(slot, now);
      if (age <= most) continue;
      oldest = slot;
      most = age;
    }
    return oldest;
  }

  // Returns the age of a slot in milliseconds. The difference of 32 bits is right even after the values have wrapped, which takes
  // 49 days.
  #ageOf(slot: number, now: number): number {
    return this.#hops[slot] === 0 ? Number.POSITIVE_INFINITY : (now - (this.#echoedAt[slot] ?? 0)) >>> 0;
  }

  #allocate(): void {
    this.#low = new Int32Array(SLOTS);
    this.#high = new Int32Array(SLOTS);
    this.#hops = new Uint8Array(SLOTS);
    this.#echoedAt = new Uint32Array(SLOTS);
    this.#returns = new Uint32Array(SLOTS);
  }
}

function firstSlot(digest: Digest): number {
  return (digest[0] ?? 0) & (SLOTS - ROW);
}
