import { toInteger } from "../address";
import { McastError, quote, type Reason } from "../errors";

/** The limits of an integer, and the reason of the error for values beyond the limits. */
export interface IntegerRange {
  readonly least: number;
  readonly most: number;
  /** A value outside the limits that is valid too, such as 0 for "off". */
  readonly off?: number;
  readonly reason: Reason;
}

/** Returns the value that is set; `left` where the setting is blank; `otherwise` where it is missing. */
export function pick(set: unknown, left: unknown, otherwise?: unknown): unknown {
  return set === "" ? left : (set ?? otherwise);
}

/** True for undefined, null and the empty string: no value was chosen. */
export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** Reads a whole number, given as a number or in digits. Throws the reason of the range, which may name the property. */
export function toIntegerIn({ least, most, off, reason }: IntegerRange, value: unknown, property = ""): number {
  const number = toInteger(value);
  const isValid = number !== undefined && (number === off || (number >= least && number <= most));
  if (!isValid) throw new McastError(reason, { property, value: quote(value), least, most });
  return number;
}

/** Reads true or false, given as a boolean or as a word. Throws ERR_MCAST_OPTION, which names the property. */
export function toBoolean(property: string, value: unknown): boolean {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new McastError("boolean", { property, value: quote(value) });
}

/** Reads one of several words. Throws ERR_MCAST_OPTION, which names the property. */
export function toChoice<T extends string>(property: string, choices: readonly T[], value: unknown): T {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new McastError("choice", { property, value: quote(value), choices: choices.join(", ") });
  return choice;
}

// The most levels of nested lists, more than any user writes. A list that contains itself would never end.
const MAX_DEPTH = 50;

/** Returns the entries of a list. An entry may be a list again, such as an environment variable with JSON. */
export function flatten(value: unknown): readonly unknown[] {
  return [value].flat(MAX_DEPTH);
}

/** Returns the entries of a list as a form stores it. A string in the list may be a list as well, such as an environment variable. */
export function entries(value: unknown): readonly unknown[] {
  return flatten(value).flatMap((entry: unknown): readonly unknown[] => (typeof entry === "string" ? words(entry) : [entry]));
}

function words(text: string): readonly string[] {
  const found = text.split(/[\s,]+/).filter(Boolean);
  return found.length > 0 ? found : [""];
}
