import type { Datatype } from "../lib/options/properties";
import { DECODERS } from "../lib/payload";

/** The payload of a message. A payload that cannot be parsed stays a Buffer, with the reason as `parseError`. */
export interface DecodedPayload {
  readonly payload: unknown;
  readonly parseError?: string;
}

/** Returns the bytes of a datagram as the payload of a message. Never throws, so no datagram is lost because of its form. */
export function decodedPayload(datatype: Datatype, bytes: Buffer): DecodedPayload {
  try {
    return { payload: DECODERS[datatype](bytes) };
  } catch (error) {
    return { payload: bytes, parseError: error instanceof Error ? error.message : String(error) };
  }
}
