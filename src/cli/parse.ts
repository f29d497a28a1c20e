import { blankValue, looksLikeFlag, missingValue, type TypedFlag, typedFlag, unwantedValue } from "./flag-words";
import { FLAGS, type Flag, type FlagName, type GivenFlags } from "./flags";
import { nearest } from "./nearest";
import { quoted } from "./terminal-text";
import { UsageError } from "./usage-error";
import type { Verb } from "./verb";

/** A parsed command line; `verb` is undefined if there is none. */
export interface CommandLine {
  readonly verb: Verb | undefined;
  readonly flags: GivenFlags;
  /** The word after the verb, for a verb that takes one. */
  readonly operand: string | undefined;
}

/**
 * Parses a command line. Flags may stand before and after the verb. A flag with several values takes words up to the next flag. A
 * word in the form of a flag always is one, known or unknown, so that an empty shell variable never turns a flag into text. After
 * `--` no word is a flag. Throws UsageError.
 */
export function parse(words: readonly string[], verbs: readonly Verb[]): CommandLine {
  const { verbWord, flags, loose } = new WordReader(verbs).read(words);
  if (verbWord === undefined) return { verb: undefined, flags, operand: undefined };
  const verb = findVerb(verbWord, verbs);
  if (!verb) throw unknownVerb(verbWord, verbs);
  for (const name of flags.keys()) checkFlag(name, verb, verbs);
  checkLoose(loose, verb);
  return { verb, flags, operand: verb.operand ? loose[0] : undefined };
}

/** Returns the verb with a name, in upper or lower case. */
export function findVerb(word: string, verbs: readonly Verb[]): Verb | undefined {
  return verbs.find(({ name }) => name === word.toLowerCase());
}

/** Makes the error for an unknown verb, with the nearest verbs. */
export function unknownVerb(word: string, verbs: readonly Verb[]): UsageError {
  const names = verbs.map(({ name }) => name);
  const near = nearest(word, names);
  const advice = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `verbs: ${names.join(", ")}`;
  return new UsageError(`invalid choice: ${quoted(word)} is not a verb; ${advice}`);
}

/** Sorts words into the verb, the flags with their values, and the rest. */
class WordReader {
  readonly loose: string[] = [];
  readonly flags = new Map<FlagName, readonly string[]>();
  verbWord: string | undefined;
  readonly #verbs: readonly Verb[];
  /** The last flag, if it takes several values: the following words become its values. */
  #open: (TypedFlag & { readonly values: string[] }) | undefined;

  constructor(verbs: readonly Verb[]) {
    this.#verbs = verbs;
  }

  read(words: readonly string[]): this {
    const end = words.indexOf("--");
    const rest = words.slice(0, end < 0 ? undefined : end)[Symbol.iterator]();
    for (const word of rest) {
      const flag = typedFlag(word, this.#open !== undefined);
      if (flag) this.#flag(flag, word, rest);
      else this.#text(word);
    }
    if (end >= 0) for (const word of words.slice(end + 1)) this.#text(word);
    this.#close(undefined);
    return this;
  }

  #flag(flag: TypedFlag, word: string, rest: Iterator<string>): void {
    this.#close(word);
    const { takes }: Flag = FLAGS[flag.name];
    if (takes === "nothing") {
      if (flag.attached !== undefined) throw unwantedValue(flag);
      this.#add(flag, []);
    } else if (flag.attached !== undefined) this.#add(flag, [flag.attached]);
    else if (takes === "many") this.#open = { ...flag, values: [] };
    else this.#add(flag, [wordAfter(flag, rest.next())]);
  }

  // Before a verb was found, the name of a verb ends a list that has a value.
  #text(word: string): void {
    const isVerb = this.verbWord === undefined && findVerb(word, this.#verbs) !== undefined;
    if (this.#open && !(isVerb && this.#open.values.length > 0)) this.#open.values.push(word);
    else if (this.verbWord === undefined) {
      this.#close(word);
      this.verbWord = word;
    } else this.loose.push(word);
  }

  #close(next: string | undefined): void {
    if (!this.#open) return;
    if (this.#open.values.length === 0) throw missingValue(this.#open, next);
    this.#add(this.#open, this.#open.values);
    this.#open = undefined;
  }

  // A blank value is an empty shell variable. Most flags would take it for their default, so that --allow would accept everyone.
  #add(flag: TypedFlag, values: readonly string[]): void {
    const { name } = flag;
    const blank = values.find((value) => value.trim() === "");
    if (blank !== undefined && name !== "message") throw blankValue(flag, blank);
    this.flags.set(name, [...(this.flags.get(name) ?? []), ...values]);
  }
}

// Returns the word after a flag, unless that word is a flag itself.
function wordAfter(flag: TypedFlag, { value: word, done }: IteratorResult<string, unknown>): string {
  if (done) throw missingValue(flag, undefined);
  if (looksLikeFlag(word)) throw missingValue(flag, word);
  return word;
}

function checkFlag(name: FlagName, verb: Verb, verbs: readonly Verb[]): void {
  const { long, isUniversal }: Flag = FLAGS[name];
  if (isUniversal || verb.flags.includes(name)) return;
  const others = verbs.filter(({ flags }) => flags.includes(name)).map((each) => each.name);
  throw new UsageError(`${verb.name} does not take ${long}: that is a flag of ${others.join(", ")}`);
}

function checkLoose(loose: readonly string[], { name, operand, looseWords }: Verb): void {
  const extra = loose.slice(operand ? 1 : 0);
  if (extra.length > 0) throw unexpected(extra, looseWords);
  if (!operand || operand.isOptional) return;
  const [word] = loose;
  const wanted = `${name} ${operand.choices.join("|")}`;
  if (word === undefined) throw new UsageError(`${name} needs a word: ${wanted}`);
  if (!operand.choices.includes(word.toLowerCase())) throw new UsageError(`invalid choice: ${quoted(word)}; use ${wanted}`);
}

const GROUP = /^(\d+(\.\d+){3}|ff[\da-f]{2}:[\da-f:]+(%.+)?)$/i;

// Makes the error for words that follow no flag, with the flag that they need. A group is never meant as the text to send.
function unexpected(words: readonly string[], looseWords: string | undefined): UsageError {
  const text = words.join(" ");
  const flag = looseWords === "-m" && words.every((word) => GROUP.test(word)) ? "-g" : looseWords;
  if (!flag || text === "") return new UsageError(`unexpected ${quoted(text)}`);
  return new UsageError(`unexpected ${quoted(text)}: use ${flag}${text.startsWith("-") ? " --" : ""} ${quoted(text).slice(1, -1)}`);
}
