import type { FlagName, GivenFlags } from "./flags";
import type { Exit, Run } from "./run";

/** The verb and the flags of a command line. */
export interface Call {
  readonly verb: Verb;
  readonly flags: GivenFlags;
  /** The word after the verb, such as the shell of `completion`. */
  readonly operand: string | undefined;
}

/** Runs a verb. Gets the table of verbs, because `help` and `completion` print it. */
export type Action = (call: Call, run: Run, verbs: readonly Verb[]) => Promise<Exit>;

/** One verb: the parser, the help, the shell completion and the manual page follow from this entry alone. */
export interface Verb {
  readonly name: string;
  /** One sentence, for the list of verbs. */
  readonly summary: string;
  /** Further sentences for the help of the verb. */
  readonly details?: string;
  /** The flags that have an effect. */
  readonly flags: readonly FlagName[];
  /** Help texts of this verb for flags with a special meaning in it. */
  readonly texts?: Readonly<Partial<Record<FlagName, string>>>;
  /** The word that may follow the verb, and its possible values. */
  readonly operand?: { readonly name: string; readonly isOptional: boolean; readonly choices: readonly string[] };
  /** The flag that the user probably meant by an unexpected word, such as `-m`. */
  readonly looseWords?: string;
  /** Valid command lines, and their effects. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** Loads the code of the verb, so that other verbs start without it. */
  readonly load: () => Action;
}
