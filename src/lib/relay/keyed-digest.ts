import { randomFillSync } from "node:crypto";

/** The two halves of a digest. */
export type Digest = Int32Array;

/**
 * A digest of 64 bits under a secret key: HalfSipHash-2-4 (Aumasson and Bernstein). No sender can prepare two payloads with the
 * same digest.
 * Measured on Node.js 20 for 64 and 1400 bytes: this 0.10 and 1.1 µs, SipHash-2-4 in 32-bit arithmetic 0.18 and 6.5, `crypto.hash`
 * (SHA-1) 0.84 and 1.6, `createHmac` (SHA-256) 2.0 and 2.8. The former multiplicative hash took 0.13 and 0.87, but some pairs of
 * payloads had the same digest under many keys.
 */
export class KeyedDigest {
  /** The two halves of the latest digest. */
  readonly halves: Digest = new Int32Array(2);
  readonly key: Int32Array;

  /** `key` has 64 bits. It is random by default; digests can be compared only under the same key. */
  constructor(key: Int32Array = randomFillSync(new Int32Array(2))) {
    this.key = key;
  }

  /**
   * Computes the digest of some bytes. The two loops are written out, because state in an array, or a function for each round,
   * takes half as long again.
   */
  update(bytes: Uint8Array): void {
    const words = wordsOf(bytes);
    const count = wordCount(bytes);
    const key0 = this.key[0] ?? 0;
    const key1 = this.key[1] ?? 0;
    let v0 = key0;
    let v1 = key1 ^ 0xee;
    let v2 = key0 ^ 0x6c796765;
    let v3 = key1 ^ 0x74656462;
    for (let at = 0; at < count; at += 1) {
      const word = words[at] ?? 0;
      v3 ^= word;
      for (let round = 0; round < 2; round += 1) {
        v0 = (v0 + v1) | 0;
        v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
        v0 = (v0 << 16) | (v0 >>> 16);
        v2 = (v2 + v3) | 0;
        v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
        v0 = (v0 + v3) | 0;
        v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
        v2 = (v2 + v1) | 0;
        v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
        v2 = (v2 << 16) | (v2 >>> 16);
      }
      v0 ^= word;
    }
    v2 ^= 0xee;
    for (let round = 0; round < 8; round += 1) {
      if (round === 4) {
        this.halves[0] = v1 ^ v3;
        v1 ^= 0xdd;
      }
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    this.halves[1] = v1 ^ v3;
  }
}

function wordCount({ byteLength }: Uint8Array): number {
  return (byteLength >> 2) + 1;
}

let copied = new Int32Array(512);
let copiedBytes = new Uint8Array(copied.buffer);

// The bytes as words, the last of them with the length in its highest byte. A copy takes half the time of a DataView (measured).
function wordsOf(bytes: Uint8Array): Int32Array {
  const count = wordCount(bytes);
  if (count > copied.length) {
    copied = new Int32Array(2 * count);
    copiedBytes = new Uint8Array(copied.buffer);
  }
  copied[count - 1] = 0;
  copiedBytes.set(bytes);
  copiedBytes[count * 4 - 1] = bytes.byteLength;
  return copied;
}
