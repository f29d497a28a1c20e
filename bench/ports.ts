import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";

/** The loopback interface: nothing that is measured leaves the machine. */
export const LO = "127.0.0.1";

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  socket.bind(0, LO);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

let next = randomInt(0, 20_000);

/** So many groups that no other contender has. */
export function freeGroups(count = 1): readonly string[] {
  return Array.from({ length: count }, () => {
    next = (next + 1) % 20_000;
    return `239.255.${100 + Math.floor(next / 200)}.${1 + (next % 200)}`;
  });
}

export function freeGroup(): string {
  return freeGroups()[0] ?? "";
}
