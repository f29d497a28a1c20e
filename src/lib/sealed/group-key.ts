import { randomBytes } from "node:crypto";
import { isUint8Array } from "node:util/types";
import { McastError, type Reason } from "../errors";
import { isHexKey, isKeyText } from "../options/key-text";
import { AES_256_GCM_SHA512, SframeSecret } from "./sframe";

/** Bytes of a group key. RFC 9605 calls it `base_key`. */
export const KEY_BYTES = 32;

/** The key of a group, as a program or a form passes it. */
export type KeyChoice =
  | string
  | Uint8Array
  | {
      /** The key that seals and opens. */
      readonly key: string | Uint8Array;
      /** A key that opens but does not seal, while the key of a group is changed. Default: none. */
      readonly previous?: string | Uint8Array | undefined;
    };

/** A group key that was read. It contains KeyObjects only, so no log, inspection or JSON can show its bytes. */
export interface GroupKey {
  /** The key that seals. */
  readonly seals: SframeSecret;
  /** The keys that open: the key that seals, and during a rotation the previous key. */
  readonly opens: readonly SframeSecret[];
}

/** Returns a new random group key as 64 hex digits. */
export function createKey(): string {
  return randomBytes(KEY_BYTES).toString("hex");
}

/**
 * Reads a group key: 64 hex digits, base64 or base64url of 32 bytes (with blanks around it or not), a Buffer of 32 bytes, or `{
 * key, previous }`, in which a blank `previous` is none. Throws ERR_MCAST_KEY; its message never quotes the value.
 *
 * Refuses a passphrase: an attacker who has recorded one datagram could try passphrases until one opens it.
 */
export function readKey(value: unknown): GroupKey {
  const { key, previous } = isPair(value) ? value : { key: value, previous: undefined };
  if (isMissing(key)) throw new McastError("key-missing");
  const bytes = keyBytes(key, "key-form");
  const previousBytes = isBlank(previous) ? bytes : keyBytes(previous, "key-previous");
  const seals = new SframeSecret(AES_256_GCM_SHA512, bytes);
  const opens = previousBytes.equals(bytes) ? [seals] : [seals, new SframeSecret(AES_256_GCM_SHA512, previousBytes)];
  bytes.fill(0);
  previousBytes.fill(0);
  return { seals, opens };
}

// Refuses further properties: a misspelt `previous` would end a rotation too early.
function isPair(value: unknown): value is { readonly key: unknown; readonly previous: unknown } {
  if (typeof value !== "object" || value === null || isUint8Array(value) || Array.isArray(value)) return false;
  if (Object.keys(value).some((name) => name !== "key" && name !== "previous")) throw new McastError("key-properties");
  return true;
}

// Node-RED 3.1 may pass the placeholder that its editor shows for a password, instead of the password.
function isMissing(value: unknown): boolean {
  return isBlank(value) || value === "__PWRD__";
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}

// Returns a copy, which the caller overwrites.
function keyBytes(value: unknown, reason: Reason): Buffer {
  const bytes = isUint8Array(value) ? Buffer.from(value) : fromText(value);
  if (bytes?.length !== KEY_BYTES) throw new McastError(reason);
  return bytes;
}

function fromText(value: unknown): Buffer | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return isKeyText(text) ? Buffer.from(text, isHexKey(text) ? "hex" : "base64") : undefined;
}
