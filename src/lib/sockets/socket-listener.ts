import type { RemoteInfo } from "../host/system";

/** Describes how a datagram arrived. A socket passes the same object with every datagram of which it knows the same. */
export interface Arrival {
  /** The group the datagram was sent to; missing for a datagram that was sent to an address of this host. */
  readonly group?: string;
  readonly port: number;
  /** The interface by which the datagram came in; missing where the system does not tell. */
  readonly interface?: string;
}

/** Receives datagrams. */
export interface DatagramListener {
  /**
   * `sealedAt` is given for a datagram that was sealed: when, in milliseconds since 1970 UTC by the sender's clock. `echoed` is left to
   * relays, so that one function can listen to both.
   */
  onDatagram(payload: Buffer, sender: RemoteInfo, arrival: Arrival, echoed?: undefined, sealedAt?: number): void;
}

/** One user of a shared socket. The set of a socket's listeners is its reference count. */
export interface SocketListener {
  /** Takes one datagram; the payload belongs to this listener alone. */
  receive(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void;
  /** Runs when the socket was opened, failed, recovered, or failed for another reason. */
  onChange(): void;
}
