import type { Group } from "../address";
import type { McastError } from "../errors";
import { chooseInterfaces, type SelectedInterfaces } from "../host/interface-choice";
import { type InterfaceTarget, targetKey } from "../host/interface-target";
import type { LocalInterface, NetworkSnapshot } from "../host/interfaces";
import type { InterfaceChoice } from "../options/properties";
import { type StandBy, type State, stateOf } from "../state";

/** The part of a socket that its user's state needs. */
export interface StatefulSocket {
  readonly failure: McastError | undefined;
  readonly losses: { readonly warning: McastError | undefined };
}

/** Acquires and releases the socket for a target. */
export interface SocketSource<S> {
  /** Returns the targets that get a socket each, for the selected targets. */
  spread(targets: readonly InterfaceTarget[], snapshot: NetworkSnapshot): readonly InterfaceTarget[];
  acquire(target: InterfaceTarget, snapshot: NetworkSnapshot): S;
  release(target: InterfaceTarget): Promise<void>;
}

/** A socket and its target. */
export interface TargetSocket<S> {
  readonly target: InterfaceTarget;
  readonly socket: S;
}

/**
 * One socket for each target that an interface choice selects at this moment.
 * `reconcile` compares the wanted targets with those in use and keeps no history of changes in between.
 */
export class InterfaceSockets<S extends StatefulSocket> {
  readonly #choice: InterfaceChoice;
  readonly #group: Group;
  readonly #source: SocketSource<S>;
  readonly #sockets = new Map<string, TargetSocket<S>>();
  #selected: readonly InterfaceTarget[] = [];
  #standBy: readonly StandBy[] = [];
  #missing: McastError | undefined;
  #warnings: readonly McastError[] = [];
  #reconciledWith: readonly LocalInterface[] | undefined;
  /** The state before the changes that are being made. */
  #stateBefore: State | undefined;

  constructor(choice: InterfaceChoice, group: Group, source: SocketSource<S>) {
    this.#choice = choice;
    this.#group = group;
    this.#source = source;
  }

  /** The sockets with their targets, in the order of the choice. */
  get sockets(): Iterable<TargetSocket<S>> {
    return this.#sockets.values();
  }

  /** Returns true while there is a socket on an interface, working or not. */
  uses(interfaceName: string): boolean {
    for (const { target } of this.#sockets.values()) {
      if (target.name === interfaceName) return true;
    }
    return false;
  }

  /** The state; while `reconcile` replaces sockets, the state before. */
  get state(): State {
    return this.#stateBefore ?? this.#stateNow();
  }

  /**
   * Acquires sockets for targets that are now selected and releases the others. Returns false if nothing changed. While the
   * interfaces stay the same, only the choice `default` can change, with the routes.
   */
  reconcile(snapshot: NetworkSnapshot): boolean {
    if (snapshot.interfaces === this.#reconciledWith && this.#choice !== "default") return false;
    this.#reconciledWith = snapshot.interfaces;
    this.#stateBefore = this.#stateNow();
    try {
      this.#use(chooseInterfaces(this.#choice, this.#group, this.#selected, snapshot), snapshot);
    } finally {
      this.#stateBefore = undefined;
    }
    return true;
  }

  /** Releases every socket. The promise settles when the sockets without another user are closed. */
  async releaseAll(): Promise<void> {
    await Promise.all([...this.#sockets].map(([key, { target }]) => this.#release(key, target)));
  }

  #use({ targets, standBy, missing, warning }: SelectedInterfaces, snapshot: NetworkSnapshot): void {
    this.#selected = targets;
    this.#standBy = standBy;
    this.#missing = missing;
    this.#warnings = warning ? [warning] : [];
    const wanted = new Map(this.#source.spread(targets, snapshot).map((target) => [targetKey(target), target]));
    for (const [key, target] of wanted) {
      if (!this.#sockets.has(key)) this.#sockets.set(key, { target, socket: this.#source.acquire(target, snapshot) });
    }
    for (const [key, { target }] of this.#sockets) {
      if (!wanted.has(key)) void this.#release(key, target);
    }
  }

  #stateNow(): State {
    const working = new Set<string>();
    const failures: (McastError | undefined)[] = [];
    const warnings = [...this.#warnings];
    for (const { target, socket } of this.#sockets.values()) {
      if (socket.failure) failures.push(socket.failure);
      else working.add(target.name);
      if (socket.losses.warning) warnings.push(socket.losses.warning);
    }
    return stateOf([...working], [...failures, this.#missing], { warnings, standBy: this.#standBy });
  }

  #release(key: string, target: InterfaceTarget): Promise<void> {
    this.#sockets.delete(key);
    return this.#source.release(target);
  }
}
