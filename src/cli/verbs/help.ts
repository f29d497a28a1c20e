import { commandHelp, verbHelp } from "../help";
import { findVerb, unknownVerb } from "../parse";
import { EXIT } from "../run";
import type { Action } from "../verb";

/** Prints the help of the command, or of the verb that is named. */
export const help: Action = async ({ operand }, run, verbs) => {
  const verb = operand === undefined ? undefined : findVerb(operand, verbs);
  if (operand !== undefined && !verb) throw unknownVerb(operand, verbs);
  run.output.print(verb ? verbHelp(verb) : commandHelp(verbs));
  return EXIT.done;
};
