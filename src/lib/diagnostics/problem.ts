import type { Details, McastCode, McastError } from "../errors";

/** A failure or a warning, as plain values. */
export interface Problem {
  /** The code that scripts may rely on. */
  readonly code: McastCode;
  /** The kind of the failure, more exact than the code. */
  readonly reason: string;
  /** The details that the message names. */
  readonly details: Details;
  /** The message, in English. */
  readonly message: string;
}

/** Returns an error as plain values. */
export function problemOf({ code, reason, details, message }: McastError): Problem {
  return { code, reason, details, message };
}
