import { parseGroupEndpoint } from "../lib/address";
import { DEFAULTS } from "../lib/options/options";
import { UsageError } from "./run";

export interface GroupFlags {
  readonly group?: string;
  readonly groups?: readonly string[];
}

/** The groups that are named one way or the other; the default one where none is. */
export function groupsOf({ group, groups = [] }: GroupFlags): readonly string[] {
  const named = group === undefined ? groups : [group, ...groups];
  return named.length > 0 ? named.map(withoutPort) : [DEFAULTS.group];
}

/** A group as it was given. One that brings a port along is refused: a run has one port, and a flag for it. */
export function withoutPort(text: string): string {
  const { port } = parseGroupEndpoint(text);
  if (port !== undefined) throw new UsageError(`${text} names a port as well: give it as --port ${port}`);
  return text;
}

/** Reads a number of seconds. */
export function seconds(text: string): number {
  return inRange(text, /^\d*\.?\d+$/, 0.001, 2_000_000, "a time in seconds (0.001 to 2000000)");
}

/** Reads a number of bytes of one datagram. */
export function bytes(text: string): number {
  return inRange(text, /^\d+$/, 1, 65507, "a size in bytes (1 to 65507)");
}

function inRange(text: string, digits: RegExp, least: number, most: number, wanted: string): number {
  const number = Number(text);
  if (!digits.test(text) || number < least || number > most) throw new UsageError(`${text} is not ${wanted}`);
  return number;
}
