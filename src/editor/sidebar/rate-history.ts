/** A period with one mean rate of datagrams. Times are in milliseconds since 1970. */
export interface Sample {
  readonly from: number;
  readonly to: number;
  /** Datagrams per second. */
  readonly rate: number;
}

/** Length of the history, in milliseconds. */
export const HISTORY_MS = 120_000;

/** The rates of a counter in the last two minutes. */
export class RateHistory {
  #samples: Sample[] = [];
  #last: { readonly at: number; readonly total: number } | undefined;

  /** Adds the value of the counter at a time. Without a counter, or when the clock went back, the history starts anew. */
  add(at: number, total: number): void {
    const last = this.#last;
    this.#last = { at, total };
    if (!last) return;
    if (at <= last.at) {
      this.#samples = [];
      return;
    }
    // A counter that fell belongs to a socket that was opened meanwhile.
    const more = total >= last.total ? total - last.total : total;
    const oldest = at - HISTORY_MS;
    this.#samples = this.#samples.filter(({ to }) => to > oldest);
    this.#samples.push({ from: last.at, to: at, rate: (more * 1000) / (at - last.at) });
  }

  /** The rate between the last two values, in datagrams per second; undefined before there are two. */
  get rate(): number | undefined {
    return this.#samples.at(-1)?.rate;
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }
}
