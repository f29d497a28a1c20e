import { EXIT } from "./run";
import type { Action } from "./verb";

/** Does nothing. */
export const noop: Action = async () => EXIT.done;
