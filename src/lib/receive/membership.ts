import type { Look } from "../host/interfaces";
import type { RemoteInfo } from "../host/system";
import type { JoinOptions } from "../options/options";
import type { GroupSocket, Hearer, Listener } from "../sockets/group-socket";
import type { Follower, Heartbeat } from "../sockets/heartbeat";
import { type Pool, Reach } from "../sockets/interface-sockets";
import type { SendSocket, SendSocketListener } from "../sockets/send-socket";
import { CLOSED, type State, sameState } from "../state";
import { AllowList } from "./allow-list";

/** Who joins a group: hears its datagrams, and is told when the state of its membership changes. */
export interface GroupListener extends Hearer {
  onState?(state: State): void;
}

type AnySocket = GroupSocket | SendSocket;

/** One listener's membership of one group, or its share of one port, on every interface that was chosen for it. */
export class Membership implements Listener, SendSocketListener, Follower {
  readonly options: JoinOptions;
  readonly hearer: GroupListener;
  readonly allow: AllowList | undefined;
  readonly refreshEvery: number;
  readonly #heartbeat: Heartbeat;
  readonly #reach: Reach<AnySocket>;
  #state: State = CLOSED;

  constructor(options: JoinOptions, hearer: GroupListener, heartbeat: Heartbeat, pool: (membership: Membership) => Pool<AnySocket>) {
    const { group, iface, allow, refresh } = options;
    this.options = options;
    this.hearer = hearer;
    this.allow = allow.length > 0 ? new AllowList(allow) : undefined;
    this.refreshEvery = refresh > 0 ? refresh * 1000 : Number.POSITIVE_INFINITY;
    this.#heartbeat = heartbeat;
    this.#reach = new Reach(iface, group, pool(this));
    this.#reach.settle(heartbeat.look());
    this.#state = this.#reach.state;
    heartbeat.add(this);
  }

  get state(): State {
    return this.#state;
  }

  /** Leaves the group: no datagram and no state comes after. Leaving twice is leaving once; the last to leave closes the socket. */
  async leave(): Promise<void> {
    this.#state = CLOSED;
    this.#heartbeat.delete(this);
    await this.#reach.release();
  }

  beat(look: Look): void {
    if (this.#reach.settle(look)) this.onTrouble();
  }

  onAnswer(payload: Buffer, sender: RemoteInfo, interfaceName: string): void {
    if (this.allow && !this.allow.admits(sender.address)) return;
    this.hearer.onDatagram(payload, sender, { port: this.options.port, interface: interfaceName });
  }

  takesUnplaced(interfaceName: string): boolean {
    let first: string | undefined;
    for (const [name, { trouble }] of this.#reach.sockets) {
      if (!trouble) return interfaceName === name;
      first ??= name;
    }
    return interfaceName === first; // where none works, the first may be hearing still
  }

  onTrouble(): void {
    const state = this.#reach.state;
    if (this.#state === CLOSED || sameState(state, this.#state)) return;
    this.#state = state;
    this.hearer.onState?.(state);
  }
}
