import type { Reading } from "./meter";

/** Messages a second, from the start of the window until the last of them. */
export function rateOf(count: number, { elapsed }: Reading): number {
  return (count * 1000) / elapsed;
}

/** Percent of what was sent that did not come; what came twice is no loss. */
export function lossOf(came: number, sent: number): number {
  return Math.max(0, 100 * (1 - came / sent));
}
