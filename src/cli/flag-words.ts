import { allFlags, FLAGS, type Flag, type FlagName, spellingsOf } from "./flags";
import { nearest } from "./nearest";
import { printable, quoted } from "./terminal-text";
import { UsageError } from "./usage-error";

/** A flag as the user typed it. */
export interface TypedFlag {
  readonly name: FlagName;
  /** The spelling that was used. */
  readonly spelling: string;
  /** The value in the same word, as in `--port=5000` or `-p5000`. */
  readonly attached: string | undefined;
}

const SPELLINGS: ReadonlyMap<string, FlagName> = new Map(
  allFlags().flatMap(([name, flag]) => spellingsOf(flag).map((spelling) => [spelling, name] as const)),
);

/**
 * Returns the flag of a word; undefined for text. A number such as -5 and a lone dash are text. In a list, a word with a blank is
 * text too, unless it begins with a long flag and `=`. Throws UsageError for a word in the form of a flag that is not valid.
 */
export function typedFlag(word: string, isInList: boolean): TypedFlag | undefined {
  if (!looksLikeFlag(word)) return undefined;
  const [, long = "", attached] = /^(--[^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const name = SPELLINGS.get(long);
  if (name) return { name, spelling: long, attached };
  if (isInList && /\s/.test(word)) return undefined;
  return shortFlag(word) ?? refuseUnknown(long || word, isInList);
}

/** True for one or two dashes before a letter. */
export function looksLikeFlag(word: string): boolean {
  return /^--?[a-zA-Z]/.test(word);
}

/** Makes the error for a flag without its value. */
export function missingValue({ name, spelling }: TypedFlag, next: string | undefined): UsageError {
  const { value, takes }: Flag = FLAGS[name];
  const after = next === undefined ? "the line ends" : `${quoted(next)} follows`;
  if (name === "message")
    return new UsageError(`${spelling} needs text, but ${after}: "" is an empty datagram, and after -- every word is text`);
  const wanted = takes === "many" ? "at least one value" : "a value";
  return new UsageError(`${spelling} needs ${wanted}, but ${after}: ${spelling} ${value}`);
}

/** Makes the error for a flag with a blank value. */
export function blankValue({ name, spelling }: TypedFlag, blank: string): UsageError {
  const { value }: Flag = FLAGS[name];
  return new UsageError(`${spelling} needs a value, but ${quoted(blank)} was given: ${spelling} ${value}`);
}

/** Makes the error for a flag that takes no value but has one. */
export function unwantedValue({ spelling, attached = "" }: TypedFlag): UsageError {
  const isShort = !spelling.startsWith("--") && SPELLINGS.has(`-${attached.slice(0, 1)}`);
  const advice = isShort ? `: write ${spelling} -${printable(attached)}` : "";
  return new UsageError(`${spelling} takes no value, but ${quoted(attached)} was given${advice}`);
}

/** True for the spelling of a flag that takes a value. */
export function takesValue(word: string): boolean {
  const name = SPELLINGS.get(word);
  return name !== undefined && FLAGS[name].takes !== "nothing";
}

// Reads a word with one dash. `-port` means --port, not -p with the value "ort".
function shortFlag(word: string): TypedFlag | undefined {
  const spelling = word.slice(0, 2);
  const name = SPELLINGS.has(`-${word}`) ? undefined : SPELLINGS.get(spelling);
  return name && { name, spelling, attached: word.length > 2 ? word.slice(2) : undefined };
}

function refuseUnknown(word: string, isInList: boolean): never {
  const long = [...SPELLINGS.keys()].filter((spelling) => spelling.startsWith("--"));
  const near = nearest(word.startsWith("--") ? word : `-${word}`, long);
  const advice = near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "; the help of the verb lists its flags";
  throw new UsageError(`unknown flag ${quoted(word)}${advice}${isInList ? " (as text, write it after --)" : ""}`);
}
