import type { Group } from "../address";
import type { GroupKey } from "./group-key";
import { ReplayWindow } from "./replay-window";
import { aadFor, type Clock, CONFIG, CTR_AT, ctrOf, HEADER_BYTES, KID_AT, OVERHEAD_BYTES } from "./sealed-format";
import { SframeKey } from "./sframe";

/** The most sealers that one opener remembers at once. */
export const MOST_KIDS = 1_024;

// The tolerance at the start, for datagrams that were on their way when the opener started, or were sealed by a clock that differs
// a little.
const START_GRACE_MS = 1_000;

/** A datagram that opened, and the time of its sealing, in milliseconds since 1970 UTC by the sender's clock. */
export interface Opened {
  readonly kind: "opened";
  readonly payload: Buffer;
  readonly sealedAt: number;
}

/**
 * A datagram that is not delivered.
 * - `unsealed`: it is not sealed.
 * - `unopenable`: it was sealed with another key, for another group or port, or was altered.
 * - `late`, `early`: it was sealed too long ago, or in the future.
 * - `repeated`: it was opened before.
 * - `crowded`: the opener knows as many sealers as it can.
 *
 * `behind` is the number of milliseconds by which the sender's clock seems to be behind this machine's clock. It is negative if the
 * sender's clock is ahead, and 0 if the time was not checked.
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
  /** Seconds by which the sender's clock and the network's delay may differ from this machine's clock. */
  readonly freshness: number;
  readonly clock: Clock;
}

/** A known sealer: its key, and the CTRs that were opened. */
interface Session {
  readonly key: SframeKey;
  readonly window: ReplayWindow;
}

const UNSEALED: Refusal = { kind: "unsealed", behind: 0 };
const UNOPENABLE: Refusal = { kind: "unopenable", behind: 0 };
const REPEATED: Refusal = { kind: "repeated", behind: 0 };
const CROWDED: Refusal = { kind: "crowded", behind: 0 };

/**
 * Opens the sealed datagrams of one group and port for one listener, on all interfaces (RFC 9605, 4.4.4). Opens no datagram twice,
 * even if this machine's clock is set meanwhile, and none that was sealed before the opener started. RFC 9605, 9.3 leaves replays
 * to the application.
 */
export class Opener {
  readonly #options: OpenerOptions;
  readonly #clock: Clock;
  readonly #freshness: number;
  readonly #sessions = new Map<bigint, Session>();
  readonly #aad: Buffer;
  readonly #startedUtc: number;
  readonly #startedAt: number;
  // The newest CTR of all forgotten sealers.
  #forgotten = 0;

  constructor(options: OpenerOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#freshness = options.freshness * 1_000;
    this.#aad = aadFor(options.group, options.port);
    this.#startedUtc = options.clock.utc();
    this.#startedAt = options.clock.now();
  }

  /** The number of sealers that the opener remembers. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Opens a datagram, or returns the kind of the refusal. Never throws, for any bytes. */
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

  // Any sender can invent KIDs. Each unknown KID costs two HMACs for each key. The opener remembers a KID only after a tag was
  // verified.
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
    // After the clock was set back, a datagram of a forgotten sealer would be fresh again.
    if (ctr <= this.#forgotten) return { kind: "late", behind: this.#clock.utc() - ctr / 1_000 };
    if (this.#sessions.size >= MOST_KIDS) this.#forgetStale();
    if (this.#sessions.size >= MOST_KIDS) return CROWDED;
    const window = new ReplayWindow();
    window.admit(ctr);
    this.#sessions.set(kid, { key, window });
    return opened(payload, ctr);
  }

  // A sealer may be forgotten once its newest datagram is late: a repetition of that datagram would be refused as late.
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
   * Returns the earliest valid sealing time in milliseconds since 1970 UTC: within the freshness, and not before the opener
   * started, since an earlier opener may have opened the datagram. The start is the later one of two values: the clock's reading at
   * that time, and the present reading less the time that has passed since. They differ on a machine without a real-time clock,
   * which starts in 1970 and gets the time later.
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
