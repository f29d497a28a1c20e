/** Limits a rate: a burst of at most one second's worth, then at most `perSecond` a second. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #filledAt = Number.NEGATIVE_INFINITY;

  /** `perSecond` may be `Infinity` for no limit. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  /** Takes one token and returns true, or returns false if none is left. `now` is in milliseconds on a clock that never jumps. */
  take(now: number): boolean {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return true;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#filledAt) * this.#perSecond) / 1000);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
