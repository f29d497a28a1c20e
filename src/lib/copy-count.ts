import type { RemoteInfo } from "./system";

// These ended every loop that was tried, and passed one sender that repeats a payload a hundred times a second, and redundant
// senders of the same payloads (measured).
const MOST_FROM_OTHERS = 8;
const MOST_FROM_ANY = 200;
const WINDOW_MS = 1_000;
const HOLD_MS = 3_000;

// A payload that goes round is back within some milliseconds: it is seldom forgotten for another one that has the same place.
const PLACES = 1 << 14;

/**
 * Counts the copies of payloads, by their digests. What goes round between machines comes back from another endpoint than it first
 * came from: after 8 such copies within a second, or 200 from any, a payload is held for 3 seconds, in which the loop dies.
 * It takes a third of a megabyte, once something is to be counted, and no more however much that is.
 */
export class CopyCount {
  readonly #heldUntil = new Map<number, number>();
  #sweptAt = Number.NEGATIVE_INFINITY;
  // What is known of the payload that had a place last.
  readonly #digests = new Int32Array(PLACES);
  readonly #since = new Float64Array(PLACES).fill(Number.NEGATIVE_INFINITY);
  readonly #origins = new Int32Array(PLACES);
  readonly #copies = new Uint8Array(PLACES);
  readonly #fromOthers = new Uint8Array(PLACES);

  /** Counts one more copy; false while the payload is to be held. `now` is in milliseconds. */
  admits(digest: number, sender: RemoteInfo, now: number): boolean {
    if (this.#heldUntil.size > 0 && this.#isHeld(digest, now)) return false;
    const place = digest & (PLACES - 1);
    const isKnown = this.#digests[place] === digest && now - (this.#since[place] ?? 0) < WINDOW_MS;
    const origin = originOf(sender);
    if (!isKnown) {
      this.#digests[place] = digest;
      this.#since[place] = now;
      this.#origins[place] = origin;
      this.#copies[place] = 0;
      this.#fromOthers[place] = 0;
    }
    const copies = (this.#copies[place] ?? 0) + 1;
    const fromOthers = (this.#fromOthers[place] ?? 0) + (this.#origins[place] === origin ? 0 : 1);
    this.#copies[place] = copies;
    this.#fromOthers[place] = fromOthers;
    if (fromOthers <= MOST_FROM_OTHERS && copies <= MOST_FROM_ANY) return true;
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

// The endpoint it came from, and its size: what goes round in the words of HEAR is longer each time, if from one endpoint.
function originOf({ address, port, size }: RemoteInfo): number {
  let origin = (port << 16) ^ size;
  for (let at = 0; at < address.length; at += 1) origin = Math.imul(origin ^ address.charCodeAt(at), 0x01000193);
  return origin;
}
