import type { McastError } from "../errors";
import { callListener, reportRejection } from "../listener-fault";
import { flatten } from "../options/coerce";
import { type Fields, hearOptions } from "../options/options";
import { loopGuard } from "../process-wide/loop-guard";
import { multicast } from "../process-wide/multicast";
import { Relay as GroupRelay } from "../relay/relay";
import { readSealing } from "../sealed/sealing-options";
import { CLOSED, type State } from "../state";
import { checkFields, checkListener } from "./checked-fields";
import type { Arrival, DatagramSender, StateListener } from "./datagram";
import { RELAY_NAMES, RELAYED_NAMES, type RelayFields } from "./fields";
import { addAsyncDispose, type Closable, Lifetime } from "./lifetime";

/** Receives the datagrams of the groups that a relay has joined. */
export interface RelayListener extends StateListener {
  /**
   * Called for each datagram, after its echo, if there is one, was handed to the system. `echoed` is true if there is one; if the
   * system refuses the echo, `onError` follows. `sealedAt` is the time at which a sealed datagram was sealed, in milliseconds since
   * 1970 by the sender's clock. An error that it throws, or with which its promise rejects, is a warning of the process.
   */
  onDatagram(payload: Buffer, sender: DatagramSender, arrival: Arrival, echoed: boolean, sealedAt?: number): unknown;
  /**
   * Called when an echo or an acknowledgement could not be sent: `ERR_MCAST_SEND`, `ERR_MCAST_BIND`, and with a key `ERR_MCAST_CLOCK`
   * and `ERR_MCAST_PAYLOAD`. While an interface is missing, the relay echoes nothing on it, and only the state says so. An error that
   * it throws, or with which its promise rejects, is a warning of the process.
   */
  readonly onError?: ((error: McastError) => unknown) | undefined;
}

/** A relay that `relay` has opened. */
export interface Relay extends Closable {
  /**
   * The present state: the interfaces on which the groups are joined and echoed, any missing or refused ones, and warnings such as
   * a suspected loop.
   */
  readonly state: State;
}

/**
 * Joins groups and echoes their datagrams to another group on the same port, until `close()`. Datagrams that arrive on that group
 * are not echoed, unless `iface` and `echoIface` name different interfaces. Loops of relays end by themselves. The listener is
 * called for every datagram. Throws a McastError for invalid fields: `ERR_MCAST_GROUP`, `ERR_MCAST_PORT`, `ERR_MCAST_TTL`,
 * `ERR_MCAST_KEY`, `ERR_MCAST_OPTION`; and `ERR_MCAST_JOIN` for more than 4096 groups.
 */
export function relay(fields: RelayFields, listener: RelayListener): Relay {
  const checked = checkFields(fields, RELAY_NAMES);
  for (const row of flatten(checked.groups)) if (isObject(row)) checkFields(row, RELAYED_NAMES);
  checkListener(listener, "onDatagram");
  return new OpenRelay(checked, listener);
}

class OpenRelay implements Relay {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #lifetime: Lifetime;
  #relay: GroupRelay | undefined;

  static {
    addAsyncDispose(OpenRelay.prototype);
  }

  constructor(fields: Fields, listener: RelayListener) {
    const options = { ...hearOptions(fields), sealing: readSealing(fields) };
    this.#lifetime = new Lifetime(fields);
    this.#lifetime.begin(
      () => {
        this.#relay = new GroupRelay({ multicast, loopGuard }, options, {
          label: listener.label,
          onDatagram: (payload, sender, arrival, echoed, sealedAt) =>
            reportRejection(listener.onDatagram(payload, sender, arrival, echoed, sealedAt)),
          onState: (state) => reportRejection(listener.onState?.(state)),
          onError: (error) => callListener(() => listener.onError?.(error)),
        });
      },
      async () => this.#relay?.close(),
    );
  }

  get state(): State {
    return this.#relay?.state ?? CLOSED;
  }

  close(): Promise<void> {
    return this.#lifetime.close();
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
