import { McastError } from "./errors";
import type { Multicast } from "./multicast";
import type { Destination } from "./options/options";
import type { Sender } from "./send/sender";
import type { State } from "./state";

/** What one device answered. */
export interface Answer {
  readonly payload: Buffer;
  readonly ip: string;
  readonly port: number;
}

/** Called once for each question: with the answers, of which there may be none, or with what kept it from being asked or ended it. */
export type Answered = (error: McastError | undefined, answers: readonly Answer[]) => void;

// Each open question has a socket on each interface that it went out on.
const MOST = 100;

/**
 * Asks a group and collects what is answered to the port that the question came from. With any source port each question has a
 * socket of its own: its answers are its own however many are open, and what comes after its time reaches nobody.
 */
export class Asker {
  readonly #multicast: Multicast;
  readonly #onState: (state: State) => void;
  readonly #questions = new Set<Question>();
  #isClosed = false;

  constructor(multicast: Multicast, onState: (state: State) => void) {
    this.#multicast = multicast;
    this.#onState = onState;
  }

  /** Asks, and answers after so many milliseconds from when the question has gone out. A hundred questions may be open. */
  ask(to: Destination, bytes: Uint8Array, milliseconds: number, answered: Answered): void {
    if (this.#isClosed) return answered(new McastError("ask-closed"), []);
    if (this.#questions.size >= MOST) return answered(new McastError("ask-crowded", { count: MOST }), []);
    const question = new Question(this.#multicast, this.#onState, (error, answers) => {
      this.#questions.delete(question);
      answered(error, answers);
    });
    this.#questions.add(question);
    question.ask(to, bytes, milliseconds);
  }

  /** Ends what is open, and asks nothing any more: who asked is told ERR_MCAST_CLOSED. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#questions].map((question) => question.end(new McastError("ask-closed"))));
  }
}

class Question {
  readonly #multicast: Multicast;
  readonly #sender: Sender;
  readonly #answered: Answered;
  readonly #answers: Answer[] = [];
  #callOff: () => void = () => {};
  #isEnded = false;

  constructor(multicast: Multicast, onState: (state: State) => void, answered: Answered) {
    this.#multicast = multicast;
    this.#answered = answered;
    this.#sender = multicast.sender(
      { onState, onAnswer: (payload, { address: ip, port }) => this.#answers.push({ payload, ip, port }) },
      "own",
    );
  }

  ask(to: Destination, bytes: Uint8Array, milliseconds: number): void {
    this.#sender.send(to, bytes, (error, taken) => {
      // Where one interface has taken it, there may be answers although another refused.
      if (error && !taken) void this.end(error);
      else if (!this.#isEnded) this.#callOff = this.#multicast.after(milliseconds, () => void this.end());
    });
  }

  async end(error?: McastError): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#callOff();
    const closed = this.#sender.close();
    this.#answered(error, this.#answers);
    await closed;
  }
}
