import { formatEndpoint } from "../lib/address";
import { McastError } from "../lib/errors";
import { type Destination, destination } from "../lib/options/options";
import { encode } from "../lib/payload";
import { multicast } from "../lib/process";
import type { Sender } from "../lib/send/sender";
import { type GroupFlags, groupsOf } from "./flags";
import { EXIT, type Exit, type Run, UsageError } from "./run";

export interface SayFlags extends GroupFlags {
  readonly message?: readonly string[];
  readonly pipe?: boolean;
  readonly size: number;
  readonly port?: string;
  readonly iface?: string;
  readonly ttl?: string;
  readonly loopback?: boolean;
  readonly sourcePort?: string;
}

/** Sends the words of a message as one datagram, or what comes from standard input in as many as it takes. */
export async function say(flags: SayFlags, run: Run): Promise<Exit> {
  const { message, pipe, size, port, iface, ttl, loopback, sourcePort } = flags;
  if (!message === !pipe) throw new UsageError("nothing to say, or too much: give --message or --pipe");
  const places = groupsOf(flags).map((group) => destination({ group, port, iface, ttl, loopback, sourcePort }));
  // One after the other, so that however much is piped in, no more than a read of it is in memory.
  return sendAll(message ? [Buffer.from(message.join(" "))] : piecesOf(process.stdin, size, run), places, run);
}

async function sendAll(payloads: Iterable<Buffer> | AsyncIterable<Buffer>, places: readonly Destination[], run: Run): Promise<Exit> {
  const sender = multicast.sender({
    onState: (state) => {
      if (state.kind === "waiting") run.tell(state.reason.message);
    },
  });
  run.onEnd(() => void sender.close());
  let count = 0;
  try {
    for await (const payload of payloads) {
      for (const place of places) {
        await send(sender, place, payload, run);
        const to = formatEndpoint(place.group.address, place.port);
        run.mention(`${payload.length} bytes > ${to} on ${sender.interfaces.join(", ")}`);
        count += 1;
      }
    }
  } catch (error) {
    const isLate = error instanceof McastError && error.code === "ERR_MCAST_INTERFACE" && count === 0;
    if (!run.isOver && !isLate) throw error;
    if (!run.isOver && isLate) run.tell(error.message);
  } finally {
    await sender.close();
  }
  return count > 0 ? EXIT.done : EXIT.nothing;
}

// The library waits ten seconds for an interface; who gave a time waits as long as that.
async function send(sender: Sender, place: Destination, payload: Buffer, run: Run): Promise<void> {
  const bytes = encode(payload, place.group.family);
  for (;;) {
    const error = await new Promise<McastError | undefined>((resolve) => sender.send(place, bytes, resolve));
    if (!error) return;
    if (error.code !== "ERR_MCAST_INTERFACE" || !run.isTimed) throw error;
  }
}

// What comes is sent as it comes: nothing waits for more to fill a datagram up.
async function* piecesOf(input: NodeJS.ReadStream, size: number, run: Run): AsyncGenerator<Buffer> {
  run.onEnd(() => input.destroy());
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
}

/** Bytes of a datagram where no other size is asked for: they fit into an Ethernet frame. */
export const SIZE = 1400;
