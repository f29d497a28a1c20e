import { callListener } from "../listener-fault";
import type { Destination } from "../options/options";
import type { Quota } from "../quota";
import type { Sent } from "../sockets/send-socket";

/** The most datagrams that wait for missing interfaces in a process. Each waits for 10 s at most. */
export const MAX_WAITING = { count: 1_000, bytes: 16 * 1024 * 1024 } as const;
/** Milliseconds for which a datagram waits for a missing interface. */
export const WAIT_MS = 10_000;

/** A datagram to send, its destination, and the callback for the result. */
export interface UnsentDatagram {
  readonly destination: Destination;
  readonly bytes: Uint8Array;
  readonly sent: Sent;
}

interface WaitingDatagram extends UnsentDatagram {
  readonly until: number;
}

/** The datagrams of one path that wait for a missing interface, within a quota of the process. */
export class WaitingDatagrams {
  readonly #quota: Quota;
  #datagrams: WaitingDatagram[] = [];

  constructor(quota: Quota) {
    this.#quota = quota;
  }

  /**
   * Keeps a copy of a datagram, because the user may write the next datagram into the same memory, and a small datagram may be part of
   * a large block. Returns false if the quota is used up. `now` is in milliseconds.
   */
  add(datagram: UnsentDatagram, now: number): boolean {
    const { byteLength } = datagram.bytes;
    if (!this.#quota.hasRoom(byteLength)) return false;
    this.#quota.take(byteLength);
    const { bytes, sent } = datagram;
    this.#datagrams.push({ ...datagram, bytes: new Uint8Array(bytes), sent: guarded(sent), until: now + WAIT_MS });
    return true;
  }

  /** Takes every datagram. */
  takeAll(): readonly UnsentDatagram[] {
    return this.#take(() => true);
  }

  /** Takes the datagrams that have waited for 10 s. */
  takeLate(now: number): readonly UnsentDatagram[] {
    return this.#take(({ until }) => until <= now);
  }

  #take(isTaken: (datagram: WaitingDatagram) => boolean): readonly UnsentDatagram[] {
    const taken = this.#datagrams.filter(isTaken);
    if (taken.length > 0) this.#datagrams = this.#datagrams.filter((each) => !isTaken(each));
    for (const { bytes } of taken) this.#quota.give(bytes.byteLength);
    return taken;
  }
}

// Returns a callback that never throws. It is called later, by the heartbeat or a close, which end other datagrams too.
function guarded(sent: Sent): Sent {
  return (error, taken) => callListener(() => sent(error, taken));
}
