#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { McastError } from "../lib/errors";
import { bytes, seconds } from "./flags";
import { groups } from "./groups";
import { type HearFlags, hear } from "./hear";
import { type RecvFlags, recv } from "./recv";
import { EXIT, type Exit, Run, type RunFlags, UsageError } from "./run";
import { type SayFlags, SIZE, say } from "./say";

const { version }: { readonly version: string } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));

const EXIT_CODES = `
Exit codes: 0 done, or interrupted by Ctrl-C or SIGTERM; 1 nothing was sent or received; 2 bad usage, or the system refused,
with one line on standard error that says what.`;

const program = new Command("mcast")
  .description("Says, receives and echoes UDP multicast, and lists what is joined on this machine.")
  .version(version, "--version", "print the version")
  .helpOption("-h, --help", "print this help")
  .helpCommand(false)
  .exitOverride()
  .showSuggestionAfterError(false)
  .configureOutput({ outputError: (text, write) => write(`mcast: ${text.replace(/^error: /, "")}`) })
  .addHelpText(
    "after",
    `
Try it, in two terminals:
  mcast recv --group 239.255.1.1 --daemon
  mcast say --group 239.255.1.1 --message hello world

mcast VERB --help has the flags of a verb and examples. Verbs may be written in capitals.
${EXIT_CODES}`,
  );

const sayCommand = onNetwork(program.command("say"), "default")
  .description("Sends a datagram to a group.")
  .option("-g, --group <group>", "the group to send to (default: 224.0.0.1)")
  .option("--groups <groups...>", "several groups: each datagram goes to every one")
  .option("-m, --message <text...>", "what to send: the words, with a blank between, are one datagram")
  .option("--pipe", "send what comes from standard input, as it comes, in as many datagrams as it takes")
  .option("--size <bytes>", "with --pipe, the most bytes of one datagram", bytes, SIZE)
  .option("--source-port <port>", "the port to send from: a number, or 'group' for the group's own (default: any)");
outgoing(sayCommand)
  .option("--timeout <seconds>", "give up after so long (default: 10 for an interface that is not there)", seconds)
  .addHelpText(
    "after",
    `
Examples:
  mcast say --message hello                                   to 224.0.0.1:59559, every host on the link
  mcast say -g 239.255.1.1 -p 5000 -i eth0 -m hello world
  mcast say -g 239.255.1.1 --pipe < photo.jpg
${EXIT_CODES}`,
  )
  .action((flags: SayFlags & RunFlags) => start(flags, (run) => say(flags, run)));

listening(onNetwork(program.command("recv"), "all"))
  .description("Joins groups, and prints the payload of one datagram, or with --daemon of each.")
  .option("-g, --group <group>", "the group to join (default: 224.0.0.1)")
  .option("--groups <groups...>", "several groups")
  .option("--use-std", "print payloads to standard output: recv always does")
  .addHelpText(
    "after",
    `
Examples:
  mcast recv --timeout 5                                      one datagram to 224.0.0.1:59559, or exit code 1 after 5 s
  mcast recv --groups 239.255.1.1 239.255.1.2 --daemon -v     all of two groups, with sender, group and interface
  mcast recv -g 239.255.255.250 -p 1900 --daemon --line       the UPnP devices around
${EXIT_CODES}`,
  )
  .action((flags: RecvFlags & RunFlags) => start(flags, (run) => recv(flags, run)));

const hearCommand = listening(onNetwork(program.command("hear"), "all"))
  .description("Joins groups, and echoes one datagram, or with --daemon each, to the bind group on the same port.")
  .option("-g, --group <group>", "the bind group, to which is echoed (default: 224.0.0.1)")
  .option("--groups <groups...>", "the groups to hear (default: 224.0.0.1); what arrives on the bind group is never echoed")
  .option("--echo <kind>", "unchanged, hear (in words that tell the sender), or off", "unchanged")
  .option("--echo-iface <interfaces>", "where to echo, as --iface (default: default)")
  .option("--max-rate <rate>", "the most echoes a second (default: no cap)")
  .option("--acknowledge", "also tell each sender what was heard")
  .option("--use-std", "print the payloads to standard output");
outgoing(hearCommand)
  .addHelpText(
    "after",
    `
Examples:
  mcast hear -g 239.255.1.9 --groups 239.255.1.1 --daemon     from one group to another until Ctrl-C
  mcast hear -g 239.255.1.9 --groups 239.255.1.1 -i eth0 --echo-iface eth1 --daemon -v
${EXIT_CODES}`,
  )
  .action((flags: HearFlags & RunFlags) => start(flags, (run) => hear(flags, run)));

program
  .command("groups")
  .description("Lists the interfaces of this machine, their addresses, and (on Linux) the groups that any program has joined on them.")
  .addHelpText(
    "after",
    `
A line for each address and each group: interface, 'address' or 'group', the address, and for a group the number of sockets that
have joined it, the system's own included. On a terminal in columns with a heading, else with tabs between and no heading.

Examples:
  mcast groups
  mcast groups | grep 239.255.1.1                             is anybody here joined, and on the right interface?
${EXIT_CODES}`,
  )
  .action(() => start({}, groups));

program.allowExcessArguments().action((_flags: object, { args: [verb] }: Command) => {
  const wanted = "say, recv, hear or groups (mcast --help tells more)";
  throw new UsageError(verb === undefined ? `name a verb: ${wanted}` : `${verb} is not a verb: ${wanted}`);
});

function onNetwork(command: Command, iface: string): Command {
  return command
    .option("-p, --port <port>", "the port, 1 to 65535 (default: 59559)")
    .option(
      "-i, --iface <interfaces>",
      `default (the system's choice by its routes), all, or names, local addresses and ranges, with commas between (default: ${iface})`,
    )
    .option("-v, --verbose", "tell on standard error what goes on: sender, group, interface, size");
}

function listening(command: Command): Command {
  return command
    .option("--daemon", "go on until interrupted, instead of ending after one datagram")
    .option("--timeout <seconds>", "end after so long", seconds)
    .option("--allow <senders...>", "hear these senders alone: addresses and ranges such as 192.168.1.0/24")
    .option("--line", "a line break after each payload, as on a terminal");
}

function outgoing(command: Command): Command {
  return command
    .option("--ttl <ttl>", "how many links it may cross: 0 to 255 (default: 1, this link alone)")
    .option("--no-loopback", "keep what is sent from listeners on this machine");
}

async function start(flags: RunFlags, verb: (run: Run) => Promise<Exit>): Promise<void> {
  process.exitCode = await new Run(flags).through(verb);
}

async function main([node = "", script = "", ...words]: readonly string[]): Promise<void> {
  const [verb = "", ...rest] = words;
  try {
    await program.parseAsync([node, script, ...(verb.startsWith("-") || verb === "" ? words : [verb.toLowerCase(), ...rest])]);
  } catch (error) {
    process.exitCode = fail(error);
  }
}

function fail(error: unknown): Exit {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.failed; // commander has told
  if (!(error instanceof McastError || error instanceof UsageError || isSystemError(error))) throw error;
  process.stderr.write(`mcast: ${error.message}\n`);
  return EXIT.failed;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error;
}

void main(process.argv);
