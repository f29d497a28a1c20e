import { system } from "./host/system";
import { Multicast } from "./multicast";
import { LoopGuard } from "./relay/loop-guard";

/** The one set of sockets that everything in this process shares. */
export const multicast = new Multicast(system);

/** The one loop guard of this process: it knows where all relays of the process lead. */
export const loopGuard = new LoopGuard();
