import type { McastError } from "../errors";
import { CLOSED, type State } from "../state";

const TICK_MS = 1_000;
const LINGERS_TICKS = 4; // the first may be over at once

/** How a notice is put in words, told, and timed. */
export interface Noticing {
  /** What there is to tell at this moment. */
  tell(): McastError;
  onChange(): void;
  after(milliseconds: number, callback: () => void): () => void;
}

/** Something that is worth telling while it happens and for three seconds more at least. It may happen with each datagram: it is told once a second. */
export class Notice {
  readonly #noticing: Noticing;
  #reason: McastError | undefined;
  #ticksLeft = 0;
  #callOff: (() => void) | undefined;

  constructor(noticing: Noticing) {
    this.#noticing = noticing;
  }

  /** Waiting for it to end, or closed: then there is nothing to tell. */
  get state(): State {
    return this.#reason ? { kind: "waiting", interfaces: [], reason: this.#reason } : CLOSED;
  }

  /** It happens. */
  raise(): void {
    this.#ticksLeft = LINGERS_TICKS;
    if (this.#callOff) return;
    this.#schedule();
    this.#show(this.#noticing.tell());
  }

  close(): void {
    this.#callOff?.();
  }

  #schedule(): void {
    this.#callOff = this.#noticing.after(TICK_MS, () => this.#tick());
  }

  #tick(): void {
    this.#callOff = undefined;
    this.#ticksLeft -= 1;
    if (this.#ticksLeft > 0) this.#schedule();
    this.#show(this.#ticksLeft > 0 ? this.#noticing.tell() : undefined);
  }

  #show(reason: McastError | undefined): void {
    const changed = reason?.message !== this.#reason?.message;
    this.#reason = reason;
    if (changed) this.#noticing.onChange();
  }
}
