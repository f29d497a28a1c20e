import { createSocket, type Socket } from "node:dgram";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { serve } from "./helper-process";
import { LO } from "./ports";
import { stamp } from "./stamp";

/** A series of datagrams: `rate` a second, or as many as possible (0), to one group after the other. */
export interface Load {
  readonly groups: readonly string[];
  readonly port: number;
  readonly bytes: number;
  readonly rate: number;
  readonly count: number;
}

const BURST = 32;
let number = 0;
let socket: Socket | undefined;

async function open(): Promise<Socket> {
  if (socket) return socket;
  // With a look-up that calls back at once, the datagram has left when `send` returns.
  const opened = createSocket({ type: "udp4", lookup: (address, _options, done) => done(null, address, 4) });
  await new Promise<void>((resolve) => opened.bind(0, LO, resolve));
  opened.setMulticastInterface(LO);
  socket = opened;
  return opened;
}

async function send({ groups, port, bytes, rate, count }: Load): Promise<void> {
  const from = await open();
  const datagram = Buffer.alloc(bytes, 0x2e);
  const one = (sent: number): void => {
    number += 1;
    stamp(datagram, number);
    from.send(datagram, port, groups[sent % groups.length]);
  };
  const start = performance.now();
  for (let sent = 0; sent < count; ) {
    const due = rate === 0 ? sent + BURST : Math.floor(((performance.now() - start) * rate) / 1000) + 1;
    for (; sent < Math.min(due, count); sent += 1) one(sent);
    await (rate === 0 ? nextTurn() : pause(1));
  }
}

serve({ send });
