import type { RemoteInfo } from "./system";

// These ended every loop that was tried, and passed one sender that repeats a payload a hundred times a second, and redundant
// senders of the same payloads (measured).
const MOST_FROM_OTHERS = 8;
const MOST_FROM_ANY = 200;
const WINDOW_MS = 1_000;
const HOLD_MS = 3_000;

/** The copies of one payload within a second. */
interface Trail {
  readonly since: number;
  /** The endpoint from which the first one came, and its size: what goes round in the words of HEAR is longer each time. */
  readonly first: RemoteInfo;
  copies: number;
  fromOthers: number;
}

/**
 * Counts the copies of payloads, by their digests. What goes round between machines comes back from another endpoint than it first
 * came from: after 8 such copies within a second, or 200 from any, a payload is held for 3 seconds, in which the loop dies.
 */
export class CopyCount {
  readonly #heldUntil = new Map<number, number>();
  // Two generations: what is over is forgotten a whole generation at a time, with no timer and no search.
  #trails = new Map<number, Trail>();
  #olderTrails = new Map<number, Trail>();
  #turnedAt = Number.NEGATIVE_INFINITY;

  /** Counts one more copy; false while the payload is to be held. `now` is in milliseconds. */
  admits(digest: number, sender: RemoteInfo, now: number): boolean {
    if (now - this.#turnedAt >= WINDOW_MS) this.#turn(now);
    if (now < (this.#heldUntil.get(digest) ?? 0)) return false;
    const trail = this.#trails.get(digest) ?? this.#olderTrails.get(digest);
    if (!trail || now - trail.since >= WINDOW_MS) {
      this.#trails.set(digest, { since: now, first: sender, copies: 1, fromOthers: 0 });
      return true;
    }
    trail.copies += 1;
    if (!isAlike(sender, trail.first)) trail.fromOthers += 1;
    if (trail.fromOthers <= MOST_FROM_OTHERS && trail.copies <= MOST_FROM_ANY) return true;
    this.#heldUntil.set(digest, now + HOLD_MS);
    return false;
  }

  #turn(now: number): void {
    this.#turnedAt = now;
    this.#olderTrails = this.#trails;
    this.#trails = new Map();
    for (const [digest, until] of this.#heldUntil) {
      if (until <= now) this.#heldUntil.delete(digest);
    }
  }
}

function isAlike(one: RemoteInfo, other: RemoteInfo): boolean {
  return one.port === other.port && one.size === other.size && one.address === other.address;
}
