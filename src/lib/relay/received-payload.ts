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
  /** The time at which a sealed datagram was sealed; undefined for others. The payload is the opened one. */
  readonly sealedAt?: number | undefined;
}

const NOTHING: ReceivedDatagram = {
  payload: new Uint8Array(0),
  sender: { address: "", family: "IPv4", port: 0, size: 0 },
  arrival: { port: 0 },
};

/** The datagram that is judged at the moment. All relays on a socket judge it one after the other. Each digest is computed once. */
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

  /** The number of HEAR texts that are nested in the payload. */
  get depth(): number {
    return this.#depth;
  }

  /**
   * Takes a datagram. The same sender object means the same datagram, taken already for another relay. A relay with a key and one
   * without get different payloads of one datagram.
   */
  read(datagram: ReceivedDatagram): void {
    if (datagram.sender === this.#datagram.sender && datagram.sealedAt === this.#datagram.sealedAt) return;
    this.#datagram = datagram;
    this.#depth = hearDepth(datagram.payload);
    this.#hasOriginal = false;
    this.#hasWords = false;
    this.#isAdmitted = undefined;
  }

  /**
   * Returns the digest of the payload that was first sent. With `inWords`, it is the digest of the payload in upper case, as a
   * relay that sends HEAR texts brings it back.
   */
  digest(inWords: boolean): Digest {
    return inWords && this.#depth === 0 ? this.#inWords() : this.#asSent();
  }

  /** Returns false if the unchanged payload came too often. Each socket counts the datagram once. */
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

  // Returns a number for the socket, which has an arrival object of its own. Two sockets of one group each receive a copy; these
  // copies are counted separately.
  #socketOf(arrival: Arrival): number {
    const known = this.#sockets.get(arrival);
    if (known !== undefined) return known;
    this.#socketCount += 1;
    this.#sockets.set(arrival, this.#socketCount);
    return this.#socketCount;
  }
}
