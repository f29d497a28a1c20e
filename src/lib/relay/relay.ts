import { familyOf, type Group } from "../address";
import type { McastError } from "../errors";
import type { RemoteInfo } from "../host/system";
import type { Multicast } from "../multicast";
import type { Destination, Echo, JoinOptions, RelayOptions } from "../options/options";
import type { GroupListener, Membership } from "../receive/membership";
import type { Sender } from "../send/sender";
import type { Arrival } from "../sockets/group-socket";
import { type State, sumUp } from "../state";
import { hearText } from "./hear-format";
import { type EchoPath, type Endpoint, type Heard, placeOf, seedOf } from "./loop-guard";
import { Caution } from "./relay-warnings";

/** Who hears what a relay hears. */
export interface RelayListener {
  /** Called after the echo, if there was one, is on its way. */
  onDatagram(payload: Buffer, sender: RemoteInfo, arrival: Arrival, echoed: boolean): void;
  onState?(state: State): void;
  /** Called when an echo could not be sent. */
  onError?(error: McastError): void;
  /** Called once, when an echo was first kept back because it seemed to go round; the state tells how long that goes on. */
  onLoop?(warning: McastError): void;
}

/**
 * Joins groups, and sends what arrives on those that are marked to the bind group: bytes unchanged, on the same port.
 * What can't be sent on at the moment is heard all the same, but not kept for later.
 */
export class Relay implements EchoPath {
  readonly bind: Destination;
  readonly seed: number;
  readonly #multicast: Multicast;
  readonly #listener: RelayListener;
  readonly #kind: Echo;
  readonly #sender: Sender;
  readonly #acknowledger: Sender | undefined;
  readonly #memberships: readonly Membership[];
  readonly #echoed: readonly Membership[];
  readonly #caution: Caution;
  #sources: ReadonlySet<string> = new Set();
  #targets: ReadonlySet<string> = new Set();

  constructor(multicast: Multicast, { joins, bind, echo, acknowledge, maxRate }: RelayOptions, listener: RelayListener) {
    this.bind = bind;
    this.seed = seedOf(bind);
    this.#multicast = multicast;
    this.#listener = listener;
    this.#kind = echo;
    this.#caution = new Caution({
      to: bind.group.address,
      maxRate,
      onChange: () => this.#change(),
      onLoop: (warning) => listener.onLoop?.(warning),
      after: (milliseconds, callback) => multicast.after(milliseconds, callback),
    });
    this.#sender = multicast.sender({ onState: () => this.#change() }, "own"); // its echoes are known by their source port
    this.#acknowledger = acknowledge ? multicast.sender({}, "own") : undefined;
    const [marked, plain] = [this.#hearer(true), this.#hearer(false)];
    const joined = joins.map((join) => ({ join, membership: multicast.join(join, join.echo ? marked : plain) }));
    this.#memberships = joined.map(({ membership }) => membership);
    this.#echoed = joined.filter(({ join }) => join.echo).map(({ membership }) => membership);
    if (this.#echoed.length > 0) this.#sender.open(bind);
    multicast.guard.add(this);
    this.#map();
  }

  get state(): State {
    const parts = [...this.#memberships, this.#sender, this.#caution];
    return sumUp(parts.map((part) => part.state));
  }

  get joins(): readonly JoinOptions[] {
    return this.#memberships.map(({ options }) => options);
  }

  get sources(): ReadonlySet<string> {
    return this.#sources;
  }

  get targets(): ReadonlySet<string> {
    return this.#targets;
  }

  isSourceOf(sender: RemoteInfo): boolean {
    return this.#sender.isSourceOf(sender);
  }

  /** Leaves every group, and closes when the last echo has gone out. */
  async close(): Promise<void> {
    this.#multicast.guard.delete(this);
    this.#caution.close();
    await Promise.all([...this.#memberships.map((membership) => membership.leave()), this.#sender.close(), this.#acknowledger?.close()]);
  }

  #hearer(isMarked: boolean): GroupListener {
    let last: RemoteInfo | undefined;
    return {
      onDatagram: (payload, sender, arrival) => {
        if (sender === last) return; // by a group that is joined on one interface under two names, with the same tick
        last = sender;
        const echoed = this.#hear({ payload, sender, arrival }, isMarked);
        this.#listener.onDatagram(payload, sender, arrival, echoed);
      },
      onState: () => this.#change(),
    };
  }

  // True where it was echoed. What is kept back is not acknowledged either, so that acknowledgements go round no more than echoes.
  #hear(heard: Heard, isMarked: boolean): boolean {
    const acknowledger = this.#acknowledger && !this.isSourceOf(heard.sender) ? this.#acknowledger : undefined;
    const mayEcho = isMarked && this.#targets.size > 0;
    if (!mayEcho && !acknowledger) return false;
    const now = this.#multicast.now();
    const verdict = this.#multicast.guard.admit(this, heard, now);
    if (verdict === "loop") this.#caution.suspect(heard.arrival.group ?? "");
    const echoes = mayEcho && verdict === "echo";
    if (verdict === "loop" || !(echoes || acknowledger) || !this.#caution.admits(now)) return false;
    const said = acknowledger || this.#kind === "hear" ? hearText(heard.payload, heard.sender, this.bind.group.address) : undefined;
    if (echoes) this.#sender.send(this.bind, this.#kind === "hear" && said ? said : heard.payload, this.#sent);
    if (acknowledger && said) this.#acknowledge(acknowledger, said, heard);
    return echoes;
  }

  // The sender hears of it on the way by which its datagram came.
  #acknowledge(acknowledger: Sender, said: Uint8Array, { sender, arrival }: Heard): void {
    const to: Group = { family: familyOf(sender.address), address: sender.address };
    const iface = arrival.interface === undefined ? "default" : [arrival.interface];
    acknowledger.send({ ...this.bind, group: to, port: sender.port, iface }, said, this.#sent);
  }

  readonly #sent = (error?: McastError): void => {
    if (error) this.#listener.onError?.(error);
  };

  #change(): void {
    this.#map();
    this.#listener.onState?.(this.state);
  }

  // Where the relay leads from and to is drawn anew when something changed, and not for each datagram.
  #map(): void {
    const heard = ({ state }: Membership) => ("interfaces" in state ? state.interfaces : []);
    const placesOf = ({ group, port }: Endpoint, names: readonly string[]) => names.map((name) => placeOf(group.address, port, name));
    this.#sources = new Set(this.#echoed.flatMap((membership) => placesOf(membership.options, heard(membership))));
    this.#targets = new Set(placesOf(this.bind, this.#sender.interfaces));
  }
}
