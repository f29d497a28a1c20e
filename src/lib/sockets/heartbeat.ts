import type { LocalInterface, NetworkSnapshot } from "../host/interfaces";
import { NetworkObserver } from "../host/network-observer";
import type { System } from "../host/system";

const BEAT_MS = 2_000;
// The age up to which a snapshot is used again: many groups that are joined together list the interfaces once.
const FRESH_MS = 50;

/** Compares the wanted state with the actual one at each beat, and repairs the differences. */
export interface HeartbeatListener {
  beat(snapshot: NetworkSnapshot, interfacesChanged: boolean): void;
}

/**
 * Takes a snapshot of the host's interfaces every 2 s and passes it to its listeners. One heartbeat serves all sockets of a
 * process. Its timer runs only while there are listeners, and does not keep the process alive.
 */
export class Heartbeat {
  readonly #system: System;
  readonly #last: HeartbeatListener;
  readonly #listeners = new Set<HeartbeatListener>();
  #cancel: (() => void) | undefined;
  readonly #observer: NetworkObserver;
  #takenAt = Number.NEGATIVE_INFINITY;
  #interfacesAtBeat: readonly LocalInterface[] = [];

  /** `last` is called at each beat after all other listeners. */
  constructor(system: System, last: HeartbeatListener) {
    this.#system = system;
    this.#last = last;
    this.#observer = new NetworkObserver(system);
  }

  /** Returns the network as it is, or as it was at most 50 ms ago. */
  snapshot(): NetworkSnapshot {
    return this.#system.now() - this.#takenAt < FRESH_MS ? this.#observer.snapshot : this.refresh();
  }

  /** Returns the network as it is now. The snapshot stays the same object while nothing in it changes. */
  refresh(): NetworkSnapshot {
    this.#takenAt = this.#system.now();
    return this.#observer.refresh();
  }

  add(listener: HeartbeatListener): void {
    this.#listeners.add(listener);
    if (this.#cancel) return;
    this.#interfacesAtBeat = this.snapshot().interfaces;
    this.#schedule();
  }

  /** The listeners, which are called at each beat. */
  get listeners(): Iterable<HeartbeatListener> {
    return this.#listeners;
  }

  delete(listener: HeartbeatListener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    this.#cancel = this.#system.after(BEAT_MS, () => this.#beat());
  }

  #beat(): void {
    this.#schedule();
    const snapshot = this.refresh();
    const changed = snapshot.interfaces !== this.#interfacesAtBeat;
    this.#interfacesAtBeat = snapshot.interfaces;
    for (const listener of this.#listeners) listener.beat(snapshot, changed);
    this.#last.beat(snapshot, changed);
  }
}
