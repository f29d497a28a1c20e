import type { Reading } from "./meter";

/** Returns messages per second, from the start of the window to the last of them. */
export function rateOf(count: number, { elapsed }: Reading): number {
  return (count * 1000) / elapsed;
}

/** Returns the percentage of the sent datagrams that did not arrive; a datagram that arrived twice is no loss. */
export function lossOf(came: number, sent: number): number {
  return Math.max(0, 100 * (1 - came / sent));
}
