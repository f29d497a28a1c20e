import type { RemoteInfo } from "../host/system";
import type { Arrival } from "../sockets/socket-listener";
import { DuplicateCounter } from "./duplicate-counter";
import { hearDepth, originalPayload, payloadInWords } from "./hear-format";
import { type Digest, KeyedDigest } from "./keyed-digest";

/** A datagram that a relay received. */
export interface ReceivedDatagram {
  readonly payload: Uint8Array;
  readonly sender: RemoteInfo;
  readonly arrival: Arrival;
  /** Given for a datagram that was sealed; the payload is what it opened to. */
  readonly sealedAt?: number | undefined;
}

const NOTHING: ReceivedDatagram = {
  payload: new Uint8Array(0),
  sender: { address: "", family: "IPv4", port: 0, size: 0 },
  arrival: { port: 0 },
};

/** The datagram that is judged at the moment. All relays on a socket judge it one after the other; each digest is computed once. */
export class ReceivedPayload {
  readonly #original = new KeyedDigest();
  readonly #words = new KeyedDigest(this.#original.key);
  readonly #whole = new KeyedDigest(this.#original.key);
  readonly #sockets = new WeakMap<Arrival, number>();
  #socketCount = 0;
  #duplicates: DuplicateCounter | undefined;
  #datagram = NOTHING;
  #depth = 0;
  #hasOriginal = false;
  #hasWords = false;
  #isAdmitted: boolean | undefined;

  /** How many HEAR texts are nested in the payload. */
  get depth(): number {
    return this.#depth;
  }

  /**
   * Takes a datagram. One that it has already, for another relay, is known by the object of its sender. A relay with a key and one
   * without get two payloads of the same datagram.
   */
  read(datagram: ReceivedDatagram): void {
    if (datagram.sender === this.#datagram.sender && datagram.sealedAt === this.#datagram.sealedAt) return;
    this.#datagram = datagram;
    this.#depth = hearDepth(datagram.payload);
    this.#hasOriginal = false;
    this.#hasWords = false;
    this.#isAdmitted = undefined;
  }

  /** Returns the digest of the payload that was first sent; in the letters in which it comes back, where a relay puts it in words. */
  digest(inWords: boolean): Digest {
    return inWords && this.#depth === 0 ? this.#inWords() : this.#asSent();
  }

  /** Returns false if the payload, as it is, came too often. It is counted once for each socket. */
  isAdmitted(now: number): boolean {
    this.#isAdmitted ??= this.#count(now);
    return this.#isAdmitted;
  }

  #asSent(): Digest {
    if (!this.#hasOriginal) this.#original.update(originalPayload(this.#datagram.payload));
    this.#hasOriginal = true;
    return this.#original.halves;
  }

  #inWords(): Digest {
    if (!this.#hasWords) this.#words.update(payloadInWords(this.#datagram.payload));
    this.#hasWords = true;
    return this.#words.halves;
  }

  #count(now: number): boolean {
    const { payload, sender, arrival } = this.#datagram;
    if (this.#depth > 0) this.#whole.update(payload);
    const [low = 0, high = 0] = this.#depth > 0 ? this.#whole.halves : this.#asSent();
    this.#duplicates ??= new DuplicateCounter();
    return this.#duplicates.admits(low ^ Math.imul(this.#socketOf(arrival), 0x9e3779b1), high, sender, now);
  }

  // Each socket passes on an arrival object of its own. Two sockets of one group, each with a copy, are counted apart.
  #socketOf(arrival: Arrival): number {
    const known = this.#sockets.get(arrival);
    if (known !== undefined) return known;
    this.#socketCount += 1;
    this.#sockets.set(arrival, this.#socketCount);
    return this.#socketCount;
  }
}
