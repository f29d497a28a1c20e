const PAUSE_MS = 250;

/**
 * Runs a callback at most four times a second, for a status that may change with every message: each status goes to all open
 * editors and Status nodes.
 */
export class Throttle {
  readonly #run: () => void;
  #ranAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Runs the callback now, or after the pause, once for all requests in between. */
  request(): void {
    if (this.#timer || this.#isClosed) return;
    const left = this.#ranAt + PAUSE_MS - performance.now();
    if (left <= 0) return this.#runNow();
    this.#timer = setTimeout(() => this.#runNow(), left);
    this.#timer.unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #runNow(): void {
    this.#timer = undefined;
    this.#ranAt = performance.now();
    this.#run();
  }
}
