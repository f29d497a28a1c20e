import { setTimeout as wait } from "node:timers/promises";
import { Output } from "./output";

/** The ends of a run, as exit codes. */
export const EXIT = { done: 0, nothing: 1, failed: 2 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** Milliseconds that a reader of the output gets after an interruption or the time-out. */
const GRACE = 500;

export interface RunOptions {
  readonly isVerbose?: boolean;
  /** Seconds after which the run ends by itself. */
  readonly timeout?: number | undefined;
}

/** One run of a verb: its output, and the events that end it. */
export class Run {
  readonly output = new Output();
  readonly #isVerbose: boolean;
  readonly #timeout: number | undefined;
  readonly #over = new AbortController();
  #ending: "interrupted" | "late" | undefined;
  #failure: Error | undefined;
  #onHurry: () => void = () => {};

  constructor({ isVerbose = false, timeout }: RunOptions) {
    this.#isVerbose = isVerbose;
    this.#timeout = timeout;
  }

  /**
   * Runs a verb to its end. Ctrl-C, SIGTERM, the loss of the reader and the time-out end the run, within a second even if the
   * reader of the output does not read.
   */
  async through(verb: (run: Run) => Promise<Exit>): Promise<Exit> {
    // Each signal is caught once: a second Ctrl-C ends the process immediately.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => this.#interrupt());
    process.stdout.on("error", (error) => this.#interrupt(error));
    // A log that cannot be written, such as one on a full disk, does not end a run.
    process.stderr.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") this.#interrupt();
    });
    const timer = this.#timeout === undefined ? undefined : setTimeout(() => this.#stop("late"), this.#timeout * 1000);
    // This timer keeps the process alive. The library's timers do not, nor does an interface that is absent.
    const alive = setInterval(() => {}, 60_000);
    try {
      const exit = await verb(this);
      if (this.output.dropped > 0)
        this.output.report(`datagrams dropped: ${this.output.dropped} (the reader of standard output was too slow)`);
      await this.#flush();
      if (this.#failure) throw this.#failure;
      return this.#ending === "interrupted" ? EXIT.done : exit;
    } finally {
      clearTimeout(timer);
      clearInterval(alive);
      // A program that the doctor has started does not keep a stopped run alive.
      if (this.#ending) setTimeout(() => process.exit(), GRACE).unref();
    }
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** True if the time-out has ended the run. */
  get isLate(): boolean {
    return this.#ending === "late";
  }

  /** Seconds until the time-out; undefined for none. */
  get timeout(): number | undefined {
    return this.#timeout;
  }

  end(): void {
    this.#over.abort();
  }

  onEnd(callback: () => void): void {
    if (this.isOver) callback();
    else this.#over.signal.addEventListener("abort", callback, { once: true });
  }

  /** Waits for some seconds, or until the run is over. */
  async pause(seconds: number): Promise<void> {
    const { signal } = this.#over;
    await wait(seconds * 1000, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }

  /** Writes a line to standard error, unless it was written before. */
  report(line: string): void {
    this.output.report(line);
  }

  /** Makes `report` write the next line even if it was written before. */
  forget(): void {
    this.output.forget();
  }

  /** Writes a line to standard error with --verbose. */
  mention(line: string): void {
    if (this.#isVerbose) this.output.printError(line);
  }

  #interrupt(error?: NodeJS.ErrnoException): void {
    // A reader that stops reading, such as head, is not a failure.
    if (error && error.code !== "EPIPE") this.#failure ??= error;
    this.#stop("interrupted");
  }

  #stop(ending: "interrupted" | "late"): void {
    this.#ending ??= ending;
    this.end();
    this.#onHurry();
  }

  // A run that ends by itself waits for its reader. A run that was stopped waits for half a second.
  async #flush(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const hurried = new Promise<void>((resolve) => {
      this.#onHurry = () => {
        timer ??= setTimeout(resolve, GRACE);
      };
      if (this.#ending) this.#onHurry();
    });
    await Promise.race([this.output.flushed(), hurried]);
    clearTimeout(timer);
  }
}
