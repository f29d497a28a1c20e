/** A cap on how often something happens: a burst of at most so many, and then so many a second (a token bucket). */
export class Rate {
  readonly #perSecond: number;
  #left: number;
  #at = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  /** True if it may happen now, in milliseconds on a clock that never jumps; it then counts as having happened. */
  admits(now: number): boolean {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return true;
    this.#left = Math.min(this.#perSecond, this.#left + ((now - this.#at) * this.#perSecond) / 1000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
