import { randomInt } from "node:crypto";
import type { RemoteInfo } from "../host/system";
import { RecentCounts } from "./recent-counts";

// The most copies in a window: from one address other than the origin's endpoint, and from that endpoint itself.
const MOST_FROM_OTHER = 8;
const MOST_FROM_ORIGIN = 400;
// A source that turned out to be independent is judged anew once it is so many times as fast.
const FASTER = 4;

/**
 * Counts the copies of payloads that come from ordinary source ports, and so finds loops through relays that do not count hops:
 * programs that send on bytes unchanged. (A relay that wraps payloads in the words of HEAR counts in these words.)
 *
 * The first endpoint that says a payload is its origin for as long as anybody keeps saying it. A loop is suspected where one other
 * address brings more than 8 copies within 2 seconds and more than two thirds of all copies, or the origin more than 400. Two
 * redundant senders bring half of the copies each, and a hundred equal devices a hundredth.
 *
 * Copies from a suspected source are withheld, those from others are not. A loop dies of that, and it cannot bring back more than was
 * echoed. A source that brings more is an independent sender: its copies pass, until it is four times as fast, or the
 * payload is not said for 10 seconds. So a stranger cannot silence what somebody else says: where one says a payload at 3/s first,
 * 22 of the following copies at 15/s are withheld, once; where he does so second, none.
 *
 * Not found: a loop of fewer than 4 datagrams a second; one of fewer than 200 that the origin itself closes from one port.
 */
export class DuplicateCounter {
  readonly #payloads = new RecentCounts();
  readonly #sources = new RecentCounts();
  readonly #origins = new Int32Array(this.#payloads.slots);
  readonly #admitted = new Float64Array(this.#payloads.slots);
  readonly #most = new Float64Array(this.#sources.slots);
  /** How many were withheld, for a source that is suspected; otherwise 0. */
  readonly #withheld = new Float64Array(this.#sources.slots);
  /** How many had been admitted of the payload when all that had been echoed before was back. */
  readonly #returned = new Float64Array(this.#sources.slots);

  /** Counts one more copy of a payload, by the two halves of its digest; false where it is withheld. `now` is in milliseconds. */
  admits(low: number, high: number, sender: RemoteInfo, now: number): boolean {
    const address = hashOf(sender.address);
    const endpoint = Math.imul(address ^ sender.port, 0x9e3779b1);
    const payload = this.#payloads.count(low, high, now);
    if (this.#payloads.isNew) {
      this.#origins[payload] = endpoint;
      this.#admitted[payload] = 0;
    }
    const isOrigin = this.#origins[payload] === endpoint;
    const source = this.#sourceOf(low, high, isOrigin ? endpoint : address, isOrigin, now);
    if (!this.#passes(payload, source, isOrigin)) return false;
    this.#admitted[payload] = (this.#admitted[payload] ?? 0) + 1;
    return true;
  }

  #sourceOf(low: number, high: number, who: number, isOrigin: boolean, now: number): number {
    const source = this.#sources.count(low ^ who, high ^ Math.imul(who, 0x85ebca6b), now);
    if (this.#sources.isNew) {
      this.#most[source] = isOrigin ? MOST_FROM_ORIGIN : MOST_FROM_OTHER;
      this.#withheld[source] = 0;
    }
    return source;
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

// Each process begins elsewhere, so that nobody knows two addresses with one hash.
const SECRET = randomInt(2 ** 32);

function hashOf(address: string): number {
  let hash = SECRET;
  for (let at = 0; at < address.length; at += 1) hash = Math.imul(hash ^ address.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
