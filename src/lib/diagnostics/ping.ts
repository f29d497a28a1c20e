/** A reply is late if it comes more than a second after its question. */
export const LATE_MS = 1_000;

// The number of questions whose replies are counted, which limits the memory for each responder.
const REMEMBERED = 64;
// The most responders, since any host can send replies from any address.
const MOST_RESPONDERS = 4_096;

/** Returns the question with a number, which example 1 asks too. Every relay that acknowledges repeats it in upper case. */
export function pingQuestion(number: number): string {
  return `who is there? ${number}`;
}

/**
 * Returns the number of the question in an acknowledgement, `HEAR [ WHO IS THERE? 7 SAID ('…', …) ] from …`; undefined for any
 * other payload.
 */
export function questionRepliedTo(payload: Uint8Array): number | undefined {
  const [, digits] = /^HEAR \[ WHO IS THERE\? (\d{1,15}) SAID \('/.exec(Buffer.from(payload).toString("utf8")) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** One reply, as the program prints it. */
export interface PingReply {
  readonly number: number;
  /** The round trip in milliseconds. */
  readonly milliseconds: number;
  readonly isDuplicate: boolean;
  readonly isLate: boolean;
}

/** The results of one responder. */
export interface Responder {
  readonly ip: string;
  /** Questions that the responder has replied to, the late replies included. */
  readonly replies: number;
  readonly duplicates: number;
  readonly late: number;
  /** Round trips in milliseconds, without duplicates. */
  readonly least: number;
  readonly average: number;
  readonly most: number;
}

interface Counts {
  readonly repliedTo: Set<number>;
  replies: number;
  duplicates: number;
  late: number;
  least: number;
  most: number;
  sum: number;
}

/**
 * Counts the responders to numbered questions, and their round trips. A responder is an address: a second reply from it is a
 * duplicate.
 */
export class PingTally {
  readonly #askedAt = new Map<number, number>();
  readonly #responders = new Map<string, Counts>();
  #asked = 0;
  #sent = 0;

  /** The number of questions that the system took. */
  get sent(): number {
    return this.#sent;
  }

  /** Notes a question, before it is sent, at a time in milliseconds. Returns its number. */
  ask(at: number): number {
    this.#asked += 1;
    this.#askedAt.set(this.#asked, at);
    this.#askedAt.delete(this.#asked - REMEMBERED);
    return this.#asked;
  }

  /** Counts a question that the system took. `at` is the time in milliseconds for a question that had to wait for an interface. */
  confirm(number: number, at?: number): void {
    this.#sent += 1;
    if (at !== undefined) this.#askedAt.set(number, at);
  }

  /** Forgets a question that the system did not take. */
  withdraw(number: number): void {
    this.#askedAt.delete(number);
  }

  /** Takes a reply. Returns undefined for a payload that is not a reply to one of the last 64 questions. */
  take(payload: Uint8Array, ip: string, at: number): PingReply | undefined {
    const number = questionRepliedTo(payload);
    const askedAt = number === undefined ? undefined : this.#askedAt.get(number);
    if (number === undefined || askedAt === undefined) return undefined;
    const counts = this.#countsOf(ip);
    if (!counts) return undefined;
    const milliseconds = at - askedAt;
    const isDuplicate = counts.repliedTo.has(number);
    const isLate = milliseconds > LATE_MS;
    if (isDuplicate) counts.duplicates += 1;
    else this.#count(counts, number, milliseconds);
    return { number, milliseconds, isDuplicate, isLate };
  }

  /** True while a responder has not replied to all of the last 64 questions. */
  get misses(): boolean {
    return [...this.#responders.values()].some(({ repliedTo }) => [...this.#askedAt.keys()].some((number) => !repliedTo.has(number)));
  }

  /** The responders, in the order of their first replies. */
  get responders(): readonly Responder[] {
    return [...this.#responders].map(([ip, { replies, duplicates, late, least, most, sum }]) => {
      return { ip, replies, duplicates, late, least, average: sum / replies, most };
    });
  }

  #countsOf(ip: string): Counts | undefined {
    const known = this.#responders.get(ip);
    if (known || this.#responders.size >= MOST_RESPONDERS) return known;
    const counts = { repliedTo: new Set<number>(), replies: 0, duplicates: 0, late: 0, least: Number.POSITIVE_INFINITY, most: 0, sum: 0 };
    this.#responders.set(ip, counts);
    return counts;
  }

  #count(counts: Counts, number: number, milliseconds: number): void {
    for (const old of counts.repliedTo) if (!this.#askedAt.has(old)) counts.repliedTo.delete(old);
    counts.repliedTo.add(number);
    counts.replies += 1;
    if (milliseconds > LATE_MS) counts.late += 1;
    counts.least = Math.min(counts.least, milliseconds);
    counts.most = Math.max(counts.most, milliseconds);
    counts.sum += milliseconds;
  }
}
