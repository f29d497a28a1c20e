import { McastError } from "../errors";
import type { RemoteInfo } from "../host/system";
import type { ReplySockets } from "../sockets/reply-sockets";
import type { Arrival } from "../sockets/socket-listener";
import { TimedWarning, type TimedWarningParts } from "../timed-warning";

/** Settings and callbacks of an acknowledger. */
export interface AcknowledgerParts extends Pick<TimedWarningParts, "after" | "onChange"> {
  readonly replySockets: ReplySockets;
  /** The TTL of the relay's echoes. */
  readonly ttl: number;
  onError(error: McastError): void;
}

/** Acknowledges the datagrams that a relay receives, and counts those that it cannot acknowledge. */
export class Acknowledger {
  readonly #parts: AcknowledgerParts;
  readonly #unreachable: TimedWarning;
  readonly #slow: TimedWarning;
  #unreachableCount = 0;
  #droppedCount = 0;

  constructor(parts: AcknowledgerParts) {
    this.#parts = parts;
    this.#unreachable = new TimedWarning({
      describe: () => new McastError("ack-unreachable", { count: this.#unreachableCount }),
      onChange: parts.onChange,
      after: parts.after,
    });
    this.#slow = new TimedWarning({
      describe: () => new McastError("send-dropped", { count: this.#droppedCount }),
      onChange: parts.onChange,
      after: parts.after,
    });
    parts.replySockets.acquire(this);
  }

  /** The warnings that stand now. */
  get standing(): readonly McastError[] {
    return [this.#unreachable.warning, this.#slow.warning].filter((warning) => warning !== undefined);
  }

  /**
   * Sends a text to the sender of a datagram, by the interface on which the datagram arrived. If that interface is unknown, or has
   * no route to the sender, the datagram is counted instead. Other relays of the process do not acknowledge the same datagram
   * again. Returns true if the text was sent.
   */
  acknowledge({ sender, arrival }: { readonly sender: RemoteInfo; readonly arrival: Arrival }, bytes: Uint8Array): boolean {
    const { replySockets, ttl } = this.#parts;
    const outcome = replySockets.send({ sender, arrival, bytes, ttl }, this.#onSent);
    if (outcome !== "unreachable") return outcome === "sent";
    this.#unreachableCount += 1;
    this.#unreachable.raise();
    return false;
  }

  async close(): Promise<void> {
    this.#unreachable.close();
    this.#slow.close();
    await this.#parts.replySockets.release(this);
  }

  readonly #onSent = (error?: McastError): void => {
    if (!error || error.code === "ERR_MCAST_CLOSED") return;
    if (error.reason !== "send-dropped") return this.#parts.onError(error);
    this.#droppedCount += 1;
    this.#slow.raise();
  };
}
