import type { Group } from "../address";
import type { McastError } from "../errors";
import { chooseInterfaces } from "../host/interface-choice";
import type { LocalInterface, NetworkSnapshot } from "../host/interfaces";
import type { InterfaceChoice } from "../options/properties";
import { type State, stateOf } from "../state";

/** Gives out the socket for an interface and takes it back. */
export interface SocketSource<S> {
  acquire(interfaceName: string, snapshot: NetworkSnapshot): S;
  release(interfaceName: string): Promise<void>;
}

/**
 * One socket for each interface that an interface choice selects at this moment.
 * `reconcile` compares the wanted interfaces with those in use and keeps no history of changes in between.
 */
export class InterfaceSockets<S extends { readonly failure: McastError | undefined }> {
  readonly #choice: InterfaceChoice;
  readonly #group: Group;
  readonly #source: SocketSource<S>;
  readonly #sockets = new Map<string, S>();
  #missing: McastError | undefined;
  #reconciledWith: readonly LocalInterface[] | undefined;

  constructor(choice: InterfaceChoice, group: Group, source: SocketSource<S>) {
    this.#choice = choice;
    this.#group = group;
    this.#source = source;
  }

  /** The sockets by interface name. */
  get sockets(): ReadonlyMap<string, S> {
    return this.#sockets;
  }

  get state(): State {
    const working: string[] = [];
    const failures: (McastError | undefined)[] = [];
    for (const [name, { failure }] of this.#sockets) {
      if (failure) failures.push(failure);
      else working.push(name);
    }
    return stateOf(working, [...failures, this.#missing]);
  }

  /**
   * Acquires sockets for interfaces that are now selected and releases the others. Returns false when there was nothing to do:
   * while the interfaces stay the same, only the choice `default` can change, with the routes.
   */
  reconcile(snapshot: NetworkSnapshot): boolean {
    if (snapshot.interfaces === this.#reconciledWith && this.#choice !== "default") return false;
    this.#reconciledWith = snapshot.interfaces;
    const { names, missing } = chooseInterfaces(this.#choice, this.#group, [...this.#sockets.keys()], snapshot);
    this.#missing = missing;
    for (const name of names) {
      if (!this.#sockets.has(name)) this.#sockets.set(name, this.#source.acquire(name, snapshot));
    }
    for (const name of this.#sockets.keys()) {
      if (!names.includes(name)) void this.#release(name);
    }
    return true;
  }

  /** Releases every socket. The promise settles when those that nobody else uses are closed. */
  async releaseAll(): Promise<void> {
    await Promise.all([...this.#sockets.keys()].map((name) => this.#release(name)));
  }

  #release(name: string): Promise<void> {
    this.#sockets.delete(name);
    return this.#source.release(name);
  }
}
