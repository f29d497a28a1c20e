import type { Readable } from "node:stream";
import type { Run } from "./run";
import { UsageError } from "./usage-error";

/** Returns the bytes as they arrive, in pieces of at most `size` bytes. It never waits to fill a piece. */
export async function* piecesOf(input: Readable, size: number, run: Run): AsyncGenerator<Buffer> {
  for await (const bytes of chunksOf(input, run)) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
}

/**
 * Returns each line, without its line break (LF or CR LF); an empty line is an empty payload. Throws UsageError for a line of more
 * than `most` bytes, which do not fit in one datagram.
 */
export async function* linesOf(input: Readable, most: number, run: Run): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 1;
  const checked = (line: Buffer): Buffer => {
    if (line.length <= most) return line;
    throw new UsageError(`line ${number} is longer than one datagram (at most ${most} bytes)`);
  };
  for await (const bytes of chunksOf(input, run)) {
    rest = Buffer.concat([rest, bytes]);
    for (let end = rest.indexOf("\n"); end >= 0; end = rest.indexOf("\n")) {
      yield checked(withoutReturn(rest.subarray(0, end)));
      rest = rest.subarray(end + 1);
      number += 1;
    }
    checked(withoutReturn(rest));
  }
  if (rest.length > 0) yield checked(withoutReturn(rest));
}

async function* chunksOf(input: Readable, run: Run): AsyncGenerator<Buffer> {
  run.onEnd(() => input.destroy());
  for await (const chunk of input) yield Buffer.from(chunk);
}

function withoutReturn(line: Buffer): Buffer {
  return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
}
