import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";

interface Reply {
  readonly result?: unknown;
  readonly error?: string;
}

/** A process of the benchmark. It executes one command after the other, and replies when each is done. */
export class HelperProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  #answered: (reply: Reply) => void = () => {};

  constructor(program: "subject" | "load" | "listener", options: readonly string[] = []) {
    this.#child = fork(resolve(__dirname, `${program}.ts`), { execArgv: ["--expose-gc", "--no-warnings", ...options, "--import", "tsx"] });
    this.#child.on("message", (reply: Reply) => this.#answered(reply));
    this.#exit = once(this.#child, "exit").then(() => this.#answered({ error: `${program} has ended` }));
  }

  async ask<T>(command: string, details: unknown = {}): Promise<T> {
    const { result, error } = await new Promise<Reply>((resolve) => {
      this.#answered = resolve;
      this.#child.send({ command, details });
    });
    if (error !== undefined) throw new Error(error);
    return result as T;
  }

  async end(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#exit;
  }
}

/** Executes commands in the helper process itself. The process ends with the one that started it. */
export function serve(commands: Readonly<Record<string, (details: never) => unknown>>): void {
  process.on("disconnect", () => process.exit());
  process.on("message", ({ command, details }: { command: string; details: never }) => {
    void answer(commands[command], details).then((reply) => process.send?.(reply));
  });
}

async function answer(command: ((details: never) => unknown) | undefined, details: never): Promise<Reply> {
  try {
    return { result: await command?.(details) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
