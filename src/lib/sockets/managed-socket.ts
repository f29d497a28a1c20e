import type { Family } from "../address";
import { McastError } from "../errors";
import { addressOn, isStillOn, type LocalAddress, type Look } from "../host/interfaces";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** How a socket that is to be kept open is opened, told to be well, and given up. */
export interface Keeping<S> {
  readonly interface: string;
  readonly family: Family;
  /** Opens it, or throws a McastError. */
  open(address: LocalAddress, look: Look): S;
  isAlive(socket: S, address: LocalAddress): boolean;
  /** Takes leave of a socket that another has replaced. */
  retire(socket: S): void;
  onTrouble(): void;
}

/**
 * One socket on one interface that is wanted for as long as this lives: opened when its interface is there, opened anew
 * when that was changed or made again, tried again and again where the system refuses.
 * While its interface is missing the old socket is kept: memberships survive a link that goes down and an address that is
 * taken away for a while (measured, Linux).
 */
export class KeptSocket<S> {
  readonly #keeping: Keeping<S>;
  #socket: S | undefined;
  #address: LocalAddress | undefined;
  #trouble: McastError | undefined;
  #suspect = false;
  #failures = 0;
  #retryAt = 0;

  constructor(keeping: Keeping<S>) {
    this.#keeping = keeping;
  }

  get socket(): S | undefined {
    return this.#socket;
  }

  /** The address of the interface that the socket was opened with. */
  get address(): LocalAddress | undefined {
    return this.#address;
  }

  /** Why it does not work at this moment; undefined while it does. */
  get trouble(): McastError | undefined {
    return this.#trouble;
  }

  /** Has the socket opened anew at the next check: something about it went wrong. */
  suspect(): void {
    this.#suspect = true;
  }

  /** Asks the system whether the socket is alive; what isn't is opened anew at the next check. True too where there is none to ask about. */
  ask(look: Look): boolean {
    if (!this.#socket || !this.#address || !this.#isWell(look)) return true;
    this.#suspect = !this.#keeping.isAlive(this.#socket, this.#address);
    return !this.#suspect;
  }

  /** Puts right what can be put right now. `eager` tries at once what would be tried later. */
  check(look: Look, eager: boolean): void {
    if (this.#isWell(look)) return;
    if (!eager && look.system.now() < this.#retryAt) return;
    try {
      const { interface: name, family } = this.#keeping;
      this.#reopen(addressOn(name, family, look.interfaces), look);
      this.#failures = 0;
      this.#retryAt = 0;
      this.#settle(undefined);
    } catch (error) {
      if (!(error instanceof McastError)) throw error;
      // An interface that is missing is looked for at every check; what the system refuses is asked for ever more seldom.
      if (error.code !== "ERR_MCAST_INTERFACE") {
        this.#retryAt = look.system.now() + Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LAST_RETRY_MS);
        this.#failures += 1;
      }
      this.#settle(error);
    }
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) this.#keeping.retire(socket);
  }

  #isWell({ interfaces }: Look): boolean {
    if (!this.#socket || !this.#address || this.#trouble || this.#suspect) return false;
    return isStillOn(this.#keeping.interface, this.#address, interfaces);
  }

  // The new one is open before the old one goes, so that the group is never left on the wire.
  #reopen(address: LocalAddress, look: Look): void {
    const old = this.#socket;
    this.#socket = this.#keeping.open(address, look);
    this.#address = address;
    this.#suspect = false;
    if (old) this.#keeping.retire(old);
  }

  #settle(trouble: McastError | undefined): void {
    const changed = trouble?.message !== this.#trouble?.message;
    this.#trouble = trouble;
    if (changed) this.#keeping.onTrouble();
  }
}
