import { McastError } from "../errors";
import { type State, sumUp } from "../state";
import { Notice } from "./timed-warning";
import { Rate } from "./token-bucket";

/** What a caution is about, and whom it tells. */
export interface Cautioning {
  /** The group that is echoed to. */
  readonly to: string;
  /** The most echoes a second; `Infinity` for no cap. */
  readonly maxRate: number;
  onChange(): void;
  /** Called once, with the first loop that is suspected. */
  onLoop(warning: McastError): void;
  after(milliseconds: number, callback: () => void): () => void;
}

/** What a relay keeps back, counted and told: what seems to go round, and what is over its cap. */
export class Caution {
  readonly #cautioning: Cautioning;
  readonly #rate: Rate;
  readonly #loop: Notice;
  readonly #cap: Notice;
  #loopFrom: string | undefined;
  #heldBack = 0;

  constructor(cautioning: Cautioning) {
    const { maxRate: most, onChange, after } = cautioning;
    this.#cautioning = cautioning;
    this.#rate = new Rate(most);
    this.#loop = new Notice({ tell: () => this.#warning(), onChange, after });
    this.#cap = new Notice({ tell: () => new McastError("relay-held", { count: this.#heldBack, most }), onChange, after });
  }

  get state(): State {
    return sumUp([this.#loop.state, this.#cap.state]);
  }

  /** What was heard on a group seems to go round. */
  suspect(group: string): void {
    const isFirst = this.#loopFrom === undefined;
    this.#loopFrom = group;
    this.#loop.raise();
    if (isFirst) this.#cautioning.onLoop(this.#warning());
  }

  /** Whether the cap lets one more through now, in milliseconds; what it does not is counted. */
  admits(now: number): boolean {
    if (this.#rate.admits(now)) return true;
    this.#heldBack += 1;
    this.#cap.raise();
    return false;
  }

  close(): void {
    this.#loop.close();
    this.#cap.close();
  }

  #warning(): McastError {
    return new McastError("relay-loop", { from: this.#loopFrom ?? "", to: this.#cautioning.to });
  }
}
