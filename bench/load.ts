import { createSocket, type Socket } from "node:dgram";
import { resolve } from "node:path";
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
  /** The key to seal with; the payload has as many bytes as given. */
  readonly key?: string;
  /** True if each looks like the datagram of another sender, and does not open. */
  readonly isForged?: boolean;
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

async function send({ groups, port, bytes, rate, count, key, isForged = false }: Load): Promise<void> {
  const from = await open();
  const datagram = Buffer.alloc(bytes, 0x2e);
  const wrap = key === undefined ? (payload: Buffer) => payload : sealing({ groups, port, key, isForged });
  const one = (sent: number): void => {
    number += 1;
    stamp(datagram, number);
    from.send(wrap(datagram, sent), port, groups[sent % groups.length]);
  };
  const start = performance.now();
  for (let sent = 0; sent < count; ) {
    const due = rate === 0 ? sent + BURST : Math.floor(((performance.now() - start) * rate) / 1000) + 1;
    for (; sent < Math.min(due, count); sent += 1) one(sent);
    await (rate === 0 ? nextTurn() : pause(1));
  }
}

// To the first group alone: a datagram opens for the group that it was sealed for.
function sealing({
  groups,
  port,
  key,
  isForged,
}: Pick<Load, "groups" | "port" | "key" | "isForged">): (payload: Buffer, sent: number) => Buffer {
  const { Sealer }: typeof import("../src/lib/sealed/sealer") = require(resolve("dist/lib/sealed/sealer.js"));
  const { readKey }: typeof import("../src/lib/sealed/group-key") = require(resolve("dist/lib/sealed/group-key.js"));
  const { parseGroup }: typeof import("../src/lib/address") = require(resolve("dist/lib/address.js"));
  const sealer = new Sealer({ key: readKey(key), clock: { utc: () => Date.now(), now: () => performance.now() } });
  const group = parseGroup(groups[0]);
  if (!isForged) return (payload) => sealer.seal(payload, group, port);
  const forged = sealer.seal(Buffer.alloc(64), group, port);
  return (_payload, sent) => {
    forged.writeUInt32BE(sent, 4);
    return Buffer.from(forged);
  };
}

serve({ send });
