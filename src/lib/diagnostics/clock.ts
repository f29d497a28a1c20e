import type { Multicast } from "../multicast";

/** The time of a snapshot on two clocks: in milliseconds since 1970, and on the clock of the counts, which never jumps. */
export interface Clock {
  readonly time: number;
  readonly now: number;
}

export function clockOf(multicast: Multicast): Clock {
  return { time: Date.now(), now: multicast.now() };
}

/** Returns a time of the clock that never jumps in milliseconds since 1970. */
export function since1970({ time, now }: Clock, at: number): number {
  return Math.round(time - now + at);
}
