import type { RemoteInfo } from "../host/system";

/**
 * Counts the datagrams that a socket, or one listener on it, has received. `add` runs with each datagram, so it reads no clock,
 * which would take 70 ns or more (measured on Node.js 20). The heartbeat notes the time instead, 2 s late at most.
 */
export class ReceiveCounts {
  received = 0;
  bytes = 0;
  lastSender: RemoteInfo | undefined;
  #noted = 0;
  #lastAt: number | undefined;

  add(payload: Buffer, sender: RemoteInfo): void {
    this.received += 1;
    this.bytes += payload.length;
    this.lastSender = sender;
  }

  /**
   * Sets the time of the last datagram to `now`, if there was one since the last call. `now` is in milliseconds on a clock that
   * never jumps.
   */
  noteTime(now: number): void {
    if (this.received === this.#noted) return;
    this.#noted = this.received;
    this.#lastAt = now;
  }

  /** The time at which the last datagram was noted; undefined before the first one. */
  get lastAt(): number | undefined {
    return this.#lastAt;
  }
}
