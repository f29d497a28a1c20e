import { randomBytes } from "node:crypto";
import type { Group } from "../address";
import { McastError } from "../errors";
import type { GroupKey } from "./group-key";
import { aadFor, type Clock, CONFIG, HEADER_BYTES, KID_AT, LARGEST_SEALED, OVERHEAD_BYTES, writeCtr } from "./sealed-format";
import { SframeKey } from "./sframe";

// A clock that shows an earlier time is not set: this code is from 2026.
const EARLIEST_MS = Date.UTC(2026);
// A CTR in microseconds is an exact number until June 2255. Above that, adding 1 would not change the number.
const LATEST_MS = Date.UTC(2255);
const LARGEST_STEP_MS = 1_000;
const DATAGRAMS_PER_KID = 2 ** 32;

export interface SealerOptions {
  readonly key: GroupKey;
  readonly clock: Clock;
  /** The most datagrams that one KID seals. Default: 2^32. */
  readonly datagramsPerKid?: number;
  /** Returns `size` random bytes. Default: `randomBytes` of node:crypto. */
  readonly random?: (size: number) => Uint8Array;
}

/**
 * Seals the datagrams of one sender, for any groups. AES-GCM breaks if one key seals twice with the same nonce (RFC 9605, 9.1: a
 * pair of KID and CTR must never repeat). So each sealer takes a random KID (RFC 9605, 5.2), from which a key of its own follows,
 * and its CTR increases with the time.
 */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #random: (size: number) => Uint8Array;
  readonly #datagramsPerKid: number;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #key: SframeKey | undefined;
  #left = 0;
  #lastCtr = 0;
  #clockOffset = 0;
  #aad: Buffer = Buffer.alloc(0);
  #address = "";
  #port = 0;

  constructor(options: SealerOptions) {
    this.#options = options;
    this.#random = options.random ?? randomBytes;
    this.#datagramsPerKid = options.datagramsPerKid ?? DATAGRAMS_PER_KID;
    this.#header[0] = CONFIG;
  }

  /**
   * Seals a payload for a group and port, on any interface. The sealed datagram is 32 bytes longer. Throws ERR_MCAST_CLOCK while
   * the clock shows a year before 2026, or after 2254, and ERR_MCAST_PAYLOAD for more than 65475 (IPv4) or 65495 (IPv6) bytes.
   */
  seal(payload: Uint8Array, group: Group, port: number): Buffer {
    const most = LARGEST_SEALED[group.family];
    if (payload.length > most) throw new McastError("payload-size", { size: payload.length, most });
    const key = this.#advance();
    const aad = this.#aadFor(group, port);
    const datagram = Buffer.allocUnsafe(payload.length + OVERHEAD_BYTES);
    this.#header.copy(aad);
    this.#header.copy(datagram);
    key.encrypt(aad, payload, datagram);
    return datagram;
  }

  // Writes the next CTR to the header, and a new KID before it if one is due. The CTR is the time, or the last CTR plus 1 if that
  // is higher.
  #advance(): SframeKey {
    const utc = this.#options.clock.utc();
    if (!(utc >= EARLIEST_MS && utc <= LATEST_MS)) throw new McastError("clock-unset", { time: dateOf(utc) });
    const key = this.#keyFor(utc);
    this.#lastCtr = Math.max(this.#lastCtr + 1, Math.round(utc * 1_000));
    this.#left -= 1;
    writeCtr(this.#header, this.#lastCtr);
    return key;
  }

  // Takes a new KID after the clock was set back. With the old KID, the CTR would be ahead of the time, and receivers would refuse
  // it as early.
  #keyFor(utc: number): SframeKey {
    const offset = utc - this.#options.clock.now();
    const isSteady = Math.abs(offset - this.#clockOffset) <= LARGEST_STEP_MS;
    if (this.#key && isSteady && this.#left > 0) return this.#key;
    const kid = this.#newKid();
    this.#header.set(kid, KID_AT);
    this.#clockOffset = offset;
    this.#left = this.#datagramsPerKid;
    this.#lastCtr = 0;
    this.#key = new SframeKey(this.#options.key.seals, kid);
    return this.#key;
  }

  // Makes a KID whose first byte is not 0. With 0 the header would be shorter (RFC 9605, 4.3), but all sealed datagrams have the
  // same length of header.
  #newKid(): Uint8Array {
    for (;;) {
      const kid = this.#random(8);
      if (kid[0] !== 0) return kid;
    }
  }

  #aadFor(group: Group, port: number): Buffer {
    if (port !== this.#port || group.address !== this.#address) {
      this.#aad = aadFor(group, port);
      this.#address = group.address;
      this.#port = port;
    }
    return this.#aad;
  }
}

function dateOf(utc: number): string {
  const date = new Date(utc);
  return Number.isNaN(date.getTime()) ? String(utc) : date.toISOString().slice(0, 10);
}
