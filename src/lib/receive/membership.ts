import type { NetworkSnapshot } from "../host/interfaces";
import type { RemoteInfo } from "../host/system";
import { reportListenerFault } from "../listener-fault";
import type { JoinOptions } from "../options/options";
import type { GroupSocket, GroupSocketListener } from "../sockets/group-socket";
import type { Heartbeat, HeartbeatListener } from "../sockets/heartbeat";
import { InterfaceSockets, type SocketSource } from "../sockets/interface-sockets";
import type { SendSocket } from "../sockets/send-socket";
import type { Arrival, DatagramListener } from "../sockets/socket-listener";
import { CLOSED, type State, sameState } from "../state";
import { AllowList } from "./allow-list";
import { Inlet } from "./inlet";

/** Receives the datagrams of a group, and the state of its membership when that changes. */
export interface GroupListener extends DatagramListener {
  onState?(state: State): void;
}

type AnySocket = GroupSocket | SendSocket;

/** One listener's membership of one group, or its share of one unicast port, on every interface that its choice selects. */
export class Membership implements GroupSocketListener, HeartbeatListener {
  readonly options: JoinOptions;
  readonly refreshEvery: number;
  readonly #listener: GroupListener;
  readonly #inlet: Inlet;
  readonly #heartbeat: Heartbeat;
  readonly #sockets: InterfaceSockets<AnySocket>;
  #state: State = CLOSED;

  constructor(
    options: JoinOptions,
    listener: GroupListener,
    heartbeat: Heartbeat,
    sourceFor: (membership: Membership) => SocketSource<AnySocket>,
  ) {
    const { group, iface, allow, refresh } = options;
    this.options = options;
    this.refreshEvery = refresh > 0 ? refresh * 1000 : Number.POSITIVE_INFINITY;
    this.#listener = listener;
    this.#inlet = new Inlet(listener, allow.length > 0 ? new AllowList(allow) : undefined);
    this.#heartbeat = heartbeat;
    this.#sockets = new InterfaceSockets(iface, group, sourceFor(this));
    this.#sockets.reconcile(heartbeat.snapshot());
    this.#state = this.#sockets.state;
    heartbeat.add(this);
  }

  get state(): State {
    return this.#state;
  }

  /** Returns true while the membership has a socket on an interface, working or not. */
  uses(interfaceName: string): boolean {
    return this.#sockets.uses(interfaceName);
  }

  /**
   * Leaves the group. The listener gets neither datagrams nor states afterwards. A second call does nothing. The promise settles
   * when the sockets that nobody else uses are closed.
   */
  async leave(): Promise<void> {
    this.#state = CLOSED;
    this.#heartbeat.delete(this);
    await this.#sockets.releaseAll();
  }

  beat(snapshot: NetworkSnapshot): void {
    if (this.#sockets.reconcile(snapshot)) this.onChange();
  }

  receive(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void {
    this.#inlet.receive(payload, sender, arrival);
  }

  acceptsUnknownInterface(interfaceName: string): boolean {
    let first: string | undefined;
    for (const { target, socket } of this.#sockets.sockets) {
      if (!socket.failure) return interfaceName === target.name;
      first ??= target.name;
    }
    return interfaceName === first; // if every socket has failed, the first one may still receive
  }

  onChange(): void {
    const state = this.#sockets.state;
    if (this.#state === CLOSED || sameState(state, this.#state)) return;
    this.#state = state;
    try {
      this.#listener.onState?.(state);
    } catch (error) {
      reportListenerFault(error);
    }
  }
}
