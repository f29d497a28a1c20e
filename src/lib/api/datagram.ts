import type { State } from "../state";

/** The sender of a datagram. */
export interface DatagramSender {
  /** The sender's IPv4 or IPv6 address; a link-local IPv6 address has a zone, as in `fe80::1%eth0`. */
  readonly address: string;
  /** The family of the address. */
  readonly family: "IPv4" | "IPv6";
  /** The port that the datagram was sent from. */
  readonly port: number;
  /** The bytes of the datagram. A sealed datagram has 32 more than its payload. */
  readonly size: number;
}

/** Describes how a datagram arrived. */
export interface Arrival {
  /** The group that the datagram was sent to; missing for a datagram that was sent to this host itself. */
  readonly group?: string;
  /** The port that the datagram was sent to. */
  readonly port: number;
  /** The interface of arrival; missing if the system does not provide it. */
  readonly interface?: string;
}

/** Receives the changes of a state. */
export interface StateListener {
  /** The label of this listener in `activity`. Default: none. */
  readonly label?: string | undefined;
  /**
   * Called with each new state after the call that opened the object, but not with `closed`, which only the program causes. An
   * error that it throws, or with which its promise rejects, is a warning of the process.
   */
  readonly onState?: ((state: State) => unknown) | undefined;
}
