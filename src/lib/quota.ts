/** The most that may be held at once. */
export interface Bounds {
  readonly count: number;
  readonly bytes: number;
}

/** Counts what is held, in number and bytes, against its bounds. */
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

  /** Returns true if something of this size still fits. */
  hasRoom(bytes: number): boolean {
    return this.#count < this.#bounds.count && this.#bytes + bytes <= this.#bounds.bytes;
  }

  /** Counts something that is held from now on. */
  take(bytes: number): void {
    this.#count += 1;
    this.#bytes += bytes;
  }

  /** Counts something that is held no longer. */
  give(bytes: number): void {
    this.#count -= 1;
    this.#bytes -= bytes;
  }
}
