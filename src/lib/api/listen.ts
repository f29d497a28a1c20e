import { reportRejection } from "../listener-fault";
import type { Fields } from "../options/options";
import type { State } from "../state";
import { checkFields, checkListener } from "./checked-fields";
import type { DatagramSender, StateListener } from "./datagram";
import { DatagramQueue } from "./datagram-queue";
import { LISTEN_NAMES, type ListenFields } from "./fields";
import { OpenMembership } from "./join";
import { addAsyncDispose, type Closable } from "./lifetime";

/** A received datagram. */
export interface Datagram {
  /** The bytes of the datagram, which belong to the program. */
  readonly payload: Buffer;
  /** The sender of the datagram. */
  readonly sender: DatagramSender;
  /** The group that the datagram was sent to; missing for a datagram that was sent to this host itself. */
  readonly group?: string;
  /** The port that the datagram was sent to. */
  readonly port: number;
  /** The interface of arrival; missing if the system does not provide it. */
  readonly interface?: string;
  /** The time at which a sealed datagram was sealed, in milliseconds since 1970 by the sender's clock; missing for others. */
  readonly sealedAt?: number;
}

/** Datagrams to iterate over. Leaving the loop closes the membership. */
export interface Listening extends Closable, AsyncIterable<Datagram> {
  /** The present state: the interfaces on which the groups are joined, and any missing or refused ones. */
  readonly state: State;
  /** The number of datagrams that were dropped because the program took them too slowly. */
  readonly dropped: number;
}

/**
 * Joins one group or several, as `join` does, and returns their datagrams for `for await`. `close()` and the signal end the
 * iteration and discard the waiting datagrams; leaving the loop closes it too. Datagrams wait in a limited queue: see `maxQueued`.
 * Throws a McastError for invalid fields: `ERR_MCAST_GROUP`, `ERR_MCAST_PORT`, `ERR_MCAST_KEY`, `ERR_MCAST_OPTION`; and
 * `ERR_MCAST_JOIN` for more than 4096 groups.
 */
export function listen(fields: ListenFields, listener: StateListener = {}): Listening {
  const checked = checkFields(fields, LISTEN_NAMES);
  checkListener(listener);
  return new OpenListening(checked, listener);
}

class OpenListening implements Listening {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #queue: DatagramQueue<Datagram>;
  readonly #membership: OpenMembership;

  static {
    addAsyncDispose(OpenListening.prototype);
  }

  constructor(fields: Fields, listener: StateListener) {
    const queue = new DatagramQueue<Datagram>(fields);
    this.#queue = queue;
    this.#membership = new OpenMembership(
      fields,
      {
        label: listener.label,
        onDatagram: (payload, sender, arrival, _echoed, sealedAt) =>
          queue.push({ payload, sender, ...arrival, ...(sealedAt !== undefined && { sealedAt }) }),
        onState: (state) => reportRejection(listener.onState?.(state)),
      },
      () => queue.discard(),
    );
  }

  get state(): State {
    return this.#membership.state;
  }

  get dropped(): number {
    return this.#queue.dropped;
  }

  close(): Promise<void> {
    return this.#membership.close();
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Datagram> {
    return this.#queue.iterate(() => this.close());
  }
}
