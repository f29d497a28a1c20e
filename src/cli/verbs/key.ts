import { createKey } from "../../lib/sealed/group-key";
import { EXIT } from "../run";
import type { Action } from "../verb";

/** Prints a new random key for sealed groups. */
export const key: Action = async (_call, run) => {
  run.output.print(`${createKey()}\n`);
  return EXIT.done;
};
