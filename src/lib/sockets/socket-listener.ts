import type { RemoteInfo } from "../host/system";

/** Describes how a datagram arrived. A socket passes the same object with all datagrams that arrive in the same way. */
export interface Arrival {
  /** The group the datagram was sent to; missing for a datagram that was sent to an address of this host. */
  readonly group?: string;
  readonly port: number;
  /** The interface of arrival; missing if the system does not provide it. */
  readonly interface?: string;
}

/** Receives datagrams. */
export interface DatagramListener {
  /**
   * `sealedAt` is the time at which a sealed datagram was sealed, in milliseconds since 1970 UTC by the sender's clock; undefined
   * for others. Only relays use `echoed`; it is here so that one function can listen to both.
   */
  onDatagram(payload: Buffer, sender: RemoteInfo, arrival: Arrival, echoed?: undefined, sealedAt?: number): void;
}

/** One user of a shared socket. The set of a socket's listeners is its reference count. */
export interface SocketListener {
  /** Receives one datagram; the payload belongs to this listener alone. */
  receive(payload: Buffer, sender: RemoteInfo, arrival: Arrival): void;
  /** Called when the socket was opened, failed, recovered, or failed for another reason. */
  onChange(): void;
}
