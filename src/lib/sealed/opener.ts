import type { Group } from "../address";
import type { GroupKey } from "./group-key";
import { ReplayWindow } from "./replay-window";
import { aadFor, type Clock, CONFIG, CTR_AT, ctrOf, HEADER_BYTES, KID_AT, OVERHEAD_BYTES } from "./sealed-format";
import { SframeKey } from "./sframe";

/** The most sealers that one opener remembers at once. */
export const MOST_KIDS = 1_024;

// What was on its way when the opener started, or was sealed by a clock that differs a little, still opens.
const START_GRACE_MS = 1_000;

/** A datagram that opened, and when it was sealed, in milliseconds since 1970 UTC by the sender's clock. */
export interface Opened {
  readonly kind: "opened";
  readonly payload: Buffer;
  readonly sealedAt: number;
}

/**
 * A datagram that is not to be delivered: not sealed; sealed with another key, or for another group or port, or altered; sealed too long ago
 * or in the future; opened before; sealed by one sender too many. `behind` is the milliseconds by which the sender's clock
 * seems to be behind this machine's; it is negative where that one is ahead, and 0 where the time was not looked at.
 */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly behind: number;
}

export type RefusalKind = "unsealed" | "unopenable" | "late" | "early" | "repeated" | "crowded";

export interface OpenerOptions {
  readonly key: GroupKey;
  /** The group and the port that the datagrams were sent to. */
  readonly group: Group;
  readonly port: number;
  /** How many seconds the sender's clock and the network's delay may differ from this machine's clock. */
  readonly freshness: number;
  readonly clock: Clock;
}

/** One sealer that is known: its key, and what was opened of it. */
interface Session {
  readonly key: SframeKey;
  readonly window: ReplayWindow;
}

const UNSEALED: Refusal = { kind: "unsealed", behind: 0 };
const UNOPENABLE: Refusal = { kind: "unopenable", behind: 0 };
const REPEATED: Refusal = { kind: "repeated", behind: 0 };
const CROWDED: Refusal = { kind: "crowded", behind: 0 };

/**
 * Opens the sealed datagrams of one group and port for one listener, from whatever interface they come (RFC 9605, 4.4.4).
 * Opens no datagram twice, whatever this machine's clock does meanwhile, and none that was sealed before the opener started
 * (RFC 9605, 9.3 leaves replays to the application).
 */
export class Opener {
  readonly #options: OpenerOptions;
  readonly #clock: Clock;
  readonly #freshness: number;
  readonly #sessions = new Map<bigint, Session>();
  readonly #aad: Buffer;
  readonly #startedUtc: number;
  readonly #startedAt: number;
  // The newest CTR of all sealers that were forgotten.
  #forgotten = 0;

  constructor(options: OpenerOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#freshness = options.freshness * 1_000;
    this.#aad = aadFor(options.group, options.port);
    this.#startedUtc = options.clock.utc();
    this.#startedAt = options.clock.now();
  }

  /** How many sealers it remembers. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Opens a datagram, or says why not. Never throws, whatever the bytes are. */
  open(datagram: Buffer): Opened | Refusal {
    if (datagram[0] !== CONFIG || datagram.length < OVERHEAD_BYTES) return UNSEALED;
    datagram.copy(this.#aad, 0, 0, HEADER_BYTES);
    const kid = datagram.readBigUInt64BE(KID_AT);
    const known = this.#sessions.get(kid);
    const sealed = datagram.subarray(HEADER_BYTES);
    return known ? this.#openWith(known, sealed) : this.#openUnknown(kid, sealed);
  }

  #openWith({ key, window }: Session, sealed: Uint8Array): Opened | Refusal {
    const payload = key.decrypt(this.#aad, sealed);
    if (!payload) return UNOPENABLE;
    const ctr = ctrOf(this.#aad);
    const refusal = this.#checkTime(ctr);
    if (refusal) return refusal;
    return window.admit(ctr) ? opened(payload, ctr) : REPEATED;
  }

  // Anyone can make up KIDs. Each costs two HMACs for each key, but nothing is remembered before a tag verified.
  #openUnknown(kid: bigint, sealed: Uint8Array): Opened | Refusal {
    for (const secret of this.#options.key.opens) {
      const key = new SframeKey(secret, this.#aad.subarray(KID_AT, CTR_AT));
      const payload = key.decrypt(this.#aad, sealed);
      if (payload) return this.#remember(kid, key, payload);
    }
    return UNOPENABLE;
  }

  #remember(kid: bigint, key: SframeKey, payload: Buffer): Opened | Refusal {
    const ctr = ctrOf(this.#aad);
    const refusal = this.#checkTime(ctr);
    if (refusal) return refusal;
    // After the clock was set back, what a forgotten sealer had sent would be fresh again.
    if (ctr <= this.#forgotten) return { kind: "late", behind: this.#clock.utc() - ctr / 1_000 };
    if (this.#sessions.size >= MOST_KIDS) this.#forgetStale();
    if (this.#sessions.size >= MOST_KIDS) return CROWDED;
    const window = new ReplayWindow();
    window.admit(ctr);
    this.#sessions.set(kid, { key, window });
    return opened(payload, ctr);
  }

  // A sealer may be forgotten once its newest datagram is late: a repetition of it would be refused anyway.
  #forgetStale(): void {
    const oldest = this.#oldest(this.#clock.utc());
    for (const [kid, { window }] of this.#sessions) {
      if (window.newest / 1_000 >= oldest) continue;
      this.#forgotten = Math.max(this.#forgotten, window.newest);
      this.#sessions.delete(kid);
    }
  }

  #checkTime(ctr: number): Refusal | undefined {
    const utc = this.#clock.utc();
    const sealedAt = ctr / 1_000;
    if (sealedAt < this.#oldest(utc)) return { kind: "late", behind: utc - sealedAt };
    return sealedAt > utc + this.#freshness ? { kind: "early", behind: utc - sealedAt } : undefined;
  }

  /**
   * The time since which a datagram must have been sealed: within the freshness, and not before the opener started, since a predecessor may
   * have opened it already. The start is taken both as the clock showed it then and as the clock counts back to it now: a machine
   * without a real-time clock starts in 1970 and gets the time later.
   */
  #oldest(utc: number): number {
    const start = utc - (this.#clock.now() - this.#startedAt);
    const shown = Math.min(this.#startedUtc, utc);
    return Math.max(utc - this.#freshness, Math.max(start, shown) - START_GRACE_MS);
  }
}

function opened(payload: Buffer, ctr: number): Opened {
  return { kind: "opened", payload, sealedAt: Math.floor(ctr / 1_000) };
}
