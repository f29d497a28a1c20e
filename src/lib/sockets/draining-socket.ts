import type { Socket, System } from "../host/system";
import { reportListenerFault } from "../listener-fault";

const DRAIN_MS = 1_000;

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
  #underway = 0;
  #onDrained: (() => void) | undefined;

  constructor(socket: Socket, system: System) {
    this.socket = socket;
    this.#system = system;
  }

  /** Sends within the call, so that each datagram has its own settings. `sent` is called once, with the error if there was one. */
  send(datagram: Outgoing, sent: (error: Error | null) => void): void {
    this.#underway += 1;
    const onSent = (error: Error | null): void => {
      this.#underway -= 1;
      try {
        sent(error);
      } catch (fault) {
        reportListenerFault(fault);
      }
      if (this.#underway === 0) this.#onDrained?.();
    };
    try {
      this.#apply(datagram);
      this.socket.send(datagram.bytes, datagram.port, datagram.address, onSent);
    } catch (error) {
      onSent(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Closes the socket when no datagram is underway, after 1 s at most. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#onDrained = undefined;
        cancel();
        this.socket.close();
        resolve();
      };
      const cancel = this.#system.after(DRAIN_MS, end);
      this.#onDrained = end;
      if (this.#underway === 0) end();
    });
  }

  #apply({ ttl, loopback }: Outgoing): void {
    if (this.#settings?.ttl === ttl && this.#settings.loopback === loopback) return;
    this.socket.setMulticastTTL(ttl);
    this.socket.setMulticastLoopback(loopback);
    this.#settings = { ttl, loopback };
  }
}
