import type { Group } from "../address";
import type { McastError } from "../errors";
import { chooseInterfaces, type LocalInterface, type Look } from "../host/interfaces";
import type { InterfaceChoice } from "../options/properties";
import { type State, stateOf } from "../state";

/** Where the socket for an interface comes from and goes back to. */
export interface Pool<S> {
  take(interfaceName: string, look: Look): S;
  giveBack(interfaceName: string): Promise<void>;
}

/**
 * As far as a choice of interfaces reaches at this moment: one socket for each of them.
 * What is wanted is worked out anew each time and held against what there is, so nothing is remembered of the changes between.
 */
export class Reach<S extends { readonly trouble: McastError | undefined }> {
  readonly #choice: InterfaceChoice;
  readonly #group: Group;
  readonly #pool: Pool<S>;
  readonly #sockets = new Map<string, S>();
  #missing: McastError | undefined;
  #settledAmong: readonly LocalInterface[] | undefined;

  constructor(choice: InterfaceChoice, group: Group, pool: Pool<S>) {
    this.#choice = choice;
    this.#group = group;
    this.#pool = pool;
  }

  /** The sockets, by the names of their interfaces. */
  get sockets(): ReadonlyMap<string, S> {
    return this.#sockets;
  }

  get state(): State {
    const working = [...this.#sockets].filter(([, socket]) => !socket.trouble).map(([name]) => name);
    return stateOf(working, [...[...this.#sockets.values()].map((socket) => socket.trouble), this.#missing]);
  }

  /**
   * Takes what is wanted and not had, gives back what is had and no longer wanted. Among the very same interfaces only what the
   * routes choose can have become another: false where there was nothing to do.
   */
  settle(look: Look): boolean {
    if (look.interfaces === this.#settledAmong && this.#choice !== "default") return false;
    this.#settledAmong = look.interfaces;
    const { names, missing } = chooseInterfaces(this.#choice, this.#group, [...this.#sockets.keys()], look);
    this.#missing = missing;
    for (const name of names) {
      if (!this.#sockets.has(name)) this.#sockets.set(name, this.#pool.take(name, look));
    }
    for (const name of this.#sockets.keys()) {
      if (!names.includes(name)) void this.#release(name);
    }
    return true;
  }

  /** Gives everything back; the promise is kept once what nobody else uses is closed. */
  async release(): Promise<void> {
    await Promise.all([...this.#sockets.keys()].map((name) => this.#release(name)));
  }

  #release(name: string): Promise<void> {
    this.#sockets.delete(name);
    return this.#pool.giveBack(name);
  }
}
