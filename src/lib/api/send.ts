import { reportRejection } from "../listener-fault";
import { type Destination, destination, type Fields } from "../options/options";
import { encode } from "../payload";
import { multicast } from "../process-wide/multicast";
import type { Sealer } from "../sealed/sealer";
import { readSealing } from "../sealed/sealing-options";
import type { Sender as SocketSender } from "../send/sender";
import type { State } from "../state";
import { checkFields, checkListener } from "./checked-fields";
import type { StateListener } from "./datagram";
import { SEND_NAMES, type SendFields, type SendTarget, TARGET_NAMES } from "./fields";
import { addAsyncDispose, type Closable, Lifetime } from "./lifetime";

/**
 * A payload to send: Buffers, typed arrays and ArrayBuffers as they are, strings as UTF-8, numbers and booleans as text, objects
 * and arrays as JSON. At most 65507 bytes for IPv4 and 65527 for IPv6; an empty payload is valid.
 */
export type Payload = string | number | bigint | boolean | object;

/** Sends datagrams until `close()`. */
export interface Sender extends Closable {
  /** The state of the destination that was used last: the interfaces that it sends on, and any missing or refused ones. */
  readonly state: State;
  /**
   * Sends one datagram to the group of the fields. Properties of `to` replace those of the fields, unless they are undefined. The
   * promise settles when every interface was tried and one or more took the datagram; it rejects with the first refusal if none did.
   * Rejects with `ERR_MCAST_PAYLOAD` for a payload that cannot be sent, with the code of the property for an invalid `to`, with
   * `ERR_MCAST_INTERFACE` if every interface was missing for 10 s, with `ERR_MCAST_SEND` or `ERR_MCAST_BIND` if the system refuses,
   * with `ERR_MCAST_CLOCK` if there is a key and the clock of this machine is not set, and with `ERR_MCAST_CLOSED` after `close()`.
   */
  send(payload: Payload, to?: SendTarget): Promise<void>;
}

/**
 * Sends one datagram. The promise settles when every interface was tried and one or more took the datagram. Use `sender` to send
 * often. Rejects with a McastError for invalid fields (`ERR_MCAST_GROUP`, `ERR_MCAST_PORT`, `ERR_MCAST_TTL`, `ERR_MCAST_KEY`,
 * `ERR_MCAST_OPTION`) and with the errors of `Sender.send`.
 */
export async function send(fields: SendFields, payload: Payload): Promise<void> {
  const once = sender(fields);
  try {
    await once.send(payload);
  } finally {
    await once.close();
  }
}

/**
 * Opens a sender to a group, which keeps its sockets until `close()`. The sender waits for a missing interface. Throws a McastError
 * for invalid fields: `ERR_MCAST_GROUP`, `ERR_MCAST_PORT`, `ERR_MCAST_TTL`, `ERR_MCAST_KEY`, `ERR_MCAST_OPTION`.
 */
export function sender(fields: SendFields, listener: StateListener = {}): Sender {
  const checked = checkFields(fields, SEND_NAMES);
  checkListener(listener);
  return new OpenSender(checked, listener);
}

/** Sends bytes with a sender of the process. Rejects with the first refusal. */
function sendBytes(by: SocketSender, to: Destination, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => by.send(to, bytes, (error) => (error ? reject(error) : resolve())));
}

class OpenSender implements Sender {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #fields: Fields;
  readonly #destination: Destination;
  readonly #sender: SocketSender;
  readonly #sealer: Sealer | undefined;
  readonly #lifetime: Lifetime;

  static {
    addAsyncDispose(OpenSender.prototype);
  }

  constructor(fields: Fields, listener: StateListener) {
    this.#fields = fields;
    this.#destination = destination(fields);
    const sealing = readSealing(fields);
    this.#sealer = sealing && multicast.sealer(sealing);
    this.#lifetime = new Lifetime(fields);
    this.#sender = multicast.sender({ label: listener.label, onState: (state) => reportRejection(listener.onState?.(state)) });
    this.#lifetime.begin(
      () => this.#sender.open(this.#destination),
      () => this.#sender.close(),
    );
  }

  get state(): State {
    return this.#sender.state;
  }

  async send(payload: Payload, to?: SendTarget): Promise<void> {
    const place = to === undefined ? this.#destination : this.#destinationOf(to);
    const plain = encode(payload, place.group.family);
    const bytes = this.#sealer ? this.#sealer.seal(plain, place.group, place.port) : plain;
    try {
      await sendBytes(this.#sender, place, bytes);
    } catch (error) {
      throw this.#lifetime.explain(error);
    }
  }

  close(): Promise<void> {
    return this.#lifetime.close();
  }

  #destinationOf(to: SendTarget): Destination {
    // As in fields, a property that is undefined or null counts as missing.
    const given = Object.entries(checkFields(to, TARGET_NAMES, "to")).filter(([, value]) => value !== undefined && value !== null);
    return destination({ ...this.#fields, ...Object.fromEntries(given) });
  }
}
