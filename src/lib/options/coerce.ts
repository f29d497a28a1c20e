import { quote, toInteger } from "../address";
import { McastError, type Reason } from "../errors";

/** What is set, or where that is left blank, what is given instead; where it is missing, its default. */
export function pick(set: unknown, left: unknown, otherwise?: unknown): unknown {
  return set === "" ? left : (set ?? otherwise);
}

/** True for what stands for "nothing was chosen". */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** Reads a whole number, as such or in digits; blank is its default. Throws the reason. */
export function integer(value: unknown, otherwise: number, reason: Reason, inRange: (value: number) => boolean): number {
  if (isBlank(value)) return otherwise;
  const number = toInteger(value);
  if (number === undefined || !inRange(number)) throw new McastError(reason, { value: quote(value) });
  return number;
}

/** Reads true or false, as such or as a word; blank is its default. Throws the reason. */
export function boolean(value: unknown, otherwise: boolean, reason: Reason): boolean {
  if (isBlank(value)) return otherwise;
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new McastError(reason, { value: quote(value) });
}

/** Reads one of some words; blank is its default. Throws the reason. */
export function oneOf<T extends string>(value: unknown, choices: readonly T[], otherwise: T, reason: Reason): T {
  if (isBlank(value)) return otherwise;
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new McastError(reason, { value: quote(value) });
  return choice;
}

/** The entries of a list as a form stores it, in which a string may be a list as well (an environment variable is one). */
export function entries(value: unknown): readonly unknown[] {
  return [value].flat().flatMap((entry: unknown): readonly unknown[] => (typeof entry === "string" ? words(entry) : [entry]));
}

function words(text: string): readonly string[] {
  const found = text.split(/[\s,]+/).filter(Boolean);
  return found.length > 0 ? found : [""];
}
