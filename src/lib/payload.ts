import { isAnyArrayBuffer, isUint8Array } from "node:util/types";
import { type Family, quote } from "./address";
import { McastError } from "./errors";
import type { Datatype } from "./options/properties";

/** The most bytes of one datagram: an IP packet holds 65535. IPv4 counts its header (20) and UDP's (8) among them; IPv6 counts UDP's alone. */
export const LARGEST: Readonly<Record<Family, number>> = { IPv4: 65507, IPv6: 65527 };

/**
 * A payload as the bytes of one datagram: bytes as they are, text as UTF-8, numbers and booleans as text,
 * objects and arrays as JSON. Nothing at all is a legal payload where it is an empty Buffer or text.
 * Throws ERR_MCAST_PAYLOAD for what has no bytes, and for more than 65507 (IPv4) or 65527 (IPv6) of them.
 */
export function encode(payload: unknown, family: Family): Uint8Array {
  const bytes = toBytes(payload);
  const most = LARGEST[family];
  if (bytes.byteLength > most) throw new McastError("payload-size", { size: bytes.byteLength, most });
  return bytes;
}

function toBytes(payload: unknown): Uint8Array {
  if (isUint8Array(payload) && payload.byteLength > 0) return payload;
  if (ArrayBuffer.isView(payload) || isAnyArrayBuffer(payload)) return toView(payload);
  const text = typeof payload === "object" && payload !== null ? toJson(payload) : toText(payload);
  if (text === undefined) throw new McastError("payload-type", { type: payload === null ? "null" : typeof payload });
  return Buffer.from(text);
}

// A buffer that was handed to a worker is gone: there are no bytes to be seen.
function toView(payload: ArrayBufferView | ArrayBufferLike): Uint8Array {
  try {
    return ArrayBuffer.isView(payload) ? new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength) : new Uint8Array(payload);
  } catch (error) {
    throw new McastError("payload-type", { type: "detached ArrayBuffer" }, error);
  }
}

function toText(payload: unknown): string | undefined {
  const known = ["string", "number", "boolean", "bigint"].includes(typeof payload);
  return known ? String(payload) : undefined;
}

function toJson(payload: object): string | undefined {
  try {
    return JSON.stringify(payload);
  } catch (error) {
    throw new McastError("payload-json", { why: whyOf(error) }, error);
  }
}

/** What was thrown, in a few words. A foreign object may throw anything, even what throws again when it is looked at. */
export function whyOf(error: unknown): string {
  try {
    return quote(error instanceof Error ? String(error.message).split("\n")[0] : error);
  } catch {
    return "unknown";
  }
}

/** How the bytes of a datagram become a payload. Throws for what is no JSON, and for JSON that is nested deeper than 200 levels. */
export const DECODERS: Readonly<Record<Datatype, (bytes: Buffer) => unknown>> = {
  buffer: (bytes) => bytes,
  utf8: (bytes) => bytes.toString("utf8"),
  base64: (bytes) => bytes.toString("base64"),
  json: (bytes) => {
    const text = bytes.toString("utf8");
    if (isTooDeep(text)) throw new Error(`nested deeper than ${DEEPEST} levels`);
    return JSON.parse(text);
  },
};

// What is nested some thousand levels deep parses, but exhausts the stack of whoever copies or prints it, and so may end the
// process: 10 kB of brackets suffice. No protocol comes near this depth.
const DEEPEST = 200;

function isTooDeep(json: string): boolean {
  if (json.length <= 2 * DEEPEST) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') inString = !inString;
    else if (inString) at += character === "\\" ? 1 : 0;
    else if (character === "[" || character === "{") depth += 1;
    else if (character === "]" || character === "}") depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}
