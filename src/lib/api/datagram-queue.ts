import type { Fields } from "../options/options";
import { readProperty } from "../options/properties";
import { Quota } from "../quota";

interface Queued {
  readonly payload: Uint8Array;
}

/**
 * Datagrams that wait until a program takes them, limited in number and bytes. A datagram that arrives when the queue is full is
 * dropped and counted, as in the kernel's receive buffer.
 */
export class DatagramQueue<D extends Queued> {
  readonly #quota: Quota;
  // Those that wait for a datagram, and those that wait for the end.
  readonly #takers: (() => void)[] = [];
  readonly #enders: (() => void)[] = [];
  #queued: D[] = [];
  #first = 0;
  #dropped = 0;
  #isEnded = false;
  #error: Error | undefined;
  #isErrorTaken = false;

  /** Reads `maxQueued` and `maxQueuedBytes`. Throws ERR_MCAST_OPTION. */
  constructor(fields: Fields) {
    const count = readProperty("maxQueued", fields.maxQueued);
    this.#quota = new Quota({ count, bytes: readProperty("maxQueuedBytes", fields.maxQueuedBytes) });
  }

  /** The number of datagrams that were dropped because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  push(datagram: D): void {
    if (this.#isEnded) return;
    const { byteLength } = datagram.payload;
    if (!this.#quota.hasRoom(byteLength)) {
      this.#dropped += 1;
      return;
    }
    this.#quota.take(byteLength);
    this.#queued.push(datagram);
    this.#takers.shift()?.();
  }

  /** Ends the queue. The program can still take the waiting datagrams. After them, `take` throws the error, once. */
  end(error?: Error): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#error = error;
    for (const wake of [...this.#takers.splice(0), ...this.#enders.splice(0)]) wake();
  }

  /** Ends the queue and discards the waiting datagrams. */
  discard(): void {
    this.#takeAll();
    this.end();
  }

  /** Waits for the next datagram and takes it; undefined after the end of the queue. Throws the error with which the queue ended. */
  async take(): Promise<D | undefined> {
    while (this.#first === this.#queued.length && !this.#isEnded) await waitIn(this.#takers);
    const datagram = this.#queued[this.#first];
    if (!datagram) return this.#throwOnce();
    this.#first += 1;
    this.#quota.give(datagram.payload.byteLength);
    if (this.#first >= 1000 || this.#first === this.#queued.length) this.#compact();
    return datagram;
  }

  /** Waits for the end and takes all waiting datagrams. Throws the error with which the queue ended, each time. */
  async takeAtEnd(): Promise<readonly D[]> {
    while (!this.#isEnded) await waitIn(this.#enders);
    if (this.#error) throw this.#error;
    return this.#takeAll();
  }

  /**
   * Takes the datagrams one by one, until the queue has ended or the program leaves the loop. Then calls `close`. It is no generator,
   * because a generator returns only after its pending `next`: a program could not leave while no datagram comes.
   */
  iterate(close: () => Promise<void>): AsyncIterableIterator<D> {
    let isLeft = false;
    const next = async (): Promise<D | undefined> => {
      try {
        const datagram = isLeft ? undefined : await this.take();
        if (datagram) return datagram;
      } catch (error) {
        await leave();
        throw error;
      }
      await leave();
      return undefined;
    };
    const leave = (): Promise<void> => {
      isLeft = true;
      return close();
    };
    const done = { done: true, value: undefined } as const;
    return {
      next: async () => {
        const value = await next();
        return value ? { done: false, value } : done;
      },
      return: async () => {
        await leave();
        return done;
      },
      throw: async (error: unknown) => {
        await leave();
        throw error;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  #takeAll(): readonly D[] {
    this.#compact();
    const all = this.#queued;
    this.#queued = [];
    for (const { payload } of all) this.#quota.give(payload.byteLength);
    return all;
  }

  #compact(): void {
    this.#queued = this.#queued.slice(this.#first);
    this.#first = 0;
  }

  // An iteration is over after its error.
  #throwOnce(): undefined {
    if (!this.#error || this.#isErrorTaken) return;
    this.#isErrorTaken = true;
    throw this.#error;
  }
}

function waitIn(list: (() => void)[]): Promise<void> {
  return new Promise((resolve) => list.push(resolve));
}
