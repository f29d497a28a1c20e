import { isError } from "../errors";
import type { Socket, System } from "../host/system";
import { reportListenerFault } from "../listener-fault";

const DRAIN_MS = 1_000;
// The system ends the datagrams of a closed socket (ECANCELED) within the same turn of the event loop.
const CANCEL_MS = 100;

/**
 * The most that may be underway on one socket. The system takes datagrams at once until its own buffer is full; Node.js keeps the
 * rest in memory. A program that sends faster than the link would fill the memory: 65 MB/s into 20 Mbit/s ended a process with 1
 * GiB after 18 s (measured).
 */
export const MAX_UNDERWAY = { count: 10_000, bytes: 16 * 1024 * 1024 } as const;

/** A datagram to send. */
export interface Outgoing {
  readonly bytes: Uint8Array;
  readonly address: string;
  readonly port: number;
  readonly ttl: number;
  readonly loopback: boolean;
}

/** A socket that sends, and on `close()` first waits for the datagrams underway: closing earlier would lose them. */
export class DrainingSocket {
  readonly socket: Socket;
  readonly #system: System;
  #settings: Pick<Outgoing, "ttl" | "loopback"> | undefined;
  #count = 0;
  #bytes = 0;
  #onDrained: (() => void) | undefined;

  constructor(socket: Socket, system: System) {
    this.socket = socket;
    this.#system = system;
  }

  /** The datagrams underway: handed to the socket, and not yet reported as sent. */
  get underway(): { readonly count: number; readonly bytes: number } {
    return { count: this.#count, bytes: this.#bytes };
  }

  /**
   * Sends within the call, so that each datagram has its own settings. `sent` is called once, with the error if there was one.
   * Returns false, and does not call `sent`, if more would be underway than `MAX_UNDERWAY`.
   */
  send(datagram: Outgoing, sent: (error: Error | null) => void): boolean {
    const size = datagram.bytes.byteLength;
    if (this.#isFull(size)) return false;
    this.#count += 1;
    this.#bytes += size;
    const onSent = (error: Error | null): void => {
      this.#count -= 1;
      this.#bytes -= size;
      try {
        sent(error);
      } catch (fault) {
        reportListenerFault(fault);
      }
      if (this.#count === 0) this.#onDrained?.();
    };
    try {
      this.#apply(datagram);
      this.socket.send(datagram.bytes, datagram.port, datagram.address, onSent);
    } catch (error) {
      onSent(isError(error) ? error : new Error(String(error)));
    }
    return true;
  }

  /** Closes the socket when no datagram is underway, after 1 s at most. Datagrams that are left then fail with ECANCELED. */
  async close(): Promise<void> {
    if (this.#count > 0) await this.#drained(DRAIN_MS);
    this.socket.close();
    if (this.#count > 0) await this.#drained(CANCEL_MS);
  }

  // Datagrams that are sent in one tick may have left although Node.js has not reported them yet. Only the datagrams in the
  // system's own queue count.
  #isFull(size: number): boolean {
    if (this.#count < MAX_UNDERWAY.count && this.#bytes + size <= MAX_UNDERWAY.bytes) return false;
    if (!("getSendQueueSize" in this.socket)) return true; // Node.js before 18.8 does not provide the queue size
    return this.socket.getSendQueueCount() >= MAX_UNDERWAY.count || this.socket.getSendQueueSize() + size > MAX_UNDERWAY.bytes;
  }

  #drained(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#onDrained = undefined;
        cancel();
        resolve();
      };
      const cancel = this.#system.after(milliseconds, end);
      this.#onDrained = end;
    });
  }

  #apply({ ttl, loopback }: Outgoing): void {
    if (this.#settings?.ttl === ttl && this.#settings.loopback === loopback) return;
    this.socket.setMulticastTTL(ttl);
    if (ttl > 0) this.socket.setTTL(ttl); // for unicast, which has no TTL 0
    this.socket.setMulticastLoopback(loopback);
    this.#settings = { ttl, loopback };
  }
}
