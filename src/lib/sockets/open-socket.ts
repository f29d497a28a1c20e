import { refusalBy } from "../host/platform";
import type { Opening, Socket, System } from "../host/system";

/** Describes a socket to open on an interface of this host. */
export interface SocketOpening extends Opening {
  /** The name of the interface, or the address that was named, for messages. */
  readonly interface: string;
  /** Set for a bind to a group, for which a system may have reasons of its own. */
  readonly step?: "bind-group";
}

/**
 * Opens a socket, binds it, and lets `prepare` set it up, all within the call. Every socket of this library is opened here. Throws
 * ERR_MCAST_INTERFACE if the interface or its address is gone, ERR_MCAST_BIND if the system refuses for another reason; `cause` is the
 * system's own error.
 */
export function openSocket(opening: SocketOpening, system: System, prepare?: (socket: Socket) => void): Socket {
  const { interface: name, step = "bind", ...how } = opening;
  let socket: Socket | undefined;
  try {
    socket = system.open(how);
    prepare?.(socket);
    return socket;
  } catch (error) {
    socket?.close();
    throw refusalBy(system.platform, step, error, { port: opening.port, interface: name });
  }
}
