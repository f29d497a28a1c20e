import type { RemoteInfo } from "../host/system";
import { reportListenerFault } from "../listener-fault";
import type { Arrival, DatagramListener } from "../sockets/socket-listener";
import type { AllowList } from "./allow-list";

/** The one way by which a received datagram reaches a listener: first the allow list, then the listener. */
export class Inlet {
  readonly #listener: DatagramListener;
  readonly #allow: AllowList | undefined;

  /** Without an allow list every sender is accepted. */
  constructor(listener: DatagramListener, allow: AllowList | undefined) {
    this.#listener = listener;
    this.#allow = allow;
  }

  receive(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void {
    if (this.#allow && !this.#allow.admits(sender.address)) return;
    try {
      this.#listener.onDatagram(payload, sender, arrival);
    } catch (error) {
      reportListenerFault(error);
    }
  }
}
