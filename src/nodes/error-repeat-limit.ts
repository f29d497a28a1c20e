const WINDOW_MS = 10_000;

/** Called for an error to report. `count` is the number of errors of its kind that it stands for. */
export type OnReport = (error: unknown, count: number) => void;

interface Kind {
  timer: NodeJS.Timeout;
  latest: unknown;
  count: number;
}

/**
 * Reports an error of a kind at once. After that, it reports once in 10 s the latest error of that kind, with the number of errors
 * since. An error may come with each datagram: two senders that could not be replied to caused 42,496 lines in 10 s (measured).
 */
export class ErrorRepeatLimit {
  readonly #report: OnReport;
  readonly #windowMs: number;
  readonly #kinds = new Map<string, Kind>();

  constructor(report: OnReport, windowMs = WINDOW_MS) {
    this.#report = report;
    this.#windowMs = windowMs;
  }

  /** Notes an error. The number of different kinds must have a bound. */
  add(kind: string, error: unknown): void {
    const known = this.#kinds.get(kind);
    if (known) {
      known.latest = error;
      known.count += 1;
      return;
    }
    this.#kinds.set(kind, { timer: this.#startWindow(kind), latest: undefined, count: 0 });
    this.#report(error, 1);
  }

  /** Reports the errors that were not reported yet. */
  close(): void {
    for (const { timer, latest, count } of this.#kinds.values()) {
      clearTimeout(timer);
      if (count > 0) this.#report(latest, count);
    }
    this.#kinds.clear();
  }

  #startWindow(kind: string): NodeJS.Timeout {
    return setTimeout(() => this.#endWindow(kind), this.#windowMs).unref();
  }

  #endWindow(kind: string): void {
    const known = this.#kinds.get(kind);
    if (!known) return;
    const { latest, count } = known;
    if (count === 0) {
      this.#kinds.delete(kind);
      return;
    }
    this.#kinds.set(kind, { timer: this.#startWindow(kind), latest: undefined, count: 0 });
    this.#report(latest, count);
  }
}
