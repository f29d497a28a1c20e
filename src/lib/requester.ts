import { McastError } from "./errors";
import { callListener } from "./listener-fault";
import type { Multicast } from "./multicast";
import type { Destination } from "./options/options";
import { Quota } from "./quota";
import type { Sender } from "./send/sender";
import type { SentCounts } from "./send/sent-counts";
import type { State } from "./state";

/** The reply of one device. */
export interface Reply {
  readonly payload: Buffer;
  readonly ip: string;
  readonly port: number;
}

/** The replies to a request. */
export interface Replies {
  readonly replies: readonly Reply[];
  /** True if more replies came than a request may collect; the first ones were kept. */
  readonly isTruncated: boolean;
}

/** Called once for each request: with the replies, possibly none, or with the error that prevented or ended the request. */
export type OnReplies = (error: McastError | undefined, collected: Replies) => void;

/** Receives the state of sending, and is called for each reply to an open request. */
export interface RequesterListener {
  onState(state: State): void;
  onReply?(): void;
}

// Each open request has a socket on each interface that it was sent on.
const MAX_OPEN = 100;
/** The most replies that one request collects. Without a limit, 130 MB/s of replies ended a process with 1 GiB after 11 s (measured). */
export const MAX_REPLIES = { count: 10_000, bytes: 16 * 1024 * 1024 } as const;
/** The most replies that all open requests of a process collect. */
export const MAX_ALL_REPLIES = { count: 40_000, bytes: 64 * 1024 * 1024 } as const;

const collected = new Quota(MAX_ALL_REPLIES);
const NO_REPLIES: Replies = { replies: [], isTruncated: false };

/**
 * Sends requests to a group and collects the unicast replies to their source port. With an ephemeral source port each request has a
 * socket of its own. So it gets its own replies even if many requests are open, and late replies are discarded.
 */
export class Requester {
  readonly #multicast: Multicast;
  readonly #listener: RequesterListener;
  readonly #counts: SentCounts;
  readonly #requests = new Set<Request>();
  #isClosed = false;

  /** `label` is the name under which `activity` lists the requester, such as the id of a node. */
  constructor(multicast: Multicast, listener: RequesterListener, label?: string) {
    this.#multicast = multicast;
    this.#listener = listener;
    this.#counts = multicast.countSent(label);
    this.#counts.add(this);
  }

  /** The number of replies to all open requests; undefined if no request is open. */
  get collected(): number | undefined {
    if (this.#requests.size === 0) return undefined;
    let count = 0;
    for (const request of this.#requests) count += request.count;
    return count;
  }

  /**
   * Sends a request, and then collects replies for some milliseconds. At most 100 requests may be open; one more fails with
   * ERR_MCAST_SEND. A request keeps the first 10,000 replies and 16 MiB; all open requests of the process keep 40,000 and 64 MiB.
   */
  request(to: Destination, bytes: Uint8Array, milliseconds: number, onReplies: OnReplies): void {
    if (this.#isClosed) return onReplies(new McastError("ask-closed"), NO_REPLIES);
    if (this.#requests.size >= MAX_OPEN) return onReplies(new McastError("ask-crowded", { count: MAX_OPEN }), NO_REPLIES);
    const onEnd: OnReplies = (error, replies) => {
      this.#requests.delete(request);
      onReplies(error, replies);
    };
    const request = new Request({ multicast: this.#multicast, listener: this.#listener, counts: this.#counts, onEnd });
    this.#requests.add(request);
    request.send(to, bytes, milliseconds);
  }

  /** Ends all open requests with ERR_MCAST_CLOSED, and refuses new ones. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#counts.delete(this);
    await Promise.all([...this.#requests].map((request) => request.end(new McastError("ask-closed"))));
  }
}

interface RequestParts {
  readonly multicast: Multicast;
  readonly listener: RequesterListener;
  readonly counts: SentCounts;
  readonly onEnd: OnReplies;
}

class Request {
  readonly #multicast: Multicast;
  readonly #sender: Sender;
  readonly #listener: RequesterListener;
  readonly #onEnd: OnReplies;
  readonly #replies: Reply[] = [];
  readonly #quota = new Quota(MAX_REPLIES);
  #isTruncated = false;
  #cancelTimer: () => void = () => {};
  #isEnded = false;

  constructor({ multicast, listener, counts, onEnd }: RequestParts) {
    this.#multicast = multicast;
    this.#listener = listener;
    this.#onEnd = onEnd;
    this.#sender = multicast.sender(
      { onState: (state) => listener.onState(state), onReply: (payload, { address: ip, port }) => this.#collect({ payload, ip, port }) },
      { isPrivate: true, counts },
    );
  }

  get count(): number {
    return this.#replies.length;
  }

  send(to: Destination, bytes: Uint8Array, milliseconds: number): void {
    this.#sender.send(to, bytes, (error) => {
      if (error) void this.end(error);
      else if (!this.#isEnded) this.#cancelTimer = this.#multicast.after(milliseconds, () => void this.end());
    });
  }

  async end(error?: McastError): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#cancelTimer();
    const closed = this.#sender.close();
    for (const { payload } of this.#replies) collected.give(payload.length);
    // At the end of the time, nobody handles a rejection.
    callListener(() => this.#onEnd(error, { replies: this.#replies, isTruncated: this.#isTruncated }));
    await closed;
  }

  #collect(reply: Reply): void {
    const size = reply.payload.length;
    if (this.#isEnded) return;
    // The first reply that does not fit ends the collection: a later one that is smaller would leave a gap.
    if (this.#isTruncated || !this.#quota.hasRoom(size) || !collected.hasRoom(size)) {
      this.#isTruncated = true;
      return;
    }
    this.#quota.take(size);
    collected.take(size);
    this.#replies.push(reply);
    this.#listener.onReply?.();
  }
}
