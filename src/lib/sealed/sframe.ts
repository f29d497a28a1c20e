import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type Decipher, type KeyObject } from "node:crypto";

/** A cipher suite of RFC 9605, 4.5, that uses AES-GCM with a tag of 16 bytes. */
export interface Suite {
  readonly id: number;
  readonly cipher: "aes-128-gcm" | "aes-256-gcm";
  readonly hash: "sha256" | "sha512";
  readonly keyBytes: number;
}

/** Suite 0x0004, used by the official test vectors only. */
export const AES_128_GCM_SHA256: Suite = { id: 4, cipher: "aes-128-gcm", hash: "sha256", keyBytes: 16 };

/** Suite 0x0005, which seals groups. */
export const AES_256_GCM_SHA512: Suite = { id: 5, cipher: "aes-256-gcm", hash: "sha512", keyBytes: 32 };

/** Bytes of the tag that authenticates a datagram (RFC 9605, 4.5, Nt). */
export const TAG_BYTES = 16;

const NONCE_BYTES = 12;
const KID_BYTES = 8;
// The length of the suite and of the block number, which follow the KID.
const AFTER_KID = 3;
const LARGEST_KID_OR_CTR = (1n << 64n) - 1n;

// Without the explicit length, Node.js 20 accepts tags of as few as 4 bytes (measured on 20.20).
const TAG_LENGTH = { authTagLength: TAG_BYTES } as const;

/**
 * Returns the header of RFC 9605, 4.3: a config byte, then KID and CTR. Each of them takes as few bytes as possible; a value below
 * 8 is part of the config byte. Both are integers from 0 to 2^64 - 1. Throws a RangeError for other values.
 */
export function encodeHeader(kid: bigint, ctr: bigint): Buffer {
  const [kidField, kidBytes] = encodeField(kid);
  const [ctrField, ctrBytes] = encodeField(ctr);
  return Buffer.concat([Buffer.of((kidField << 4) | ctrField), kidBytes, ctrBytes]);
}

/** A base key after the first step of the key schedule (RFC 9605, 4.4.2). Derives the key and the salt of each KID. */
export class SframeSecret {
  readonly suite: Suite;
  readonly #secret: KeyObject;
  readonly #keyInfo: Buffer;
  readonly #saltInfo: Buffer;

  /** Computes `sframe_secret`: HKDF-Extract (RFC 5869, 2.2) of the base key, without a salt. Keeps no reference to the base key. */
  constructor(suite: Suite, baseKey: Uint8Array) {
    const secret = createHmac(suite.hash, "").update(baseKey).digest();
    this.suite = suite;
    this.#secret = createSecretKey(secret);
    this.#keyInfo = infoFor("SFrame 1.0 Secret key ", suite);
    this.#saltInfo = infoFor("SFrame 1.0 Secret salt ", suite);
    secret.fill(0);
  }

  /** Returns `sframe_key` of a KID, given in 8 bytes, big-endian. */
  deriveKey(kid: Uint8Array): Buffer {
    return this.#expand(this.#keyInfo, kid).subarray(0, this.suite.keyBytes);
  }

  /** Returns `sframe_salt` of a KID, given in 8 bytes, big-endian. */
  deriveSalt(kid: Uint8Array): Buffer {
    return this.#expand(this.#saltInfo, kid).subarray(0, NONCE_BYTES);
  }

  // Returns the first block of HKDF-Expand (RFC 5869, 2.3), which is as long as a digest. With a kept HMAC key this takes 3 µs;
  // `hkdfSync` takes 32 µs (measured on Node.js 20).
  #expand(info: Buffer, kid: Uint8Array): Buffer {
    info.set(kid, info.length - AFTER_KID - KID_BYTES);
    return createHmac(this.suite.hash, this.#secret).update(info).digest();
  }
}

/**
 * The key and the salt of one KID, which encrypt and decrypt its datagrams. The key is a KeyObject even for a single use: with a
 * key in a Buffer, a cipher takes 15 µs longer on Node.js 24 (measured).
 */
export class SframeKey {
  readonly #suite: Suite;
  readonly #key: KeyObject;
  readonly #salt: Buffer;
  readonly #nonce = Buffer.allocUnsafe(NONCE_BYTES);

  /** `kid` is the KID in 8 bytes, big-endian. */
  constructor(secret: SframeSecret, kid: Uint8Array) {
    const key = secret.deriveKey(kid);
    this.#suite = secret.suite;
    this.#key = createSecretKey(key);
    this.#salt = secret.deriveSalt(kid);
    key.fill(0);
  }

  /**
   * Encrypts a payload (RFC 9605, 4.4.3) and writes the ciphertext and the tag to the end of `out`. `aad` is the header, which
   * contains the CTR, followed by the metadata. The caller must never use one CTR twice.
   */
  encrypt(aad: Uint8Array, payload: Uint8Array, out: Uint8Array): void {
    const cipher = createCipheriv(this.#suite.cipher, this.#key, this.#nonceFor(aad), TAG_LENGTH);
    cipher.setAAD(aad);
    const ciphertext = cipher.update(payload);
    cipher.final();
    out.set(ciphertext, out.length - TAG_BYTES - ciphertext.length);
    out.set(cipher.getAuthTag(), out.length - TAG_BYTES);
  }

  /**
   * Decrypts ciphertext and tag (RFC 9605, 4.4.4); `sealed` has at least the 16 bytes of the tag. Returns undefined for bytes that
   * were sealed with another key or another `aad`, or that were altered.
   */
  decrypt(aad: Uint8Array, sealed: Uint8Array): Buffer | undefined {
    const tagAt = sealed.length - TAG_BYTES;
    const decipher = createDecipheriv(this.#suite.cipher, this.#key, this.#nonceFor(aad), TAG_LENGTH);
    decipher.setAAD(aad);
    decipher.setAuthTag(sealed.subarray(tagAt));
    const payload = decipher.update(sealed.subarray(0, tagAt));
    // No byte of the payload leaves this function before its tag is verified.
    return isAuthentic(decipher) ? payload : undefined;
  }

  // Returns the salt XOR the CTR (RFC 9605, 4.4.3). One buffer serves all calls, because the cipher copies it.
  #nonceFor(aad: Uint8Array): Buffer {
    const nonce = this.#nonce;
    nonce.set(this.#salt);
    const config = aad[0] ?? 0;
    const kidBytes = config & 0x80 ? ((config >> 4) & 7) + 1 : 0;
    const ctrBytes = config & 0x08 ? (config & 7) + 1 : 0;
    if (ctrBytes === 0) xor(nonce, NONCE_BYTES - 1, config & 7);
    const end = 1 + kidBytes + ctrBytes;
    for (let back = 1; back <= ctrBytes; back += 1) xor(nonce, NONCE_BYTES - back, aad[end - back]);
    return nonce;
  }
}

// Verifies the tag. `final` throws for a wrong tag. The stack trace of that error is never used, and would take half of the time
// that a forged datagram takes (4 of 8 µs, measured on Node.js 20). `Reflect.set` does nothing if a program has frozen Error.
function isAuthentic(decipher: Decipher): boolean {
  const limit = Error.stackTraceLimit;
  Reflect.set(Error, "stackTraceLimit", 0);
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  } finally {
    Reflect.set(Error, "stackTraceLimit", limit);
  }
}

// Returns the label of RFC 9605, 4.4.2, with room for a KID, and the block number that RFC 5869, 2.3 adds.
function infoFor(words: string, suite: Suite): Buffer {
  return Buffer.concat([Buffer.from(words), Buffer.alloc(KID_BYTES), Buffer.of(0, suite.id, 1)]);
}

// Returns the 4 bits of the config byte, and the bytes that follow it.
function encodeField(value: bigint): readonly [number, Buffer] {
  if (value < 0n || value > LARGEST_KID_OR_CTR) throw new RangeError(`${value} is not from 0 to 2^64 - 1`);
  if (value < 8n) return [Number(value), Buffer.alloc(0)];
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return [0x08 | (bytes.length - 1), bytes];
}

function xor(bytes: Uint8Array, at: number, value = 0): void {
  bytes[at] = (bytes[at] ?? 0) ^ value;
}
