/** The time between a reply and the next request, in milliseconds. */
export const EVERY_MS = 2000;

/** Repeats a request while it is wanted: one at a time, and the next one `EVERY_MS` after the reply. */
export class Poll {
  readonly #request: (done: () => void) => void;
  #isWanted = false;
  #isUnderWay = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `request` must call `done` when its reply has come or failed. */
  constructor(request: (done: () => void) => void) {
    this.#request = request;
  }

  /** Starts or stops the requests. The first one is made at once. */
  set isWanted(isWanted: boolean) {
    if (this.#isWanted === isWanted) return;
    this.#isWanted = isWanted;
    clearTimeout(this.#timer);
    if (isWanted) this.#ask();
  }

  #ask(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    this.#request(() => {
      this.#isUnderWay = false;
      if (this.#isWanted) this.#timer = setTimeout(() => this.#ask(), EVERY_MS);
    });
  }
}
