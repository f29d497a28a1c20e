import { isAnyArrayBuffer, isPromise, isUint8Array } from "node:util/types";
import type { Family } from "./address";
import { McastError, messageOf } from "./errors";
import type { Datatype } from "./options/properties";

/** The largest payload of a datagram, in bytes: 65535 less the headers of IPv4 (20) and UDP (8), or of UDP alone for IPv6. */
export const LARGEST: Readonly<Record<Family, number>> = { IPv4: 65507, IPv6: 65527 };

/**
 * Converts a payload to the bytes of one datagram: bytes as they are, strings as UTF-8, numbers and booleans as text, objects and
 * arrays as JSON. An empty Buffer or string is a legal payload.
 * Throws ERR_MCAST_PAYLOAD for other types, and for more than 65507 (IPv4) or 65527 (IPv6) bytes.
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
  if (isPromise(payload)) throw new McastError("payload-type", { type: "Promise (await it first)" });
  const text = typeof payload === "object" && payload !== null ? toJson(payload) : toText(payload);
  if (text === undefined) throw new McastError("payload-type", { type: payload === null ? "null" : typeof payload });
  return Buffer.from(text);
}

// Reading a buffer that was transferred to a worker throws: its bytes are gone.
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
    throw new McastError("payload-json", { why: messageOf(error) }, error);
  }
}

/** Converts the bytes of a datagram to a payload, by datatype. `json` throws for invalid JSON and for more than 200 levels of nesting. */
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

// The most levels of nesting. JSON with some thousand levels parses, but copying or printing it exhausts the stack and may end the
// process: 10 kB of brackets suffice. No known protocol nests deeper than 200 levels.
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
