import type { Datatype } from "../lib/options/properties";
import { DECODERS } from "../lib/payload";

/** Returns the payload for a message. One that cannot be parsed stays a Buffer, with the reason as `parseError`. */
export interface DecodedPayload {
  readonly payload: unknown;
  readonly parseError?: string;
}

/** Returns the bytes of a datagram as the payload of a message. Never throws: no datagram may be lost for its form. */
export function decodedPayload(datatype: Datatype, bytes: Buffer): DecodedPayload {
  try {
    return { payload: DECODERS[datatype](bytes) };
  } catch (error) {
    return { payload: bytes, parseError: error instanceof Error ? error.message : String(error) };
  }
}
