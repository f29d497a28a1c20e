/** The most relays that one datagram passes. */
export const MOST_HOPS = 8;

/**
 * The source ports that count how often a datagram was relayed. An echo is a new datagram with unchanged bytes: its source port is
 * the only part that the relay can choose and that every receiver sees. A datagram from an ordinary port is echoed from the first
 * hop port, one from hop port n from the next hop port, and one that was relayed 8 times is not echoed.
 *
 * The default, 61440, is above the ephemeral ports of Linux (32768 to 60999). macOS and Windows use 49152 to 65535. There, one in
 * 2048 senders starts at a hop above 0, so that its datagrams pass fewer relays.
 */
export class HopPorts {
  readonly #first: number;

  /** `first` is the port of the first hop, 1 to 65528; all relays that may form a loop need the same one. */
  constructor(first: number) {
    this.#first = first;
  }

  /** Returns the number of relays that a datagram from this source port has passed: 1 to 8, or 0 for any other port. */
  hopOf(port: number): number {
    const hop = port - this.#first + 1;
    return hop >= 1 && hop <= MOST_HOPS ? hop : 0;
  }

  /** The source ports of echoes, that of hop 1 first. */
  get all(): readonly number[] {
    return Array.from({ length: MOST_HOPS }, (_, index) => this.#first + index);
  }
}
