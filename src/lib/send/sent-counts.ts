import type { McastError } from "../errors";
import type { Destination } from "../options/options";
import { ifaceKey } from "../options/properties";
import type { State } from "../state";

// The most destinations with counts, since each message may name one. A further destination replaces the one that was added first.
const MAX_DESTINATIONS = 256;

/** The path by which datagrams leave, as its counts show it. */
export interface CountedPath {
  readonly state: State;
}

/** Counts the datagrams that one user has sent to one destination. */
export class DestinationCounts {
  readonly destination: Destination;
  /** Datagrams that the system has taken: one for each interface. */
  sent = 0;
  /** Bytes of the payloads of these datagrams. */
  bytes = 0;
  /** Datagrams that the system has refused, and others that were not sent. */
  failed = 0;
  #path: CountedPath;
  #noted = 0;
  #lastAt: number | undefined;

  constructor(destination: Destination, path: CountedPath) {
    this.destination = destination;
    this.#path = path;
  }

  /** The state of the path by which datagrams leave; `closed` if the path was closed because nothing was sent for a while. */
  get state(): State {
    return this.#path.state;
  }

  /** The time at which the last datagram was noted; undefined before the first one. */
  get lastAt(): number | undefined {
    return this.#lastAt;
  }

  /** Uses another path, after the previous one was closed. */
  follow(path: CountedPath): void {
    this.#path = path;
  }

  add(error: McastError | undefined, bytes: Uint8Array): void {
    if (error) {
      this.failed += 1;
      return;
    }
    this.sent += 1;
    this.bytes += bytes.length;
  }

  /** Sets the time of the last datagram to `now`, if one was sent since the last call. */
  noteTime(now: number): void {
    if (this.sent === this.#noted) return;
    this.#noted = this.sent;
    this.#lastAt = now;
  }
}

/**
 * Counts the datagrams that one user has sent, by destination. The counts are listed while their set of users, such as senders, is
 * not empty.
 */
export class SentCounts {
  /** The label of the user. */
  readonly label: string | undefined;
  readonly #listed: Set<SentCounts>;
  readonly #users = new Set<object>();
  readonly #counts = new Map<string, DestinationCounts>();

  constructor(label: string | undefined, listed: Set<SentCounts>) {
    this.label = label;
    this.#listed = listed;
  }

  /** The counts of each destination, in the order of their first datagrams. */
  get destinations(): Iterable<DestinationCounts> {
    return this.#counts.values();
  }

  add(user: object): void {
    this.#users.add(user);
    this.#listed.add(this);
  }

  delete(user: object): void {
    this.#users.delete(user);
    if (this.#users.size === 0) this.#listed.delete(this);
  }

  /** Returns the counts of a destination that the path reaches. */
  of(destination: Destination, path: CountedPath): DestinationCounts {
    const { group, port, iface } = destination;
    const key = `${group.address} ${port} ${ifaceKey(iface)}`;
    const known = this.#counts.get(key);
    if (known) {
      known.follow(path);
      return known;
    }
    const counts = new DestinationCounts(destination, path);
    this.#counts.set(key, counts);
    for (const first of this.#counts.keys()) {
      if (this.#counts.size <= MAX_DESTINATIONS) break;
      this.#counts.delete(first);
    }
    return counts;
  }

  noteTime(now: number): void {
    for (const counts of this.#counts.values()) counts.noteTime(now);
  }
}
