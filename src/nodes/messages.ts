import { type Details, McastError, messageOf } from "../lib/errors";

/** Returns a text of the catalogue by its key. */
export type Catalogue = (key: string, details?: object) => string;

/**
 * Returns an error in the reader's language. If the catalogue has no text, Node-RED returns the key; the error then keeps its own
 * English message. `suffix` follows the message.
 */
export function translate(error: unknown, catalogue: Catalogue, suffix = ""): Error {
  if (!isMcastError(error)) return new Error(`${messageOf(error)}${suffix}`, { cause: error });
  const key = `reason.${error.reason}`;
  const text = catalogue(key, withLabel(error.details, catalogue));
  const message = text.endsWith(key) ? error.message : text;
  return message + suffix === error.message ? error : error.withMessage(message + suffix);
}

// Adds the label of the property's field, if it has one.
function withLabel(details: Details, catalogue: Catalogue): Details {
  const { property } = details;
  if (property === undefined) return details;
  const key = `label.${property}`;
  const label = catalogue(key);
  return { ...details, label: label.endsWith(key) ? property : label };
}

/**
 * Returns the error of an input handler as a McastError. A message may contain objects that throw when a program reads or changes
 * them.
 */
export function toMcastError(error: unknown): McastError {
  return isMcastError(error) ? error : new McastError("message-odd", { why: messageOf(error) }, error);
}

/** Returns true for an error of this package. Reading the class of a proxy may throw. */
export function isMcastError(error: unknown): error is McastError {
  try {
    return error instanceof McastError;
  } catch {
    return false;
  }
}
