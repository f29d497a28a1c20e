import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Lab } from "../network/lab";

// Debian's package wine64 puts nothing into the PATH.
const FOLDERS = ["/usr/lib/wine", ...(process.env.PATH ?? "").split(":")];
const loader = FOLDERS.map((folder) => join(folder, "wine64")).find(existsSync);
const server = FOLDERS.flatMap((folder) => [join(folder, "wineserver64"), join(folder, "wineserver")]).find(existsSync);

/** The reason why there is no Wine here; undefined where there is one. */
export const whyWithoutWine = loader && server ? undefined : "wine64 is not installed";

/** A program that ended. */
export interface Ended {
  readonly code: number;
  readonly printed: string;
  readonly reported: string;
}

/** The Windows build of Node.js in Wine, on host a of a lab. Its standard streams are files, as Node.js needs under Wine. */
export class Wine {
  readonly #lab: Lab;
  readonly #node: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "wine-"));
  readonly #prefix = join(this.#folder, "prefix");
  #runs = 0;

  constructor(lab: Lab, node: string) {
    this.#lab = lab;
    this.#node = node;
    mkdirSync(this.#prefix);
  }

  /** Runs a script of Node.js to its end. */
  async run(...words: readonly string[]): Promise<Ended> {
    const { ended, printed, reported } = this.start(...words);
    const code = Number(await ended);
    return { code, printed: readFileSync(printed, "utf8"), reported: readFileSync(reported, "utf8") };
  }

  /** Starts a script of Node.js. Returns its exit code when it ends, and the files that it writes to. */
  start(...words: readonly string[]): { readonly ended: Promise<string>; readonly printed: string; readonly reported: string } {
    this.#runs += 1;
    const [printed, reported] = [join(this.#folder, `${this.#runs}.out`), join(this.#folder, `${this.#runs}.err`)];
    for (const file of [printed, reported]) writeFileSync(file, "");
    const command = ["env", ...this.#settings(), loader ?? "", this.#node, ...words].map(quoted).join(" ");
    const ended = this.#lab.run("a", `code=0; ${command} < /dev/null > ${quoted(printed)} 2> ${quoted(reported)} || code=$?; echo $code`);
    return { ended, printed, reported };
  }

  /** Ends every program that runs in this Wine. */
  end(): void {
    // The second call waits until the first has ended them: Wine then writes its registry.
    for (const flag of ["-k", "-w"]) spawnSync(server ?? "", [flag], { env: { WINEPREFIX: this.#prefix, TMPDIR: this.#folder } });
  }

  /** Removes all that Wine wrote. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  // Without a display, and without asking to install what Node.js does not use. Wine 8 says that it is Windows 7.
  #settings(): readonly string[] {
    const overrides = "WINEDLLOVERRIDES=mscoree,mshtml=";
    return [
      "-u",
      "DISPLAY",
      `WINEPREFIX=${this.#prefix}`,
      `TMPDIR=${this.#folder}`,
      "WINEDEBUG=-all",
      overrides,
      "NODE_SKIP_PLATFORM_CHECK=1",
    ];
  }
}

/** Waits until a file has a line like this, and returns the line. */
export async function lineIn(file: string, wanted: RegExp): Promise<string> {
  const watcher = watch(file);
  try {
    for (;;) {
      const found = readFileSync(file, "utf8")
        .split("\n")
        .find((line) => wanted.test(line));
      if (found !== undefined) return found;
      await once(watcher, "change");
    }
  } finally {
    watcher.close();
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
