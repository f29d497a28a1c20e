import { execFile } from "node:child_process";
import { join } from "node:path";

const PATIENCE_MS = 240_000;

/** Runs npm and returns its output; rejects with npm's own error text. */
export function npm(...args: readonly string[]): Promise<string> {
  // Uses the npm that runs the tests, if there is one. The PATH of its scripts begins with an older npm, which Node-RED depends on
  // and which always builds before it packs.
  const { npm_execpath: script } = process.env;
  const [command, first] = script ? [process.execPath, [script]] : ["npm", []];
  return new Promise((resolve, reject) => {
    execFile(command, [...first, ...args], { timeout: PATIENCE_MS, maxBuffer: 2 ** 25 }, (error, output, complaint) => {
      if (error) reject(new Error(`npm ${args[0]}: ${reasonIn(complaint) || error.message}`));
      else resolve(output);
    });
  });
}

/** Installs a package in a folder, by name and version or by its file, without running its scripts. Without a network npm fails soon. */
export async function install(wanted: string, folder: string, ...flags: readonly string[]): Promise<void> {
  const quick = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--prefer-offline"];
  await npm("install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", ...quick, ...flags, wanted);
}

/** Packs this package as it is built now, and returns the path of the file. */
export async function pack(folder: string): Promise<string> {
  const output = await npm("pack", "--silent", "--ignore-scripts", "--pack-destination", folder);
  return join(folder, output.trim());
}

function reasonIn(complaint: string): string {
  const lines = complaint.split("\n").flatMap((line) => /^npm (?:error|ERR!) (.*)/.exec(line)?.[1] ?? []);
  return lines.find((line) => !/^(code|errno|syscall|type) |complete log/.test(line)) ?? "";
}
