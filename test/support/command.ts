import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

/** The built command. */
export const SCRIPT = "dist/cli/mcast.js";

/** The built command in a process of its own, and all that it wrote. */
export class Command {
  readonly child: ChildProcess;
  readonly #printed: Buffer[] = [];
  readonly #ended: Promise<unknown>;
  #reported = "";
  #wake: () => void = () => {};

  constructor(...words: readonly string[]) {
    this.child = spawn(process.execPath, [SCRIPT, ...words]);
    this.#ended = once(this.child, "close");
    this.child.stdin?.on("error", () => {}); // a command that ends early reads no more
    this.child.stdout?.on("data", (chunk: Buffer) => {
      this.#printed.push(chunk);
      this.#wake();
    });
    this.child.stderr?.on("data", (chunk: Buffer) => {
      this.#reported += chunk;
      this.#wake();
    });
    this.child.on("close", () => this.#wake());
  }

  /** Everything on standard output. */
  get printed(): Buffer {
    return Buffer.concat(this.#printed);
  }

  /** The lines on standard error so far. */
  get reported(): readonly string[] {
    return this.#reported.split("\n").slice(0, -1);
  }

  get isRunning(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Waits for a line on standard error. */
  async reports(wanted: RegExp): Promise<void> {
    await this.#until(() => wanted.test(this.#reported), `${wanted}`);
  }

  /** Waits until standard output has this many bytes. */
  async prints(bytes: number): Promise<void> {
    await this.#until(() => this.printed.length >= bytes, `${bytes} bytes`);
  }

  /** Waits until standard output has a text. */
  async shows(wanted: RegExp): Promise<void> {
    await this.#until(() => wanted.test(this.printed.toString()), `${wanted}`);
  }

  /** Its exit code, once it has ended by itself; the name of the signal where one ended it. */
  async exit(): Promise<number | string | null> {
    await this.#ended;
    return this.child.signalCode ?? this.child.exitCode;
  }

  /** Writes all of its standard input, closes it, and waits for the exit code. */
  pipe(input: Buffer | string): Promise<number | string | null> {
    this.child.stdin?.end(input);
    return this.exit();
  }

  interrupt(signal: "SIGINT" | "SIGTERM" = "SIGINT"): Promise<number | string | null> {
    this.child.kill(signal);
    return this.exit();
  }

  /** Ends it in any case. */
  async kill(): Promise<void> {
    if (this.isRunning) this.child.kill("SIGKILL");
    await this.#ended;
  }

  async #until(holds: () => boolean, wanted: string): Promise<void> {
    while (!holds()) {
      if (!this.isRunning) throw new Error(`ended without ${wanted}: ${this.#reported}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
