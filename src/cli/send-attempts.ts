import type { McastCode, McastError } from "../lib/errors";
import type { Destination } from "../lib/options/options";
import type { Sender } from "../lib/send/sender";
import type { Run } from "./run";

// The refusals that may end by themselves.
const TEMPORARY: readonly McastCode[] = ["ERR_MCAST_INTERFACE", "ERR_MCAST_BIND", "ERR_MCAST_SEND"];

/** A destination, and the sender of the datagrams to it. */
export interface Recipient {
  readonly to: Destination;
  readonly sender: Pick<Sender, "send">;
}

/**
 * Sends the datagrams of a verb, one after the other. A temporary refusal of the system, such as a loss of the link, does not end a
 * verb that repeats its datagram until it is interrupted. A limited number of repetitions, and the datagrams of standard input,
 * continue if an earlier datagram to the same destination was sent.
 */
export class SendAttempts {
  readonly #total: number | undefined;
  readonly #run: Run;
  readonly #reached = new Set<Destination>();
  readonly #reported = new Map<Destination, Set<string>>();
  #taken = 0;
  #refused = 0;

  /**
   * `total` is the number of datagrams to each destination: Infinity for repetitions until interrupted, undefined for the datagrams
   * of standard input, which nobody has counted.
   */
  constructor(total: number | undefined, run: Run) {
    this.#total = total;
    this.#run = run;
  }

  /** The number of datagrams that the system took. */
  get taken(): number {
    return this.#taken;
  }

  /** The number of datagrams that the system refused, and after which the verb continued. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * Sends a datagram, and returns true if the system took it. Returns false if the run is over, and for a refusal after which the
   * verb continues. Reports such a refusal once, until the system takes a datagram to that destination. Throws any other refusal.
   */
  async send({ to, sender }: Recipient, bytes: Uint8Array): Promise<boolean> {
    const refusal = await this.#refusalOf({ to, sender }, bytes);
    if (!refusal) {
      this.#taken += 1;
      this.#reached.add(to);
      if (this.#reported.delete(to)) this.#run.forget();
      return true;
    }
    if (this.#run.isOver) return false;
    if (!this.#continuesAfter(refusal, to)) throw refusal;
    this.#refused += 1;
    this.#report(to, refusal.message);
    return false;
  }

  // Waits for the result of a datagram. The library waits ten seconds for an interface; with --timeout, the run waits until the
  // time-out.
  async #refusalOf({ to, sender }: Recipient, bytes: Uint8Array): Promise<McastError | undefined> {
    for (;;) {
      const error = await new Promise<McastError | undefined>((resolve) => sender.send(to, bytes, resolve));
      if (error?.code !== "ERR_MCAST_INTERFACE" || this.#run.timeout === undefined || this.#run.isOver) return error;
    }
  }

  #continuesAfter({ code, reason }: McastError, to: Destination): boolean {
    // A datagram that is too large is as large in each repetition.
    const isTemporary = TEMPORARY.includes(code) && reason !== "send-size" && reason !== "send-largest";
    if (!isTemporary || this.#total === 1) return false;
    return this.#total === Number.POSITIVE_INFINITY || this.#reached.has(to);
  }

  #report(to: Destination, message: string): void {
    const reported = this.#reported.get(to) ?? new Set();
    if (!reported.has(message)) this.#run.report(message);
    this.#reported.set(to, reported.add(message));
  }
}
