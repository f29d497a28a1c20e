const WINDOW_MS = 1_000;
const MOST_IN_WINDOW = 4;

/**
 * Runs a callback at most four times in any second, for a status that may change with every datagram. Each status goes to all open
 * editors and Status nodes. A single change is shown at once.
 */
export class StatusThrottle {
  readonly #run: () => void;
  readonly #ranAt: number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Runs the callback now or as soon as the limit allows, once for all requests in between. */
  request(): void {
    if (this.#timer || this.#isClosed) return;
    const [first = Number.NEGATIVE_INFINITY] = this.#ranAt.length < MOST_IN_WINDOW ? [] : this.#ranAt;
    const left = first + WINDOW_MS - performance.now();
    if (left <= 0) return this.#runNow();
    // A timer counts from the start of the event loop's turn, so it may fire too early. A second timer then waits for the rest.
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
