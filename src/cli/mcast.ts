#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { takesValue } from "./flag-words";
import { FLAGS, type GivenFlags, spellingsOf } from "./flags";
import { closeHungTerminalsAtExit } from "./hung-terminal";
import { secondsOf } from "./number-flags";
import { Output } from "./output";
import { type CommandLine, findVerb, parse, unknownVerb } from "./parse";
import { EXIT, type Exit, Run } from "./run";
import { quoted } from "./terminal-text";
import { UsageError } from "./usage-error";
import { VERBS } from "./verb-table";

async function main(words: readonly string[]): Promise<void> {
  closeHungTerminalsAtExit();
  process.exitCode = await start(words).catch(fail);
  // A reader that has stopped does not keep the process alive.
  if (process.stdout.writableLength + process.stderr.writableLength > 0) process.exit();
}

async function start(words: readonly string[]): Promise<Exit> {
  const { verb, flags, operand } = wantsHelp(words) ? helpLine(words) : parse(words, VERBS);
  // The Python tool prints its version for -v.
  const wantsVersion = flags.has("version") || (!verb && flags.has("verbose"));
  if (!verb && !wantsVersion) throw verbMissing(flags);
  const run = new Run({ isVerbose: flags.has("verbose"), timeout: secondsOf(flags, "timeout") });
  return run.through(async () => {
    if (verb && !wantsVersion) return verb.load()({ verb, flags, operand }, run, VERBS);
    run.output.print(`${version()}\n`);
    return EXIT.done;
  });
}

// Returns true if the flag for help is among the words before "--", and not in place of a value, where an empty variable was. Other
// errors in the words do not matter.
function wantsHelp(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  const before = words.slice(0, end < 0 ? undefined : end);
  return before.some((word, at) => spellingsOf(FLAGS.help).includes(word) && !takesValue(before[at - 1] ?? ""));
}

function helpLine(words: readonly string[]): CommandLine {
  const operand = words.find((word) => findVerb(word, VERBS) !== undefined);
  const [first = ""] = words;
  if (operand === undefined && !first.startsWith("-")) throw unknownVerb(first, VERBS);
  return { verb: findVerb("help", VERBS), flags: new Map(), operand };
}

// Makes the error for a line without a verb. A flag may have taken the verb as its only value.
function verbMissing(flags: GivenFlags): UsageError {
  for (const [name, [value, ...more]] of flags) {
    if (value === undefined || more.length > 0 || !findVerb(value, VERBS)) continue;
    return new UsageError(`${quoted(value)} was taken as the value of ${FLAGS[name].long}: write the value before the verb`);
  }
  return new UsageError(`name a verb: ${VERBS.map(({ name }) => name).join(", ")} (mcast --help describes them)`);
}

function version(): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
  return manifest.version;
}

// Prints an error. An error with a code comes from the library or the system, and its message is for the user. Any other error is a
// fault of this program.
function fail(error: unknown): Exit {
  if (!(error instanceof UsageError || (error instanceof Error && "code" in error))) throw error;
  process.stderr.on("error", () => {}); // the exit code stays the same if the message cannot be written
  new Output().report(error.message);
  return EXIT.failed;
}

void main(process.argv.slice(2));
