import { McastError } from "../errors";
import { GroupSubscription } from "../group-subscription";
import { reportRejection } from "../listener-fault";
import { type Fields, type JoinOptions, joinOptions, recvOptions } from "../options/options";
import { multicast } from "../process-wide/multicast";
import type { GroupListener as SubscriptionListener } from "../receive/membership";
import { readSealing } from "../sealed/sealing-options";
import type { State } from "../state";
import { checkFields, checkListener } from "./checked-fields";
import type { Arrival, DatagramSender, StateListener } from "./datagram";
import { JOIN_NAMES, type JoinFields } from "./fields";
import { addAsyncDispose, type Closable, Lifetime } from "./lifetime";

/** Receives the datagrams of the groups that `join` has joined. */
export interface GroupListener extends StateListener {
  /**
   * Called for each datagram, once. The payload belongs to the listener. `sealedAt` is the time at which a sealed datagram was
   * sealed, in milliseconds since 1970 by the sender's clock; only relays use `echoed`. An error that it throws, or
   * with which its promise rejects, is a warning of the process.
   */
  onDatagram(payload: Buffer, sender: DatagramSender, arrival: Arrival, echoed?: undefined, sealedAt?: number): unknown;
}

/** The groups that one call of `join` has joined. */
export interface Membership extends Closable {
  /** The present state: the interfaces on which the groups are joined, and any missing or refused ones. */
  readonly state: State;
  /** The same as `close()`. */
  leave(): Promise<void>;
}

/**
 * Joins one group or several, and calls the listener for each datagram until `close()`. The library joins lost memberships again,
 * and waits for missing interfaces. Problems of the network appear in the state and throw nothing. Throws a McastError for invalid
 * fields: `ERR_MCAST_GROUP`, `ERR_MCAST_PORT`, `ERR_MCAST_KEY`, `ERR_MCAST_OPTION`; and `ERR_MCAST_JOIN` for more than 4096 groups.
 */
export function join(fields: JoinFields, listener: GroupListener): Membership {
  const checked = checkFields(fields, JOIN_NAMES);
  checkListener(listener, "onDatagram");
  return new OpenMembership(checked, {
    label: listener.label,
    onDatagram: (payload, sender, arrival, _echoed, sealedAt) =>
      reportRejection(listener.onDatagram(payload, sender, arrival, undefined, sealedAt)),
    onState: (state) => reportRejection(listener.onState?.(state)),
  });
}

/** The membership of `join` and `listen`, from checked fields. */
export class OpenMembership implements Membership {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #groups: GroupSubscription;
  readonly #lifetime: Lifetime;

  static {
    addAsyncDispose(OpenMembership.prototype);
  }

  constructor(fields: Fields, listener: SubscriptionListener, onEnd: () => void = () => {}) {
    const joins = joinsOf(fields);
    const { unicast } = recvOptions({ unicast: fields.unicast, key: fields.key });
    this.#groups = new GroupSubscription(multicast, listener, { unicast, sealing: readSealing(fields) });
    this.#lifetime = new Lifetime(fields);
    this.#lifetime.begin(
      () => this.#groups.join(joins),
      () => {
        onEnd();
        return this.#groups.close();
      },
    );
  }

  get state(): State {
    return this.#groups.state;
  }

  leave(): Promise<void> {
    return this.close();
  }

  close(): Promise<void> {
    return this.#lifetime.close();
  }
}

function joinsOf(fields: Fields): readonly JoinOptions[] {
  const { group, groups } = fields;
  if (groups === undefined || groups === null) return [joinOptions(fields)];
  if (group !== undefined && group !== null) throw new McastError("option-both", { one: "group", other: "groups" });
  return recvOptions(fields).joins;
}
