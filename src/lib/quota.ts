/** The limits of a quota. */
export interface Bounds {
  readonly count: number;
  readonly bytes: number;
}

/** Counts items in use, by number and bytes, against limits. */
export class Quota {
  readonly #bounds: Bounds;
  #count = 0;
  #bytes = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get count(): number {
    return this.#count;
  }

  /** Returns true if one more item of this size is within the limits. */
  hasRoom(bytes: number): boolean {
    return this.#count < this.#bounds.count && this.#bytes + bytes <= this.#bounds.bytes;
  }

  /** Counts an item as used. */
  take(bytes: number): void {
    this.#count += 1;
    this.#bytes += bytes;
  }

  /** Counts an item as no longer used. */
  give(bytes: number): void {
    this.#count -= 1;
    this.#bytes -= bytes;
  }
}
