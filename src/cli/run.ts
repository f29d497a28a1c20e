/** How a run ends, as its exit code tells. */
export const EXIT = { done: 0, nothing: 1, failed: 2 } as const;
export type Exit = (typeof EXIT)[keyof typeof EXIT];

/** What was asked for in a way that can't be. */
export class UsageError extends Error {}

export interface RunFlags {
  readonly verbose?: boolean;
  readonly line?: boolean;
  readonly timeout?: number;
}

/** One run of a verb in a terminal or a pipe: what it prints, what it tells, and what ends it. */
export class Run {
  readonly #flags: RunFlags;
  readonly #over = new AbortController();
  #wasInterrupted = false;
  #failure: Error | undefined;
  #told = "";

  constructor(flags: RunFlags) {
    this.#flags = flags;
  }

  /** Runs a verb to its end: it is interrupted by Ctrl-C, by SIGTERM, by a reader that went away, and when its time is up. */
  async through(verb: (run: Run) => Promise<Exit>): Promise<Exit> {
    const { timeout } = this.#flags;
    // Once: whoever presses Ctrl-C again wants it to end at once.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => this.#interrupt());
    for (const stream of [process.stdout, process.stderr]) stream.on("error", (error) => this.#interrupt(error));
    const timer = timeout === undefined ? undefined : setTimeout(() => this.end(), timeout * 1000);
    // Neither the library's timers nor an interface that is waited for keep a process alive.
    const alive = setInterval(() => {}, 60_000);
    try {
      const exit = await verb(this);
      if (this.#failure) throw this.#failure;
      return this.#wasInterrupted ? EXIT.done : exit;
    } finally {
      clearTimeout(timer);
      clearInterval(alive);
    }
  }

  get isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Whether there is a time after which it ends by itself. */
  get isTimed(): boolean {
    return this.#flags.timeout !== undefined;
  }

  end(): void {
    this.#over.abort();
  }

  onEnd(callback: () => void): void {
    if (this.isOver) callback();
    else this.#over.signal.addEventListener("abort", callback, { once: true });
  }

  /** Writes a payload to standard output, unchanged; a line break follows on a terminal, or where one is asked for. */
  print(payload: Uint8Array): void {
    const parts = this.#flags.line || process.stdout.isTTY ? [payload, Buffer.from("\n")] : [payload];
    process.stdout.write(Buffer.concat(parts));
  }

  /** Tells a line on standard error; the same again is told once. */
  tell(line: string): void {
    if (line !== this.#told) process.stderr.write(`mcast: ${line}\n`);
    this.#told = line;
  }

  /** Tells a line on standard error where more is asked for. */
  mention(line: string): void {
    if (this.#flags.verbose) process.stderr.write(`${line}\n`);
  }

  #interrupt(error?: NodeJS.ErrnoException): void {
    // A reader that has had enough, such as head, is no failure.
    if (error && error.code !== "EPIPE") this.#failure ??= error;
    this.#wasInterrupted = true;
    this.end();
  }
}
