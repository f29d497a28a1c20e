import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };

/** Returns true if mosquitto, the broker, is installed. */
export function hasBroker(): boolean {
  return spawnSync("sh", ["-c", "command -v mosquitto"], { env }).status === 0;
}

/** An MQTT broker on the loopback interface, without persistence. */
export class Broker {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #lines: string[] = [];
  #wake: () => void = () => {};

  static async start(port: number): Promise<Broker> {
    const folder = mkdtempSync(join(tmpdir(), "broker-"));
    const file = join(folder, "mosquitto.conf");
    writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stderr\nlog_type all\n`);
    const broker = new Broker(file, folder);
    await broker.#printed(/ running/, 1);
    return broker;
  }

  private constructor(file: string, folder: string) {
    this.#folder = folder;
    this.#child = spawn("mosquitto", ["-c", file], { env, stdio: ["ignore", "ignore", "pipe"] });
    if (!this.#child.stderr) throw new Error("no standard error");
    createInterface(this.#child.stderr).on("line", (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    this.#child.on("exit", () => this.#wake());
  }

  /** Settles when a number of clients has subscribed. */
  async subscribed(count: number): Promise<void> {
    await this.#printed(/Sending SUBACK/, count);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill();
      await once(this.#child, "exit");
    }
    rmSync(this.#folder, { recursive: true });
  }

  async #printed(wanted: RegExp, count: number): Promise<void> {
    while (this.#lines.filter((line) => wanted.test(line)).length < count) {
      if (this.#child.exitCode !== null) throw new Error(`the broker ended:\n${this.#lines.join("\n")}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
