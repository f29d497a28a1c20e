import { randomInt } from "node:crypto";

export { freePort, LO } from "../test/support/loopback";

let next = randomInt(0, 20_000);

/** Returns a number of groups that no other contender uses. */
export function freeGroups(count = 1): readonly string[] {
  return Array.from({ length: count }, () => {
    next = (next + 1) % 20_000;
    return `239.255.${100 + Math.floor(next / 200)}.${1 + (next % 200)}`;
  });
}

export function freeGroup(): string {
  return freeGroups()[0] ?? "";
}
