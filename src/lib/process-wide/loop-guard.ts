import { LoopGuard } from "../relay/loop-guard";

/** The loop guard of this process, which knows the paths of all its relays. */
export const loopGuard = new LoopGuard();
