import { McastError } from "../errors";
import { MOST_KIDS, type Refusal, type RefusalKind } from "./opener";

const SHOWN_MS = 60_000;
const REWORD_MS = 10_000;

/** The numbers of refused datagrams, by kind. */
export type RefusalCounts = Readonly<Record<RefusalKind, number>>;

/** The refused datagrams of one kind. */
interface Tally {
  /** Their number since the start. */
  total: number;
  /** Their number since the last minute without one. */
  recent: number;
  lastAt: number;
  sender: string;
  behind: number;
}

/**
 * Counts the refused datagrams of one listener, and makes the warning about them. Refusals may come 20,000 times a second, so a
 * single refusal logs and allocates nothing. Repeated datagrams are counted, but cause no warning: a host with two interfaces on
 * one LAN gets each datagram twice.
 */
export class Refusals {
  readonly #tallies: Readonly<Record<RefusalKind, Tally>> = {
    unsealed: newTally(),
    unopenable: newTally(),
    late: newTally(),
    early: newTally(),
    repeated: newTally(),
    crowded: newTally(),
  };
  #warning: McastError | undefined;
  #kind: RefusalKind = "repeated";
  #wordedAt = 0;

  /** The counts since the start. */
  get counts(): RefusalCounts {
    const { unsealed, unopenable, late, early, repeated, crowded } = this.#tallies;
    return {
      unsealed: unsealed.total,
      unopenable: unopenable.total,
      late: late.total,
      early: early.total,
      repeated: repeated.total,
      crowded: crowded.total,
    };
  }

  /** One warning for each refused kind, with the number since the start; none for repeated datagrams. */
  get summary(): readonly McastError[] {
    return WARNED.filter((kind) => this.#tallies[kind].total > 0).map((kind) =>
      worded(kind, this.#tallies[kind].total, this.#tallies[kind]),
    );
  }

  /** Counts one more refusal. `sender` is the address of the sender; `now` is in milliseconds on a clock that never jumps. */
  count(refusal: Refusal, sender: string, now: number): void {
    const tally = this.#tallies[refusal.kind];
    tally.recent = isRecent(tally, now) ? tally.recent + 1 : 1;
    tally.total += 1;
    tally.lastAt = now;
    tally.sender = sender;
    tally.behind = refusal.behind;
  }

  /**
   * Returns the warning about the kind that was refused most often; undefined after 60 seconds without a refusal. Returns the same
   * warning for 10 seconds, so that a state that shows it changes no more often.
   */
  warning(now: number): McastError | undefined {
    const isStillTrue = this.#warning !== undefined && isRecent(this.#tallies[this.#kind], now);
    if (isStillTrue && now - this.#wordedAt < REWORD_MS) return this.#warning;
    this.#warning = this.#reword(now);
    return this.#warning;
  }

  #reword(now: number): McastError | undefined {
    const [kind] = WARNED.filter((kind) => isRecent(this.#tallies[kind], now)).sort(
      (a, b) => this.#tallies[b].recent - this.#tallies[a].recent,
    );
    if (kind === undefined) return undefined;
    this.#kind = kind;
    this.#wordedAt = now;
    return worded(kind, this.#tallies[kind].recent, this.#tallies[kind]);
  }
}

const REASON_OF = {
  unsealed: "sealed-not",
  unopenable: "sealed-otherwise",
  late: "sealed-late",
  early: "sealed-early",
  crowded: "sealed-crowded",
} as const;

const WARNED = ["unsealed", "unopenable", "late", "early", "crowded"] as const;

function worded(kind: (typeof WARNED)[number], count: number, { sender, behind }: Tally): McastError {
  return new McastError(REASON_OF[kind], { count, sender, skew: duration(behind), most: MOST_KIDS });
}

function newTally(): Tally {
  return { total: 0, recent: 0, lastAt: Number.NEGATIVE_INFINITY, sender: "", behind: 0 };
}

function isRecent({ lastAt }: Tally, now: number): boolean {
  return now - lastAt < SHOWN_MS;
}

const UNITS = [
  ["s", 1_000],
  ["min", 60_000],
  ["h", 3_600_000],
] as const;

// Formats a duration in the smallest unit that gives a number below 120, else in days.
function duration(milliseconds: number): string {
  const length = Math.abs(milliseconds);
  const [unit, size] = UNITS.find(([, size]) => length < 120 * size) ?? ["d", 86_400_000];
  return `${Math.max(1, Math.round(length / size))} ${unit}`;
}
