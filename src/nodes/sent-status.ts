import { CLOSED, type State } from "../lib/state";
import { partialStatus, sentStatus, type Works } from "./status";

/** Shows a state; `works` makes the status of a state in which an interface works. */
export type ShowState = (state: State, works: Works) => void;

/**
 * The status of a node that sends. It is `sent` from the time at which the system has taken a datagram until the state changes. An
 * interface that appears later changes the state, but nothing was sent on it, so the status is then empty until the next datagram.
 * A flow with a Status node would take `sent` for a success.
 */
export class SentStatus {
  readonly #show: ShowState;
  #state: State = CLOSED;
  /** The state in which the last datagram was sent. Before the first state, it counts as that state, so that nothing is shown. */
  #sentIn: State = CLOSED;
  #underway = 0;

  constructor(show: ShowState) {
    this.#show = show;
  }

  /** True if a datagram was sent in the present state, so that further ones change nothing. */
  get isSent(): boolean {
    return this.#sentIn === this.#state && this.#state !== CLOSED;
  }

  /** Shows a state, unless its status depends on a datagram that is underway. */
  onState(state: State): void {
    this.#state = state;
    this.#show(state, this.#works);
  }

  /** Counts a datagram that is handed over for sending. */
  begin(): void {
    this.#underway += 1;
  }

  /** Ends a datagram, with the error if it was not sent. */
  end(error?: unknown): void {
    this.#underway -= 1;
    if (this.#sentIn === this.#state) return;
    if (error === undefined) this.#sentIn = this.#state;
    if (error === undefined || this.#underway === 0) this.#show(this.#state, this.#works);
  }

  readonly #works: Works = (working, catalogue, missing) => {
    if (missing !== undefined) return partialStatus(working, catalogue, missing);
    if (this.#sentIn === this.#state) return sentStatus(working, catalogue);
    return this.#underway > 0 ? undefined : {};
  };
}
