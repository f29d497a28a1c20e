import { FLAGS, type FlagName, type GivenFlags, lastValue } from "./flags";
import { quoted } from "./terminal-text";
import { UsageError } from "./usage-error";

/** Reads a number of seconds, 0.001 to 2000000. Throws UsageError. */
export function secondsOf(flags: GivenFlags, name: FlagName): number | undefined {
  return numberOf(flags, name, { digits: /^\d*\.?\d+$/, least: 0.001, most: 2_000_000, wanted: "a time in seconds (0.001 to 2000000)" });
}

/** Reads the bytes of one datagram, 1 to 65507. Throws UsageError. */
export function bytesOf(flags: GivenFlags, name: FlagName): number | undefined {
  return numberOf(flags, name, { digits: /^\d+$/, least: 1, most: 65507, wanted: "a size in bytes (1 to 65507)" });
}

/** Reads a number of datagrams or questions, 1 to 1000000000. Throws UsageError. */
export function countOf(flags: GivenFlags, name: FlagName): number | undefined {
  return numberOf(flags, name, { digits: /^\d+$/, least: 1, most: 1_000_000_000, wanted: "a number from 1 to 1000000000" });
}

interface Range {
  readonly digits: RegExp;
  readonly least: number;
  readonly most: number;
  readonly wanted: string;
}

function numberOf(flags: GivenFlags, name: FlagName, { digits, least, most, wanted }: Range): number | undefined {
  const text = lastValue(flags, name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (digits.test(text) && number >= least && number <= most) return number;
  throw new UsageError(`${FLAGS[name].long} must be ${wanted}, not ${quoted(text)}`);
}
