import { TextDecoder } from "node:util";
import type { RemoteInfo } from "./system";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * What the Python tool's HEAR says of a datagram, byte for byte: `HEAR [ HELLO SAID ('127.0.0.1', 48515) ] from 239.1.2.3` for the
 * payload `hello`. Undefined for a payload that is not UTF-8, of which that tool says nothing either.
 */
export function hearText(payload: Uint8Array, { address, port }: RemoteInfo, bindGroup: string): Uint8Array | undefined {
  try {
    return Buffer.from(`HEAR [ ${utf8.decode(payload).toUpperCase()} SAID ('${address}', ${port}) ] from ${bindGroup}`);
  } catch {
    return undefined;
  }
}
