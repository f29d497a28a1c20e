import type { Group } from "./address";
import type { McastError } from "./errors";
import type { Arrival } from "./group-socket";
import { hearText } from "./hear-text";
import type { GroupListener, Membership } from "./membership";
import type { Multicast } from "./multicast";
import type { Destination, RelayOptions } from "./options";
import { type EchoPath, type Endpoint, placeOf, type RelayGuard } from "./relay-guard";
import type { Sender } from "./sender";
import { type State, sumUp } from "./state";
import type { RemoteInfo } from "./system";

/** Who hears what a relay hears. */
export interface RelayListener {
  /** Called after the echo, if there was one, is on its way. */
  onDatagram(payload: Buffer, sender: RemoteInfo, arrival: Arrival, echoed: boolean): void;
  onState?(state: State): void;
  /** Called when an echo could not be sent. */
  onError?(error: McastError): void;
}

/**
 * Joins groups, and sends what arrives on those that are marked to the bind group: bytes unchanged, on the same port.
 * What can't be sent on at the moment is heard all the same, but not kept for later.
 */
export class Relay implements EchoPath {
  readonly bind: Destination;
  readonly #listener: RelayListener;
  readonly #guard: RelayGuard;
  /** Whether the words of the Python tool's HEAR are wanted, as the echo or for the sender. */
  readonly #says: boolean;
  readonly #sender: Sender;
  readonly #acknowledger: Sender | undefined;
  readonly #memberships: readonly Membership[];
  readonly #echoed: readonly Membership[];
  #sources: ReadonlySet<string> = new Set();
  #targets: ReadonlySet<string> = new Set();

  constructor(multicast: Multicast, { joins, bind, echo: kind, acknowledge }: RelayOptions, listener: RelayListener) {
    this.bind = bind;
    this.#listener = listener;
    this.#guard = multicast.guard;
    this.#sender = multicast.sender({ onState: () => this.#change() }, "own"); // its echoes are known by their source port
    this.#says = kind === "hear" || acknowledge;
    this.#acknowledger = acknowledge ? multicast.sender({}, "own") : undefined;
    const hear = this.#hearer(() => false);
    const echo = this.#hearer((payload, said, sender, arrival) => {
      return this.#echo(kind === "hear" && said ? said : payload, sender, arrival);
    });
    const joined = joins.map((join) => ({ join, membership: multicast.join(join, join.echo ? echo : hear) }));
    this.#memberships = joined.map(({ membership }) => membership);
    this.#echoed = joined.filter(({ join }) => join.echo).map(({ membership }) => membership);
    if (this.#echoed.length > 0) this.#sender.open(bind);
    this.#guard.add(this);
    this.#map();
  }

  get state(): State {
    return sumUp([...this.#memberships.map((membership) => membership.state), this.#sender.state]);
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
    this.#guard.delete(this);
    await Promise.all([...this.#memberships.map((membership) => membership.leave()), this.#sender.close(), this.#acknowledger?.close()]);
  }

  #hearer(echo: (payload: Buffer, said: Uint8Array | undefined, sender: RemoteInfo, arrival: Arrival) => boolean): GroupListener {
    return {
      onDatagram: (payload, sender, arrival) => {
        const said = this.#says ? hearText(payload, sender, this.bind.group.address) : undefined;
        const echoed = echo(payload, said, sender, arrival);
        if (said && this.#acknowledger && !this.isSourceOf(sender)) this.#acknowledge(this.#acknowledger, said, sender, arrival);
        this.#listener.onDatagram(payload, sender, arrival, echoed);
      },
      onState: () => this.#change(),
    };
  }

  #echo(bytes: Uint8Array, sender: RemoteInfo, arrival: Arrival): boolean {
    if (this.#targets.size === 0 || !this.#guard.admits(this, sender, arrival)) return false;
    this.#sender.send(this.bind, bytes, this.#sent);
    return true;
  }

  // The sender hears of it on the way by which its datagram came.
  #acknowledge(acknowledger: Sender, said: Uint8Array, sender: RemoteInfo, arrival: Arrival): void {
    const to: Group = { family: sender.address.includes(":") ? "IPv6" : "IPv4", address: sender.address };
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
