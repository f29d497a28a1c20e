/** The most relays that a datagram passes, one after the other. */
export const MOST_HOPS = 8;

/**
 * The source ports that count how often a datagram was relayed. An echo is a new datagram with unchanged bytes: its source port is
 * the one thing that the relay chooses and every receiver sees. What was heard from an ordinary port is echoed from the first hop
 * port, what was heard from hop port n from the next one, and what was relayed 8 times is not echoed.
 * The default, 61440, lies above the ephemeral ports of Linux (32768 to 60999). macOS and Windows give out 49152 to 65535: one in
 * 2048 senders there starts at a hop above 0, and its datagrams pass as many relays fewer.
 */
export class HopPorts {
  readonly #first: number;

  /** `first` is the port of the first hop, 1 to 65528; all relays that may form a loop need the same one. */
  constructor(first: number) {
    this.#first = first;
  }

  /** How many relays a datagram from this source port has passed: 1 to 8, or 0 for any other port. */
  hopOf(port: number): number {
    const hop = port - this.#first + 1;
    return hop >= 1 && hop <= MOST_HOPS ? hop : 0;
  }

  /** The source ports of echoes, that of hop 1 first. */
  get all(): readonly number[] {
    return Array.from({ length: MOST_HOPS }, (_, index) => this.#first + index);
  }
}
