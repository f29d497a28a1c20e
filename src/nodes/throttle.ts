const PAUSE_MS = 250;

/** Shows what may change with every message, four times a second at most: each status goes to all open editors and Status nodes. */
export class Throttle {
  readonly #show: () => void;
  #shownAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(show: () => void) {
    this.#show = show;
  }

  /** Shows at once; or a moment after the last time, for all that came in between. */
  soon(): void {
    if (this.#timer || this.#isClosed) return;
    const left = this.#shownAt + PAUSE_MS - performance.now();
    if (left <= 0) return this.#now();
    this.#timer = setTimeout(() => this.#now(), left);
    this.#timer.unref();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #now(): void {
    this.#timer = undefined;
    this.#shownAt = performance.now();
    this.#show();
  }
}
