import { system } from "./host/system";
import { Multicast } from "./multicast";
import { LoopGuard } from "./relay/loop-guard";

/** The set of sockets that the whole process shares. */
export const multicast = new Multicast(system);

/** The loop guard of this process, which knows the paths of all its relays. */
export const loopGuard = new LoopGuard();
