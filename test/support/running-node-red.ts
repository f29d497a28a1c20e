import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./loopback";
import type { FlowNode } from "./node-red";
import type { Release } from "./releases";

const SETTINGS = {
  uiHost: "127.0.0.1",
  flowFile: "flows.json",
  credentialSecret: false,
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, projects: { enabled: false }, palette: { catalogues: [] } },
};

/** Differences from the project's own Node-RED with the package loaded from the build folder. */
export interface Circumstances {
  readonly release?: Release;
  /** Further settings, as JSON. */
  readonly settings?: object;
  /** A folder in which the package was installed. A copy of it becomes the user directory. */
  readonly installed?: string;
}

/** A real Node-RED in its own process, with the built package, a flow, and a temporary user directory. */
export class RunningNodeRed {
  readonly url: string;
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #folder: string;
  // Emits an event for each line of the log, and at the end.
  readonly #news = new EventEmitter();

  static async start(flow: readonly FlowNode[], { release, settings, installed }: Circumstances = {}): Promise<RunningNodeRed> {
    const folder = mkdtempSync(join(tmpdir(), "node-red-"));
    const uiPort = await freePort();
    const all = { ...SETTINGS, uiPort, ...(!installed && { nodesDir: [resolve(".")] }), ...settings };
    if (installed) cpSync(installed, folder, { recursive: true });
    writeFileSync(join(folder, "settings.js"), `module.exports = ${JSON.stringify(all)};`);
    writeFileSync(join(folder, "flows.json"), JSON.stringify(flow));
    const running = new RunningNodeRed(folder, uiPort, release);
    await running.line(/Started flows/);
    await running.line(/Server now running/);
    return running;
  }

  private constructor(folder: string, port: number, release?: Release) {
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}/`;
    const { execPath, script } = release ?? { execPath: process.execPath, script: require.resolve("node-red/red.js") };
    this.#child = spawn(execPath, [script, "-u", folder], { stdio: ["ignore", "pipe", "inherit"] });
    if (!this.#child.stdout) throw new Error("no standard output");
    createInterface(this.#child.stdout).on("line", (line) => {
      this.lines.push(line);
      this.#news.emit("news");
    });
    this.#child.on("exit", () => this.#news.emit("news"));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Waits for a line of the log, including earlier lines. */
  async line(wanted: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => wanted.test(line));
      if (found !== undefined) return found;
      if (!this.isRunning) throw new Error(`Node-RED ended without ${wanted}:\n${this.lines.join("\n")}`);
      await once(this.#news, "news");
    }
  }

  /** Presses the button of an inject node. */
  async press(id: string): Promise<void> {
    const { status } = await fetch(`${this.url}inject/${id}`, { method: "POST" });
    if (status !== 200) throw new Error(`the button answered ${status}`);
  }

  async stop(): Promise<void> {
    if (this.isRunning) {
      this.#child.kill();
      await once(this.#child, "exit");
    }
    rmSync(this.#folder, { recursive: true });
  }
}
