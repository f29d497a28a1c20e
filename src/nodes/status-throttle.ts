const WINDOW_MS = 1_000;
const MOST_IN_WINDOW = 4;

/**
 * Runs a callback at most four times in any second, for a status that may change with every datagram: each status goes to all
 * open editors and Status nodes. A change that comes alone is shown at once.
 */
export class StatusThrottle {
  readonly #run: () => void;
  readonly #ranAt: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Runs the callback now, or as soon as that may be, once for all requests in between. */
  request(): void {
    if (this.#timer || this.#isClosed) return;
    const [first = Number.NEGATIVE_INFINITY] = this.#ranAt.length < MOST_IN_WINDOW ? [] : this.#ranAt;
    const left = first + WINDOW_MS - performance.now();
    if (left <= 0) return this.#runNow();
    // A timer counts from the beginning of the event loop's turn, so it may fire before its time: then the rest is waited for.
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.request();
    }, left);
    this.#timer.unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #runNow(): void {
    this.#ranAt.push(performance.now());
    if (this.#ranAt.length > MOST_IN_WINDOW) this.#ranAt.shift();
    this.#run();
  }
}
