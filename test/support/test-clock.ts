import type { Clock } from "../../src/lib/sealed/sealed-format";

/** Two clocks that a test moves: `pass` lets time go by on both, `set` sets the time of day alone. */
export class TestClock implements Clock {
  #utc: number;
  #now: number;

  /** Starts at a moment of 2026, or at the time given in milliseconds since 1970 UTC. */
  constructor(utc = Date.UTC(2026, 5, 1, 12), now = 1_000) {
    this.#utc = utc;
    this.#now = now;
  }

  utc(): number {
    return this.#utc;
  }

  now(): number {
    return this.#now;
  }

  pass(milliseconds: number): void {
    this.#utc += milliseconds;
    this.#now += milliseconds;
  }

  set(utc: number): void {
    this.#utc = utc;
  }
}
