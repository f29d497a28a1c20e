import { McastError } from "../errors";
import { reportRejection } from "../listener-fault";
import { type Destination, destination, type Fields } from "../options/options";
import { readProperty } from "../options/properties";
import { encode } from "../payload";
import { multicast } from "../process-wide/multicast";
import type { Sender } from "../send/sender";
import type { State } from "../state";
import { checkFields, checkListener } from "./checked-fields";
import type { DatagramSender, StateListener } from "./datagram";
import { DatagramQueue } from "./datagram-queue";
import { ASK_NAMES, type AskFields } from "./fields";
import { addAsyncDispose, type Closable, Lifetime } from "./lifetime";
import type { Payload } from "./send";

/** A unicast reply to a question. */
export interface Reply {
  /** The bytes of the reply, which belong to the program. */
  readonly payload: Buffer;
  /** The program that replied. */
  readonly sender: DatagramSender;
  /** The interface of arrival; missing if the system does not provide it. */
  readonly interface?: string;
}

/** The replies to one question. They end `collect` milliseconds after the question was sent. Leaving the loop ends them at once. */
export interface Replies extends Closable, AsyncIterable<Reply> {
  /** The state of the question's sockets: the interfaces that the question was sent on, and any missing or refused ones. */
  readonly state: State;
  /** The number of replies that were dropped because the program took them too slowly. */
  readonly dropped: number;
  /**
   * Waits for the end and returns all replies that the program has not taken before, at most `maxQueued`; an empty list is a valid
   * result. Rejects with the error that prevented the question, and with `ERR_MCAST_CLOSED` if `close()` or the signal ended it
   * early.
   */
  toArray(): Promise<readonly Reply[]>;
}

/**
 * Sends a question to a group at once, and returns the unicast replies to its source port: each as it arrives with `for await`, or
 * all of them with `toArray()`. The question has a socket of its own unless `sourcePort` is set, so it gets no replies to other
 * questions. Throws a McastError for invalid fields (`ERR_MCAST_GROUP`, `ERR_MCAST_PORT`, `ERR_MCAST_TTL`, `ERR_MCAST_OPTION`) and
 * for a payload that cannot be sent (`ERR_MCAST_PAYLOAD`). The iteration throws the errors with which `Sender.send` rejects.
 */
export function ask(fields: AskFields, payload: Payload, listener: StateListener = {}): Replies {
  const checked = checkFields(fields, ASK_NAMES);
  checkListener(listener);
  return new OpenQuestion(checked, payload, listener);
}

class OpenQuestion implements Replies {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #queue: DatagramQueue<Reply>;
  readonly #sender: Sender;
  readonly #lifetime: Lifetime;
  #cancelTimer: () => void = () => {};
  #isComplete = false;
  #isOver = false;

  static {
    addAsyncDispose(OpenQuestion.prototype);
  }

  constructor(fields: Fields, payload: unknown, listener: StateListener) {
    const to = destination(fields);
    const bytes = encode(payload, to.group.family);
    const collect = readProperty("collect", fields.collect);
    this.#queue = new DatagramQueue(fields);
    this.#lifetime = new Lifetime(fields);
    this.#sender = multicast.sender(
      {
        label: listener.label,
        onState: (state) => reportRejection(listener.onState?.(state)),
        onReply: (reply, sender, { interface: name }) =>
          this.#queue.push({ payload: reply, sender, ...(name !== undefined && { interface: name }) }),
      },
      { isPrivate: true },
    );
    this.#lifetime.begin(
      () => this.#send(to, bytes, collect),
      () => this.#end(),
    );
  }

  get state(): State {
    return this.#sender.state;
  }

  get dropped(): number {
    return this.#queue.dropped;
  }

  async toArray(): Promise<readonly Reply[]> {
    const replies = await this.#queue.takeAtEnd();
    if (!this.#isComplete) throw this.#lifetime.explain(new McastError("ask-closed"));
    return replies;
  }

  close(): Promise<void> {
    return this.#lifetime.close();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Reply> {
    return this.#queue.iterate(() => this.close());
  }

  #send(to: Destination, bytes: Uint8Array, collect: number): void {
    this.#sender.send(to, bytes, (error) => {
      if (this.#isOver) return;
      if (error) this.#complete(error);
      else this.#cancelTimer = multicast.after(collect, () => this.#complete());
    });
  }

  #complete(error?: McastError): void {
    this.#isComplete = true;
    this.#queue.end(error);
    void this.close();
  }

  #end(): Promise<void> {
    this.#isOver = true;
    this.#cancelTimer();
    if (!this.#isComplete) this.#queue.discard();
    return this.#sender.close();
  }
}
