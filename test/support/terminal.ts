import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { SCRIPT } from "./command";

/** Says why nothing can be run on a terminal here; undefined where it can. */
export function whyNoTerminal(): string | undefined {
  const { stdout } = spawnSync("script", ["--version"], { encoding: "utf8" });
  return /util-linux/.test(stdout ?? "") ? undefined : "needs script of util-linux, which gives a program a terminal";
}

/** The built command on a pseudo terminal, which is its standard input, output and error. */
export class OnTerminal {
  readonly child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #shown = "";
  #wake: () => void = () => {};

  constructor(...words: readonly string[]) {
    const line = [process.execPath, SCRIPT, ...words].map((word) => `'${word.replace(/'/g, "'\\''")}'`).join(" ");
    this.child = spawn("script", ["--quiet", "--return", "--flush", "--command", line, "/dev/null"]);
    this.#ended = once(this.child, "close").then(() => this.#wake());
    this.child.stdout?.on("data", (chunk: Buffer) => {
      this.#shown += chunk;
      this.#wake();
    });
  }

  /** Everything that the terminal was sent. */
  get shown(): string {
    return this.#shown;
  }

  async shows(wanted: RegExp): Promise<void> {
    while (!wanted.test(this.#shown)) {
      if (this.child.exitCode !== null) throw new Error(`ended without ${wanted}: ${this.#shown}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async exit(): Promise<number | null> {
    await this.#ended;
    return this.child.exitCode;
  }

  /** Ends the terminal, and the command with it. */
  async kill(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGTERM");
    await this.#ended;
  }
}
