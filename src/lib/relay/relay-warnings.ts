import { McastError } from "../errors";
import { TimedWarning } from "../timed-warning";
import { TokenBucket } from "./token-bucket";

/** Settings and callbacks of a relay's warnings. */
export interface RelayWarningsParts {
  /** The group to which the relay echoes. */
  readonly to: string;
  /** The most echoes a second; `Infinity` for no cap. */
  readonly maxRate: number;
  onChange(): void;
  after(milliseconds: number, callback: () => void): () => void;
}

/** Counts the echoes that a relay holds back, because of a suspected loop or above its cap, and warns of them. */
export class RelayWarnings {
  readonly #rate: TokenBucket;
  readonly #loop: TimedWarning;
  readonly #cap: TimedWarning;
  #loopFrom = "";
  #heldBack = 0;

  constructor({ to, maxRate, onChange, after }: RelayWarningsParts) {
    this.#rate = new TokenBucket(maxRate);
    this.#loop = new TimedWarning({ describe: () => new McastError("relay-loop", { from: this.#loopFrom, to }), onChange, after });
    this.#cap = new TimedWarning({
      describe: () => new McastError("relay-held", { count: this.#heldBack, most: maxRate }),
      onChange,
      after,
    });
  }

  /** The warnings that stand now, the most important one first. */
  get standing(): readonly McastError[] {
    return [this.#loop.warning, this.#cap.warning].filter((warning) => warning !== undefined);
  }

  /** The number of echoes that were held back because of the cap. */
  get heldBack(): number {
    return this.#heldBack;
  }

  /** Warns that echoes of a group seem to come back. */
  suspectLoop(group: string): void {
    this.#loopFrom = group;
    this.#loop.raise();
  }

  /** Returns true if the cap allows one more echo now; otherwise counts it and warns. `now` is in milliseconds. */
  allows(now: number): boolean {
    if (this.#rate.take(now)) return true;
    this.#heldBack += 1;
    this.#cap.raise();
    return false;
  }

  close(): void {
    this.#loop.close();
    this.#cap.close();
  }
}
