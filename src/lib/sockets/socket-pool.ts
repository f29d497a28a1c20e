import type { NetworkSnapshot } from "../host/interfaces";

interface Shareable<L> {
  readonly listeners: Set<L>;
  check(snapshot: NetworkSnapshot, eager: boolean): void;
  close(): void | Promise<void>;
}

/** Sockets of one kind, by key. Users with equal keys share a socket; the socket closes when its last user releases it. */
export class SocketPool<K extends object, L, S extends Shareable<L>> {
  readonly #create: (key: K) => S;
  readonly #sockets = new Map<string, S>();

  constructor(create: (key: K) => S) {
    this.#create = create;
  }

  get size(): number {
    return this.#sockets.size;
  }

  [Symbol.iterator](): Iterator<S> {
    return this.#sockets.values();
  }

  /** Returns the socket for a key. The pool adds the listener before the socket opens, so that the listener misses no datagram. */
  acquire(key: K, listener: L, snapshot: NetworkSnapshot): S {
    const name = JSON.stringify(key);
    const known = this.#sockets.get(name);
    const socket = known ?? this.#create(key);
    socket.listeners.add(listener);
    if (known) return known;
    this.#sockets.set(name, socket);
    socket.check(snapshot, true);
    return socket;
  }

  /** Removes a listener. If it was the last one, the promise settles when the socket is closed. */
  async release(key: K, listener: L): Promise<void> {
    const name = JSON.stringify(key);
    const socket = this.#sockets.get(name);
    if (!socket?.listeners.delete(listener) || socket.listeners.size > 0) return;
    this.#sockets.delete(name);
    await socket.close();
  }
}
