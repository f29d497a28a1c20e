import type { Socket, System } from "../host/system";

const DRAIN_MS = 1_000;

/** A datagram on its way out. */
export interface Outgoing {
  readonly bytes: Uint8Array;
  readonly address: string;
  readonly port: number;
  readonly ttl: number;
  readonly loopback: boolean;
}

/** A socket that sends. It closes once all that was handed over has gone out, since closing earlier would lose it. */
export class Outlet {
  readonly socket: Socket;
  readonly #system: System;
  #settings: Pick<Outgoing, "ttl" | "loopback"> | undefined;
  #underway = 0;
  #onDrained: (() => void) | undefined;

  constructor(socket: Socket, system: System) {
    this.socket = socket;
    this.#system = system;
  }

  /** Sends within the call, so that each datagram goes out with its own settings. `sent` is called once, with the error if there was one. */
  send(datagram: Outgoing, sent: (error: Error | null) => void): void {
    this.#underway += 1;
    const onSent = (error: Error | null): void => {
      this.#underway -= 1;
      sent(error);
      if (this.#underway === 0) this.#onDrained?.();
    };
    try {
      this.#set(datagram);
      this.socket.send(datagram.bytes, datagram.port, datagram.address, onSent);
    } catch (error) {
      onSent(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Closes when what is underway has gone out, after a second at most. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        this.#onDrained = undefined;
        callOff();
        this.socket.close();
        resolve();
      };
      const callOff = this.#system.after(DRAIN_MS, end);
      this.#onDrained = end;
      if (this.#underway === 0) end();
    });
  }

  #set({ ttl, loopback }: Outgoing): void {
    if (this.#settings?.ttl === ttl && this.#settings.loopback === loopback) return;
    this.socket.setMulticastTTL(ttl);
    this.socket.setMulticastLoopback(loopback);
    this.#settings = { ttl, loopback };
  }
}
