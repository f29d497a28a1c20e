import type { McastError } from "./errors";

const TICK_MS = 1_000;
// The number of ticks for which a warning lasts. The first tick may be almost over when the warning begins, so it lasts three to
// four seconds.
const LASTS_TICKS = 4;

/** Callbacks and timer of a timed warning. */
export interface TimedWarningParts {
  /** Returns the current text of the warning, for example with a count. */
  describe(): McastError;
  onChange(): void;
  after(milliseconds: number, callback: () => void): () => void;
}

/**
 * A warning that lasts while its cause occurs and for 3 s more. The cause may occur with each datagram, but the warning changes
 * once a second at most.
 */
export class TimedWarning {
  readonly #parts: TimedWarningParts;
  #warning: McastError | undefined;
  #ticksLeft = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(parts: TimedWarningParts) {
    this.#parts = parts;
  }

  /** The warning; undefined after its end. */
  get warning(): McastError | undefined {
    return this.#warning;
  }

  /** Begins the warning, or prolongs it, because its cause occurred. */
  raise(): void {
    this.#ticksLeft = LASTS_TICKS;
    if (this.#cancelTimer) return;
    this.#schedule();
    this.#set(this.#parts.describe());
  }

  close(): void {
    this.#cancelTimer?.();
  }

  #schedule(): void {
    this.#cancelTimer = this.#parts.after(TICK_MS, () => this.#tick());
  }

  #tick(): void {
    this.#cancelTimer = undefined;
    this.#ticksLeft -= 1;
    if (this.#ticksLeft > 0) this.#schedule();
    this.#set(this.#ticksLeft > 0 ? this.#parts.describe() : undefined);
  }

  #set(warning: McastError | undefined): void {
    const changed = warning?.message !== this.#warning?.message;
    this.#warning = warning;
    if (changed) this.#parts.onChange();
  }
}
