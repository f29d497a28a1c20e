import type { McastError } from "../errors";

// The most changes of a path's state between two beats that its datagrams cause.
const MAX_CHANGES = 4;

/** The interfaces that refused the last datagram, with the reason. */
export class InterfaceRefusals {
  readonly #refusals = new Map<string, McastError>();
  /** Changes that take effect at the next beat. */
  readonly #deferred = new Map<string, McastError | undefined>();
  #changes = 0;

  /** Returns why an interface refused the last datagram; undefined if it took the datagram. */
  of(interfaceName: string): McastError | undefined {
    return this.#refusals.get(interfaceName);
  }

  /**
   * Records the result of one datagram. Returns true if that changes a refusal now. A firewall may refuse every other datagram, so
   * only four changes between two beats take effect at once; `beat` applies the last of the others.
   */
  record(interfaceName: string, error: McastError | undefined): boolean {
    if (!error && this.#refusals.size === 0 && this.#deferred.size === 0) return false;
    // The size of a datagram does not concern the next one.
    const refusal = error?.reason === "send-size" ? undefined : error;
    const before = (this.#deferred.has(interfaceName) ? this.#deferred : this.#refusals).get(interfaceName);
    if (refusal?.message === before?.message) return false;
    if (this.#changes >= MAX_CHANGES) {
      this.#deferred.set(interfaceName, refusal);
      return false;
    }
    this.#changes += 1;
    this.#set(interfaceName, refusal);
    return true;
  }

  /** Applies the changes that waited for the beat. */
  beat(): void {
    this.#changes = 0;
    for (const [name, refusal] of this.#deferred) this.#set(name, refusal);
    this.#deferred.clear();
  }

  /** Forgets the refusals of interfaces that are not used any more. */
  retain(isUsed: (interfaceName: string) => boolean): void {
    for (const name of this.#refusals.keys()) if (!isUsed(name)) this.#refusals.delete(name);
  }

  /** Forgets every refusal: those of an old socket do not concern the new one. */
  clear(): void {
    this.#refusals.clear();
    this.#deferred.clear();
  }

  #set(interfaceName: string, refusal: McastError | undefined): void {
    if (refusal) this.#refusals.set(interfaceName, refusal);
    else this.#refusals.delete(interfaceName);
  }
}
