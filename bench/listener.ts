import { createSocket, type Socket } from "node:dgram";
import { serve } from "./helper-process";
import { LO } from "./ports";
import { ageOf } from "./stamp";
import { percentile } from "./statistics";

export interface Place {
  readonly group: string;
  readonly port: number;
}

/** The datagrams that arrived since the last report: their number, and percentiles of their age in microseconds. */
export interface Received {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
}

const MOST = 400_000;
const ages = new Float64Array(MOST);
let count = 0;

async function listen({ group, port }: Place): Promise<void> {
  const socket: Socket = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(port, group, resolve));
  socket.setRecvBufferSize(4 * 1024 * 1024);
  socket.addMembership(group, LO);
  socket.on("message", (payload) => {
    if (count < MOST) ages[count] = ageOf(payload);
    count += 1;
  });
}

function report(): Received {
  const known = [...ages.subarray(0, Math.min(count, MOST))];
  const received = { count, p50: percentile(known, 50), p99: percentile(known, 99) };
  count = 0;
  return received;
}

serve({ listen, report });
