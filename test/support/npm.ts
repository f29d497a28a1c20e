import { execFile } from "node:child_process";
import { join } from "node:path";

const PATIENCE_MS = 240_000;

/** Runs npm and gives what it printed; rejects with npm's own words. */
export function npm(...args: readonly string[]): Promise<string> {
  // The npm that runs this, where one does: the PATH of its scripts begins with an older one, which Node-RED brings along and
  // which builds anew before it packs, whatever it is told.
  const { npm_execpath: script } = process.env;
  const [command, first] = script ? [process.execPath, [script]] : ["npm", []];
  return new Promise((resolve, reject) => {
    execFile(command, [...first, ...args], { timeout: PATIENCE_MS, maxBuffer: 2 ** 25 }, (error, output, complaint) => {
      if (error) reject(new Error(`npm ${args[0]}: ${reasonIn(complaint) || error.message}`));
      else resolve(output);
    });
  });
}

/** Installs a package, by name and version or by its file, in a folder. No script of it is run; where there is no network, npm gives up soon. */
export async function install(wanted: string, folder: string): Promise<void> {
  const quick = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--prefer-offline"];
  await npm("install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", ...quick, wanted);
}

/** Packs this package as it is built, and gives the file. */
export async function pack(folder: string): Promise<string> {
  const output = await npm("pack", "--silent", "--ignore-scripts", "--pack-destination", folder);
  return join(folder, output.trim());
}

function reasonIn(complaint: string): string {
  const lines = complaint.split("\n").flatMap((line) => /^npm (?:error|ERR!) (.*)/.exec(line)?.[1] ?? []);
  return lines.find((line) => !/^(code|errno|syscall|type) |complete log/.test(line)) ?? "";
}
