import { readFileSync } from "node:fs";
import { errnoOf, McastError } from "../lib/errors";
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
  if (file !== undefined) return sealingWith({ name: quoted(file), text: textOf(file) }, freshness);
  if (flags.has("sealed")) return sealingWith({ name: "MCAST_KEY", text: keyInEnvironment() }, freshness);
  if (freshness !== undefined) throw new UsageError("--freshness needs --sealed or --key-file");
  return undefined;
}

/** The text of a key file or of the environment variable, and a name for messages. */
interface KeySource {
  readonly name: string;
  readonly text: string;
}

// Loads the modules of sealed groups when a flag first asks for a key.
function sealingWith(source: KeySource, freshness: string | undefined): Sealing | undefined {
  const { readSealing }: typeof import("../lib/sealed/sealing-options") = require("../lib/sealed/sealing-options");
  try {
    return readSealing({ key: keysIn(source), freshness });
  } catch (error) {
    const isOfKey = error instanceof McastError && error.code === "ERR_MCAST_KEY";
    throw isOfKey ? error.withMessage(`${source.name}: ${error.message}`) : error;
  }
}

function keyInEnvironment(): string {
  const { MCAST_KEY: keys = "" } = process.env;
  if (keys.trim() === "")
    throw new UsageError("--sealed needs a key: set MCAST_KEY, or name a file with --key-file (mcast key prints a new key)");
  return keys;
}

// Reads the key in the first line, and the previous key in the second line, if there is one. No error quotes them.
function keysIn({ name, text }: KeySource): { readonly key: string; readonly previous?: string } {
  const [key, previous, ...more] = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (key === undefined) throw new UsageError(`${name} is empty: it needs a key in its first line (mcast key prints a new key)`);
  if (more.length > 0) throw new UsageError(`${name} has more than two lines: the first is the key, the second the previous key, if any`);
  return previous === undefined ? { key } : { key, previous };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`cannot read the key file ${quoted(file)} (${errnoOf(error)})`);
  }
}
