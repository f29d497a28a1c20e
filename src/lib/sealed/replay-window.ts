const SIZE = 128;

/**
 * The 128 highest CTRs that were admitted from one sealer. It admits none twice (RFC 9605, 9.3). A bitmap as in RFC 6479 does not
 * fit, since CTRs are times and not consecutive. A CTR below all of a full window counts as repeated.
 */
export class ReplayWindow {
  // The CTRs in ascending order from #first, in a ring.
  readonly #ctrs = new Float64Array(SIZE);
  #first = 0;
  #size = 0;

  /** The highest CTR that was admitted. */
  get newest(): number {
    return this.#size === 0 ? 0 : this.#get(this.#size - 1);
  }

  /** Admits a CTR that was not admitted before. Returns false for any other CTR. */
  admit(ctr: number): boolean {
    let at = this.#size; // the position of the lowest CTR that is higher
    while (at > 0 && this.#get(at - 1) > ctr) at -= 1;
    if (at > 0 && this.#get(at - 1) === ctr) return false;
    const isFull = this.#size === SIZE;
    if (isFull && at === 0) return false;
    if (isFull) this.#dropLowest();
    this.#insert(isFull ? at - 1 : at, ctr);
    return true;
  }

  #dropLowest(): void {
    this.#first = (this.#first + 1) % SIZE;
    this.#size -= 1;
  }

  #insert(at: number, ctr: number): void {
    for (let to = this.#size; to > at; to -= 1) this.#set(to, this.#get(to - 1));
    this.#set(at, ctr);
    this.#size += 1;
  }

  #get(at: number): number {
    return this.#ctrs[(this.#first + at) % SIZE] ?? 0;
  }

  #set(at: number, ctr: number): void {
    this.#ctrs[(this.#first + at) % SIZE] = ctr;
  }
}
