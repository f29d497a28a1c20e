import { type LocalInterface, type Look, listInterfaces } from "../host/interfaces";
import type { System } from "../host/system";

const BEAT_MS = 2_000;
// Many groups joined in one go look at the interfaces once.
const GLANCE_MS = 50;

/** Who is to put itself right at each beat. */
export interface Follower {
  beat(look: Look, interfacesChanged: boolean): void;
}

/** The one timer of a process: it beats only while somebody follows, and keeps no process alive. */
export class Heartbeat {
  readonly #system: System;
  readonly #after: Follower;
  readonly #followers = new Set<Follower>();
  #stop: (() => void) | undefined;
  #look: Look;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #seen = "[]";
  #beaten: readonly LocalInterface[] = [];

  /** `after` follows every beat, when all the others have. */
  constructor(system: System, after: Follower) {
    this.#system = system;
    this.#after = after;
    this.#look = { system, interfaces: [] };
  }

  /** The interfaces as they are, or were a moment ago. */
  look(): Look {
    return this.#system.now() - this.#lookedAt < GLANCE_MS ? this.#look : this.lookNow();
  }

  /** The interfaces as they are at this moment; the very same list while nothing about them changes. */
  lookNow(): Look {
    const interfaces = listInterfaces(this.#system);
    const seen = JSON.stringify(interfaces);
    if (seen !== this.#seen) this.#look = { system: this.#system, interfaces };
    this.#seen = seen;
    this.#lookedAt = this.#system.now();
    return this.#look;
  }

  add(follower: Follower): void {
    this.#followers.add(follower);
    if (this.#stop) return;
    this.#beaten = this.look().interfaces;
    this.#schedule();
  }

  delete(follower: Follower): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  #schedule(): void {
    this.#stop = this.#system.after(BEAT_MS, () => this.#beat());
  }

  #beat(): void {
    this.#schedule();
    const look = this.lookNow();
    const changed = look.interfaces !== this.#beaten;
    this.#beaten = look.interfaces;
    for (const follower of this.#followers) follower.beat(look, changed);
    this.#after.beat(look, changed);
  }
}
