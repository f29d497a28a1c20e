import { type LocalInterface, listInterfaces, type NetworkSnapshot } from "../host/interfaces";
import type { System } from "../host/system";

const BEAT_MS = 2_000;
// A snapshot this young is used again: many groups that are joined together then list the interfaces once.
const FRESH_MS = 50;

/** Compares the wanted state with the actual one at each beat, and repairs what differs. */
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
  #snapshot: NetworkSnapshot;
  #takenAt = Number.NEGATIVE_INFINITY;
  #serialized = "[]";
  #interfacesAtBeat: readonly LocalInterface[] = [];

  /** `last` is called at each beat after all other listeners. */
  constructor(system: System, last: HeartbeatListener) {
    this.#system = system;
    this.#last = last;
    this.#snapshot = { system, interfaces: [] };
  }

  /** Returns the interfaces as they are, or as they were at most 50 ms ago. */
  snapshot(): NetworkSnapshot {
    return this.#system.now() - this.#takenAt < FRESH_MS ? this.#snapshot : this.refresh();
  }

  /** Returns the interfaces as they are now. The list stays the same object while nothing in it changes. */
  refresh(): NetworkSnapshot {
    const interfaces = listInterfaces(this.#system);
    const serialized = JSON.stringify(interfaces);
    if (serialized !== this.#serialized) this.#snapshot = { system: this.#system, interfaces };
    this.#serialized = serialized;
    this.#takenAt = this.#system.now();
    return this.#snapshot;
  }

  add(listener: HeartbeatListener): void {
    this.#listeners.add(listener);
    if (this.#cancel) return;
    this.#interfacesAtBeat = this.snapshot().interfaces;
    this.#schedule();
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
