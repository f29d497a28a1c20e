import { TextDecoder } from "node:util";
import type { RemoteInfo } from "../host/system";
import { LARGEST } from "../payload";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * What the Python tool's HEAR says of a datagram, byte for byte: `HEAR [ HELLO SAID ('127.0.0.1', 48515) ] from 239.1.2.3` for the
 * payload `hello`. Undefined for a payload that is not UTF-8, of which that tool says nothing either, and for one so long that this
 * would not go into a datagram.
 */
export function hearText(payload: Uint8Array, { address, port }: RemoteInfo, bindGroup: string): Uint8Array | undefined {
  try {
    const text = Buffer.from(`HEAR [ ${utf8.decode(payload).toUpperCase()} SAID ('${address}', ${port}) ] from ${bindGroup}`);
    return text.byteLength <= LARGEST.IPv4 ? text : undefined;
  } catch {
    return undefined;
  }
}

const OPENING = Buffer.from("HEAR [ ");
const CLOSING = " SAID ('";

/**
 * What was said first, of a payload that tells of it in the words of HEAR, however often it was told on; any other payload as it is.
 * What goes round in these words is longer each time, and still the same.
 */
export function whatWasSaid(payload: Uint8Array): Uint8Array {
  let start = 0;
  while (opensAt(payload, start)) start += OPENING.length;
  if (start === 0) return payload;
  const said = payload.subarray(start);
  const end = Buffer.from(said.buffer, said.byteOffset, said.byteLength).indexOf(CLOSING);
  return end < 0 ? payload : said.subarray(0, end);
}

// Byte by byte: a datagram that opens nine thousand times costs a quarter of what it does with a view for each of them (measured).
function opensAt(payload: Uint8Array, start: number): boolean {
  for (let at = 0; at < OPENING.length; at += 1) {
    if (payload[start + at] !== OPENING[at]) return false;
  }
  return true;
}
