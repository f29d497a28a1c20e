import type { Look } from "../host/interfaces";

interface Shareable<L> {
  readonly listeners: Set<L>;
  check(look: Look, eager: boolean): void;
  close(): void | Promise<void>;
}

/** Sockets of one kind by what they are for: each is shared by all who ask for the same, and closed with the last of them. */
export class SharedSockets<K extends object, L, S extends Shareable<L>> {
  readonly #make: (key: K) => S;
  readonly #sockets = new Map<string, S>();

  constructor(make: (key: K) => S) {
    this.#make = make;
  }

  get size(): number {
    return this.#sockets.size;
  }

  [Symbol.iterator](): Iterator<S> {
    return this.#sockets.values();
  }

  /** The socket for a key, with the listener added before it is opened, so that no datagram can come earlier. */
  take(key: K, listener: L, look: Look): S {
    const name = JSON.stringify(key);
    const known = this.#sockets.get(name);
    const socket = known ?? this.#make(key);
    socket.listeners.add(listener);
    if (known) return known;
    this.#sockets.set(name, socket);
    socket.check(look, true);
    return socket;
  }

  /** Removes a listener; the promise is kept once the socket is closed, where this was the last. */
  async giveBack(key: K, listener: L): Promise<void> {
    const name = JSON.stringify(key);
    const socket = this.#sockets.get(name);
    if (!socket?.listeners.delete(listener) || socket.listeners.size > 0) return;
    this.#sockets.delete(name);
    await socket.close();
  }
}
