import type { RemoteInfo } from "../host/system";

// These ended every loop that was tried, and passed one sender that repeats a payload a hundred times a second, redundant senders
// of the same payloads, and a hundred devices that all answer the same (measured).
const MOST_FROM_OTHER = 8;
const MOST_FROM_ANY = 200;
const WINDOW_MS = 1_000;
const HOLD_MS = 3_000;

// A payload that goes round is back within some milliseconds: it is seldom forgotten for another one that has the same slot.
const SLOTS = 1 << 14;

/**
 * Counts the copies of payloads, by their digests. What goes round between machines comes back from another endpoint than it first
 * came from: after 8 such copies within a second from one address, or 200 from any, a payload is held for 3 seconds, in which the
 * loop dies. By address, since many devices may well answer the same once each, and what goes round may come from a new port each time.
 * It takes half a megabyte, once something is to be counted, and no more however much that is.
 */
export class DuplicateCounter {
  readonly #heldUntil = new Map<number, number>();
  #sweptAt = Number.NEGATIVE_INFINITY;
  readonly #copies = new Tally();
  readonly #returns = new Tally();
  /** The endpoint that the payload of each slot of the copies came from first. */
  readonly #origins = new Int32Array(SLOTS);

  /** Counts one more copy; false while the payload is to be held. `now` is in milliseconds. */
  admits(digest: number, sender: RemoteInfo, now: number): boolean {
    if (this.#heldUntil.size > 0 && this.#isHeld(digest, now)) return false;
    const address = hashOf(sender.address);
    const origin = originOf(address, sender);
    const copies = this.#copies.count(digest, now);
    const slot = slotOf(digest);
    if (copies === 1) this.#origins[slot] = origin;
    const returns = this.#origins[slot] === origin ? 0 : this.#returns.count(Math.imul(digest ^ address, 0x9e3779b1), now);
    if (returns <= MOST_FROM_OTHER && copies <= MOST_FROM_ANY) return true;
    this.#heldUntil.set(digest, now + HOLD_MS);
    return false;
  }

  #isHeld(digest: number, now: number): boolean {
    if (now - this.#sweptAt >= HOLD_MS) this.#sweep(now);
    return now < (this.#heldUntil.get(digest) ?? 0);
  }

  // Now and then, and not for each datagram: a Map whose first entries go one by one is walked through what they leave behind.
  #sweep(now: number): void {
    this.#sweptAt = now;
    for (const [held, until] of this.#heldUntil) {
      if (until <= now) this.#heldUntil.delete(held);
    }
  }
}

/** How often each key came within a second of its first time, up to 255 times. A key is forgotten for another one of its slot. */
class Tally {
  readonly #keys = new Int32Array(SLOTS);
  readonly #since = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY);
  readonly #counts = new Uint8ClampedArray(SLOTS);

  /** Counts one more, and tells how many that makes. */
  count(key: number, now: number): number {
    const slot = slotOf(key);
    if (this.#keys[slot] !== key || now - (this.#since[slot] ?? 0) >= WINDOW_MS) {
      this.#keys[slot] = key;
      this.#since[slot] = now;
      this.#counts[slot] = 0;
    }
    const count = (this.#counts[slot] ?? 0) + 1;
    this.#counts[slot] = count;
    return count;
  }
}

function slotOf(key: number): number {
  return key & (SLOTS - 1);
}

// The endpoint it came from, and its size: what goes round in the words of HEAR is longer each time, if from one endpoint.
function originOf(address: number, { port, size }: RemoteInfo): number {
  return Math.imul(address ^ (port << 16) ^ size, 0x01000193);
}

function hashOf(address: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < address.length; at += 1) hash = Math.imul(hash ^ address.charCodeAt(at), 0x01000193);
  return hash;
}
