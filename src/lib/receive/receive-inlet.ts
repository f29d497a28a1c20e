import type { RemoteInfo } from "../host/system";
import { reportListenerFault } from "../listener-fault";
import type { SealedGroup } from "../sealed/sealed-group";
import type { GroupSocketListener } from "../sockets/group-socket";
import { ReceiveCounts } from "../sockets/receive-counts";
import type { Arrival, DatagramListener } from "../sockets/socket-listener";
import type { AllowList } from "./allow-list";

/** The membership of an inlet, as its socket needs it. */
export interface InletOwner extends Pick<GroupSocketListener, "refreshEvery" | "acceptsUnknownInterface" | "onChange"> {
  /** The opener of the group; undefined if its datagrams are not sealed. */
  readonly sealed?: SealedGroup | undefined;
}

/**
 * The only path of a datagram from a socket to a listener: first the allow list, then the opening of a seal, then the listener. A
 * listener has an inlet on each of its sockets, so that datagrams are counted for each interface.
 */
export class ReceiveInlet implements GroupSocketListener {
  /** The datagrams that reached the listener. */
  readonly counts = new ReceiveCounts();
  /** The number of datagrams whose sender is not on the allow list. */
  filtered = 0;
  /** The number of datagrams that were refused because they did not open with the key of the listener, or had opened before. */
  refused = 0;
  readonly #listener: DatagramListener;
  readonly #allow: AllowList | undefined;
  readonly #owner: InletOwner;
  readonly #sealed: SealedGroup | undefined;

  /** Without an allow list every sender is accepted. */
  constructor(listener: DatagramListener, allow: AllowList | undefined, owner: InletOwner) {
    this.#listener = listener;
    this.#allow = allow;
    this.#owner = owner;
    this.#sealed = owner.sealed;
  }

  get refreshEvery(): number {
    return this.#owner.refreshEvery;
  }

  receive(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void {
    if (this.#allow && !this.#allow.admits(sender.address)) {
      this.filtered += 1;
      return;
    }
    if (!this.#sealed) return this.#deliver(payload, sender, arrival);
    const opened = this.#sealed.open(payload, sender.address);
    if (opened) this.#deliver(opened.payload, sender, arrival, opened.sealedAt);
    else this.refused += 1;
  }

  #deliver(payload: Buffer, sender: RemoteInfo, arrival: Arrival, sealedAt?: number): void {
    this.counts.add(payload, sender);
    try {
      this.#listener.onDatagram(payload, sender, arrival, undefined, sealedAt);
    } catch (error) {
      reportListenerFault(error);
    }
  }

  acceptsUnknownInterface(interfaceName: string): boolean {
    return this.#owner.acceptsUnknownInterface(interfaceName);
  }

  onChange(): void {
    this.#owner.onChange();
  }
}
