import { addressBytes, type Family, type Group } from "../address";
import { LARGEST } from "../payload";
import { TAG_BYTES } from "./sframe";

// A sealed datagram is an SFrame ciphertext (RFC 9605, 4.2) whose header always has the same length:
// byte 0: FE · bytes 1 to 8: KID · bytes 9 to 15: CTR, microseconds since 1970 UTC · the payload's ciphertext · 16 bytes of tag.

/** The config byte of RFC 9605, 4.3, for a KID of 8 bytes and a CTR of 7. */
export const CONFIG = 0xfe;
/** The first byte of the KID. */
export const KID_AT = 1;
/** The first byte of the CTR. */
export const CTR_AT = 9;
export const HEADER_BYTES = 16;

/** The number of bytes by which a sealed datagram is longer than its payload. */
export const OVERHEAD_BYTES = HEADER_BYTES + TAG_BYTES;

/** The largest payload, in bytes, that fits in one datagram when it is sealed: 65475 for IPv4, 65495 for IPv6. */
export const LARGEST_SEALED: Readonly<Record<Family, number>> = {
  IPv4: LARGEST.IPv4 - OVERHEAD_BYTES,
  IPv6: LARGEST.IPv6 - OVERHEAD_BYTES,
};

/** Two clocks: one shows the time of day and may be set, the other counts and is never set. */
export interface Clock {
  /** Milliseconds since 1970 UTC, with fractions. */
  utc(): number;
  /** Milliseconds on a clock that never jumps. */
  now(): number;
}

/**
 * Returns the bytes that AES-GCM authenticates besides the payload: room for the header, then the metadata (RFC 9605, 4.4.3), which
 * is not sent: `mcast1`, the group's address without a zone, and the port. Because of the metadata, a datagram opens only in the
 * group and on the port that it was sealed for.
 */
export function aadFor(group: Group, port: number): Buffer {
  return Buffer.concat([Buffer.alloc(HEADER_BYTES), Buffer.from("mcast1"), addressBytes(group.address), Buffer.of(port >> 8, port & 0xff)]);
}

/** Returns the CTR of a header. It is exact up to 2^53 - 1, a time in the year 2255. */
export function ctrOf(header: Buffer): number {
  return header.readUIntBE(CTR_AT, 3) * 2 ** 32 + header.readUInt32BE(CTR_AT + 3);
}

/** Writes a CTR of at most 2^53 - 1 into a header. */
export function writeCtr(header: Buffer, ctr: number): void {
  header.writeUIntBE(Math.floor(ctr / 2 ** 32), CTR_AT, 3);
  header.writeUInt32BE(ctr % 2 ** 32, CTR_AT + 3);
}
