import { readFileSync } from "node:fs";
import { errnoOf } from "../lib/errors";
import type { Sealing } from "../lib/sealed/sealing";
import { type GivenFlags, lastValue } from "./flags";
import { quoted } from "./terminal-text";
import { UsageError } from "./usage-error";

/**
 * Returns the key of --key-file, or with --sealed of the environment variable MCAST_KEY; undefined without either flag. No flag
 * takes the key itself, since every user of the machine can list the words of a running command.
 */
export function sealingOf(flags: GivenFlags): Sealing | undefined {
  const file = lastValue(flags, "keyFile");
  const freshness = lastValue(flags, "freshness");
  if (file !== undefined) return sealingWith(keysIn(file), freshness);
  if (flags.has("sealed")) return sealingWith(keyInEnvironment(), freshness);
  if (freshness !== undefined) throw new UsageError("--freshness needs --sealed or --key-file");
  return undefined;
}

// Loads the modules of sealed groups when a flag first asks for a key.
function sealingWith(key: unknown, freshness: string | undefined): Sealing | undefined {
  const { readSealing }: typeof import("../lib/sealed/sealing-options") = require("../lib/sealed/sealing-options");
  return readSealing({ key, freshness });
}

function keyInEnvironment(): string {
  const key = process.env.MCAST_KEY?.trim();
  if (!key) throw new UsageError("--sealed needs a key: set MCAST_KEY, or name a file with --key-file (mcast key prints a new key)");
  return key;
}

// Reads the keys in a file: the key in the first line, and the previous key in the second line, if there is one. No error quotes
// the content of the file.
function keysIn(file: string): { readonly key: string; readonly previous?: string } {
  const [key, previous, ...more] = textOf(file)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "");
  if (key === undefined)
    throw new UsageError(`${quoted(file)} is empty: a key file has a key in its first line (mcast key prints a new key)`);
  if (more.length > 0)
    throw new UsageError(`${quoted(file)} is no key file: that has one line with a key, or two with the previous key below`);
  return previous === undefined ? { key } : { key, previous };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`cannot read the key file ${quoted(file)} (${errnoOf(error)})`);
  }
}
