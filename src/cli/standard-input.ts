import type { Readable } from "node:stream";
import type { Run } from "./run";
import { UsageError } from "./usage-error";

/** The most bytes of one datagram (IPv6); the library checks the limit of the group's family. */
const MOST = 65527;

/** Returns the bytes as they arrive, in pieces of at most `size` bytes. It never waits to fill a piece. */
export async function* piecesOf(input: Readable, size: number, run: Run): AsyncGenerator<Buffer> {
  for await (const bytes of chunksOf(input, run)) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
}

/** Returns each line, without its line break (LF or CR LF); an empty line is an empty payload. Throws UsageError for an endless line. */
export async function* linesOf(input: Readable, run: Run): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const bytes of chunksOf(input, run)) {
    rest = Buffer.concat([rest, bytes]);
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      yield withoutReturn(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > MOST + 1) throw new UsageError(`a line is longer than one datagram (at most ${MOST} bytes)`);
  }
  if (rest.length > 0) yield withoutReturn(rest);
}

async function* chunksOf(input: Readable, run: Run): AsyncGenerator<Buffer> {
  run.onEnd(() => input.destroy());
  for await (const chunk of input) yield Buffer.from(chunk);
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}
