import { Socket } from "node:dgram";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { ageOf, stamp } from "./stamp";
import { percentile } from "./statistics";

/** The work of a process under test in a window, and its cost. */
export interface Reading {
  /** Messages that reached the sink. */
  readonly handled: number;
  /** Datagrams that were passed to `dgram`. */
  readonly sent: number;
  /** Microseconds of CPU time of all threads of the process. */
  readonly cpu: number;
  /** Milliseconds from the start of the window to the last message or datagram. */
  readonly elapsed: number;
  readonly p50: number;
  readonly p99: number;
}

const BURST = 32;
const RING = 1024;

/** Counts what the process under test handles and sends, in the same way for every contender. */
export class Meter {
  handled = 0;
  sent = 0;
  /** Gives one payload to the contender that sends. */
  say: (payload: Buffer) => void = () => {};
  /** Gives one datagram to the contender's socket, instead of the kernel. */
  inject: (payload: Buffer) => void = () => {};
  #keepsAges = false;
  #ages: number[] = [];
  #cpu = process.cpuUsage();
  #start = 0;
  #changed = 0;

  /** Counts a message that reached the end of the flow. */
  handle(payload: Buffer): void {
    this.handled += 1;
    if (this.#keepsAges) this.#ages.push(ageOf(payload));
  }

  begin({ ages = false }: { ages?: boolean } = {}): void {
    this.handled = 0;
    this.sent = 0;
    this.#keepsAges = ages;
    this.#ages = [];
    this.#start = performance.now();
    this.#changed = this.#start;
    this.#cpu = process.cpuUsage();
  }

  /** Waits until nothing more is handled or sent, and returns the reading. */
  async end(): Promise<Reading> {
    for (let before = -1; before !== this.handled + this.sent; ) {
      before = this.handled + this.sent;
      this.#changed = performance.now();
      await pause(20);
    }
    const { user, system } = process.cpuUsage(this.#cpu);
    const { handled, sent } = this;
    const ages = this.#ages;
    return {
      handled,
      sent,
      cpu: user + system,
      elapsed: this.#changed - this.#start,
      p50: percentile(ages, 50),
      p99: percentile(ages, 99),
    };
  }

  /** Sends or injects a number of payloads in bursts, and returns the reading. */
  async drive(way: "say" | "inject", { count, bytes }: { count: number; bytes: number }): Promise<Reading> {
    const ring = Array.from({ length: RING }, () => Buffer.alloc(bytes, 0x2e));
    this.begin();
    for (let number = 0; number < count; ) {
      for (let burst = 0; burst < BURST; burst += 1) {
        const payload = ring[number % RING];
        number += 1;
        if (!payload) continue;
        stamp(payload, number);
        this[way](payload);
      }
      await nextTurn();
    }
    return this.end();
  }

  /** Blocks the event loop for a number of milliseconds, after a delay. */
  stall({ after, milliseconds }: { after: number; milliseconds: number }): void {
    setTimeout(() => {
      const until = performance.now() + milliseconds;
      while (performance.now() < until);
    }, after);
  }
}

export const meter = new Meter();

/** Counts every `send` of every socket, which all contenders use. */
export function countSends(): void {
  const original: (this: Socket, bytes: Buffer, ...rest: never[]) => void = Socket.prototype.send;
  // Names all six parameters, because a rest parameter would cost more than the counting.
  function counted(this: Socket, bytes: Buffer, a: never, b: never, c: never, d: never, e: never): void {
    meter.sent += 1;
    original.call(this, bytes, a, b, c, d, e);
  }
  Object.assign(Socket.prototype, { send: counted });
}
