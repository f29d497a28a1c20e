import { randomInt } from "node:crypto";
import type { RemoteInfo } from "../host/system";
import { RecentCounts } from "./recent-counts";

// The most copies in a window: from one address other than the origin's endpoint, and from that endpoint itself.
const MOST_FROM_OTHER = 8;
const MOST_FROM_ORIGIN = 400;
// An independent source is checked again once its rate has grown by this factor.
const FASTER = 4;

/**
 * Counts the copies of payloads that come from ordinary source ports, to find loops through relays that do not count hops: programs
 * that send bytes on unchanged. A relay that sends HEAR texts counts hops by the text.
 *
 * The origin of a payload is the first endpoint that sends it, until no endpoint has sent it for 10 seconds. A loop is suspected if
 * one other address brings more than 8 copies within 2 seconds and more than two thirds of all copies, or if the origin brings more
 * than 400. Two redundant senders bring half of the copies each, and each of a hundred equal devices brings a hundredth.
 *
 * Copies from a suspected source are withheld; copies from other sources pass. This ends a loop, which cannot bring back more
 * copies than were echoed. A source that brings more copies than that is an independent sender: its copies pass until its rate is
 * four times as high, or until the payload has not come for 10 seconds. So no sender can silence another one. If one sends a
 * payload at 3/s, 22 copies of another sender at 15/s are withheld, once. If the slower one begins later, no copies are withheld.
 *
 * Two kinds of loop are not found: one of fewer than 4 datagrams a second, and one of fewer than 200 that the origin itself closes
 * from one port.
 */
export class DuplicateCounter {
  readonly #payloads = new RecentCounts();
  readonly #sources = new RecentCounts();
  readonly #origins = new Int32Array(this.#payloads.slots);
  readonly #admitted = new Float64Array(this.#payloads.slots);
  readonly #most = new Float64Array(this.#sources.slots);
  /** The number of copies that were withheld, for a suspected source; otherwise 0. */
  readonly #withheld = new Float64Array(this.#sources.slots);
  /**
   * The number of copies of the payload that had been admitted earlier than 2 to 4 seconds before the suspicion. Their echoes count
   * as returned.
   */
  readonly #returned = new Float64Array(this.#sources.slots);

  /**
   * Counts one more copy of a payload, by the two halves of its digest. Returns false if the copy is withheld. `now` is in
   * milliseconds.
   */
  admits(low: number, high: number, sender: RemoteInfo, now: number): boolean {
    const address = hashOf(sender.address);
    const endpoint = Math.imul(address ^ sender.port, 0x9e3779b1);
    const payload = this.#payloads.count(low, high, now);
    if (this.#payloads.isNew) {
      this.#origins[payload] = endpoint;
      this.#admitted[payload] = 1;
      return true; // its sources are counted from the second copy on, which most payloads do not have
    }
    const isOrigin = this.#origins[payload] === endpoint;
    const source = this.#sourceOf(low, high, isOrigin ? endpoint : address, now);
    if (this.#sources.isNew) this.#beginSource(source, payload, isOrigin);
    if (!this.#passes(payload, source, isOrigin)) return false;
    this.#admitted[payload] = (this.#admitted[payload] ?? 0) + 1;
    return true;
  }

  #sourceOf(low: number, high: number, who: number, now: number): number {
    return this.#sources.count(low ^ who, high ^ Math.imul(who, 0x85ebca6b), now);
  }

  #beginSource(source: number, payload: number, isOrigin: boolean): void {
    this.#most[source] = isOrigin ? MOST_FROM_ORIGIN : MOST_FROM_OTHER;
    this.#withheld[source] = 0;
    // The first copy of the payload came from its origin. It may be in this window too.
    if (isOrigin && this.#payloads.within(payload) > 1) this.#sources.countEarlier(source, this.#payloads.windowAt(payload));
  }

  #passes(payload: number, source: number, isOrigin: boolean): boolean {
    const copies = this.#sources.within(source);
    const admitted = this.#admitted[payload] ?? 0;
    const withheld = this.#withheld[source] ?? 0;
    if (withheld === 0) {
      if (copies <= (this.#most[source] ?? 0)) return true;
      if (!isOrigin && copies * 3 <= this.#payloads.within(payload) * 2) return true;
      this.#returned[source] = admitted - this.#payloads.lately(payload);
    } else if (withheld > admitted - (this.#returned[source] ?? 0)) {
      this.#withheld[source] = 0;
      this.#most[source] = this.#sources.lately(source) * FASTER;
      return true;
    }
    this.#withheld[source] = withheld + 1;
    return false;
  }
}

// A random start, so that no sender can find two addresses with the same hash.
const SECRET = randomInt(2 ** 32);

function hashOf(address: string): number {
  let hash = SECRET;
  for (let at = 0; at < address.length; at += 1) hash = Math.imul(hash ^ address.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
