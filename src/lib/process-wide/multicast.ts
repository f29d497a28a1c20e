import { system } from "../host/system";
import { Multicast } from "../multicast";

/** The set of sockets that the whole process shares. */
export const multicast = new Multicast(system);
