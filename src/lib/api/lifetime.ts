import { McastError } from "../errors";
import type { Fields } from "../options/options";
import { readProperty } from "../options/properties";
import { readSignal } from "./checked-fields";

/** An open object. The program ends it with `close()`, with `await using`, or with the signal of its fields. */
export interface Closable {
  /** Ends the object. The promise settles when its sockets without another user are closed. A second call does nothing more. */
  close(): Promise<void>;
  /** The same as `close()`, for `await using`. It exists if `Symbol.asyncDispose` does: from Node.js 18.18 on. */
  [Symbol.asyncDispose](): Promise<void>;
}

// The longest interval of a timer in Node.js.
const NEVER = 2 ** 31 - 1;

// Objects that keep the process alive. They share one timer: a timer of each takes 0.3 kB.
const holders = new Set<object>();
let timer: NodeJS.Timeout | undefined;

function keepAlive(holder: object): void {
  holders.add(holder);
  timer ??= setInterval(() => {}, NEVER);
}

function letEnd(holder: object): void {
  holders.delete(holder);
  if (holders.size > 0) return;
  clearInterval(timer);
  timer = undefined;
}

/** Keeps the process alive until the work is done. The sockets and timers of the work alone do not. */
export async function aliveDuring<T>(work: Promise<T>): Promise<T> {
  keepAlive(work);
  try {
    return await work;
  } finally {
    letEnd(work);
  }
}

/** The time from a call of the library to `close()` or to the abort of its signal. It keeps the process alive. */
export class Lifetime {
  readonly #signal: AbortSignal | undefined;
  readonly #isUnref: boolean;
  #end: (() => Promise<void>) | undefined;
  #ended: Promise<void> | undefined;
  #abortReason: unknown;

  /** Reads `signal` and `unref`. Throws ERR_MCAST_OPTION. */
  constructor(fields: Fields) {
    this.#signal = readSignal(fields.signal);
    this.#isUnref = readProperty("unref", fields.unref);
  }

  /**
   * Calls `start`, and calls `end` once, when the lifetime ends. With an aborted signal it calls `end` alone. An error of `start` ends
   * the lifetime.
   */
  begin(start: () => void, end: () => Promise<void>): void {
    this.#end = end;
    if (this.#signal?.aborted) return this.abort();
    if (this.#signal) follow(this.#signal, this);
    if (!this.#isUnref) keepAlive(this);
    try {
      start(); // last, because it may end the lifetime within the call
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  /** Ends the lifetime. Every call returns the same promise, which settles when the end is done. */
  close(): Promise<void> {
    this.#ended ??= this.#finish();
    return this.#ended;
  }

  /** Ends the lifetime because its signal is aborted. */
  abort(): void {
    if (!this.#ended) this.#abortReason = this.#signal?.reason;
    void this.close();
  }

  /** Returns an error. If its cause is the abort of the signal, its `cause` is the reason of the signal, as in Node.js. */
  explain(error: unknown): unknown {
    if (!(error instanceof McastError) || error.code !== "ERR_MCAST_CLOSED" || error.cause !== undefined) return error;
    return new McastError(error.reason, error.details, this.#abortReason);
  }

  async #finish(): Promise<void> {
    if (this.#signal) unfollow(this.#signal, this);
    try {
      await this.#end?.();
    } finally {
      letEnd(this);
    }
  }
}

/** The lifetimes that end with a signal. They share one listener: Node.js warns of a leak at the eleventh listener of a signal. */
interface Followers {
  readonly lifetimes: Set<Lifetime>;
  onAbort(): void;
}

const followersOf = new WeakMap<AbortSignal, Followers>();

function follow(signal: AbortSignal, lifetime: Lifetime): void {
  let followers = followersOf.get(signal);
  if (!followers) {
    const lifetimes = new Set<Lifetime>();
    followers = { lifetimes, onAbort: () => lifetimes.forEach((each) => void each.abort()) };
    followersOf.set(signal, followers);
    signal.addEventListener("abort", followers.onAbort);
  }
  followers.lifetimes.add(lifetime);
}

function unfollow(signal: AbortSignal, lifetime: Lifetime): void {
  const followers = followersOf.get(signal);
  if (!followers?.lifetimes.delete(lifetime) || followers.lifetimes.size > 0) return;
  followersOf.delete(signal);
  signal.removeEventListener("abort", followers.onAbort);
}

/** Gives the objects of a class `Symbol.asyncDispose` where Node.js has it. */
export function addAsyncDispose(prototype: { close(): Promise<void> }): void {
  const { asyncDispose }: { readonly asyncDispose?: symbol } = Symbol;
  if (asyncDispose === undefined) return;
  Object.defineProperty(prototype, asyncDispose, {
    value(this: { close(): Promise<void> }): Promise<void> {
      return this.close();
    },
  });
}
