import { TextDecoder } from "node:util";
import { LARGEST } from "./payload";
import type { RemoteInfo } from "./system";

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
