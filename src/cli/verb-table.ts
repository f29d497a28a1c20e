import type { FlagName } from "./flags";
import { EXIT } from "./run";
import type { Verb } from "./verb";

const NETWORK: readonly FlagName[] = ["group", "groups", "port", "iface"];
const OUTGOING: readonly FlagName[] = ["ttl", "noLoopback"];
const LISTENING: readonly FlagName[] = ["daemon", "count", "timeout", "allow", "line", "json", "useStd"];
const SEALING: readonly FlagName[] = ["sealed", "keyFile"];
const SHELLS = ["bash", "zsh", "fish"];

const TRANSFER: readonly Verb[] = [
  {
    name: "say",
    summary: "Sends a datagram to one or several groups.",
    details:
      "Without --message and --pipe, say reads standard input where that is a pipe or a file, and refuses to start on a terminal. " +
      "A message ends at the next flag; after -- every word is text.",
    flags: [
      ...NETWORK,
      "message",
      "pipe",
      "size",
      "lines",
      "count",
      "interval",
      "sourcePort",
      ...OUTGOING,
      ...SEALING,
      "timeout",
      "verbose",
    ],
    texts: {
      group: "the group to send to (default: 224.0.0.1); repeat it for several groups",
      groups: "several groups: each datagram is sent to every one",
      sealed: "seal every datagram with the key in MCAST_KEY or --key-file",
      message: "the words to send as one datagram, joined by blanks; - reads standard input, as --pipe does",
      pipe: "send standard input as it arrives, in datagrams of at most --size bytes",
      count: "send the message this many times",
      interval: "the time between repetitions (default: 1); without --count, repeat until interrupted",
      timeout: "stop after this many seconds (without it, say waits 10 s for an absent interface)",
      verbose: "print size, group and interface of each datagram to standard error",
      iface:
        "default (the interface that the routes choose), all, or names, local addresses and ranges, separated by commas (default: default)",
    },
    looseWords: "-m",
    examples: [
      ["mcast say --message hello", "to 224.0.0.1:59559, all hosts on the network"],
      ["mcast say -g 239.255.1.1 -p 5000 -i eth0 -m hello world", "one datagram on eth0"],
      ["mcast say -g 239.255.1.1 --pipe < photo.jpg", "any bytes, in datagrams of 1400"],
      ["mcast say -g 239.255.1.1 --pipe --lines < track.nmea", "one datagram a line"],
      ["mcast say -g 239.255.1.1 -m ping --count 5 --interval 0.5", "five times in two seconds"],
      ["mcast say -m -- -i is text here", "text that looks like a flag"],
      ["mcast say -g 239.255.1.1 --key-file home.key -m hello", "sealed with the key in a file"],
    ],
    load: () => {
      const { say }: typeof import("./verbs/say") = require("./verbs/say");
      return say;
    },
  },
  {
    name: "recv",
    summary: "Joins groups and prints the payload of one datagram, or with --daemon of every datagram.",
    details:
      "A terminal shows control characters and bytes that are not UTF-8 as escapes such as \\n or \\x1b; a pipe or a file gets the payload unchanged.",
    flags: [...NETWORK, ...LISTENING, ...SEALING, "freshness", "verbose"],
    texts: {
      sealed: "accept only what opens with the key in MCAST_KEY or --key-file",
      group: "the group to join (default: 224.0.0.1); repeat it for several groups",
      useStd: "print payloads to standard output; recv always does",
      json: "print one JSON object a line: time, group, interface, ip, port, size, payload, encoding (utf8 or base64)",
      iface:
        "all, default (the interface that the routes choose), or names, local addresses and ranges, separated by commas (default: all)",
    },
    looseWords: "-g",
    examples: [
      ["mcast recv --timeout 5", "one datagram to 224.0.0.1:59559, or exit code 1 after 5 s"],
      ["mcast recv --groups 239.255.1.1 239.255.1.2 --daemon -v", "two groups, with sender, group and interface"],
      ["mcast recv -g 239.255.1.1 --count 10 --json", "ten datagrams as JSON"],
      ["mcast recv -g 239.255.1.1 --key-file home.key --daemon", "only what was sealed with that key"],
      ["mcast recv -g 239.255.255.250 -p 1900 --daemon --line", "the UPnP devices of this network"],
    ],
    load: () => {
      const { recv }: typeof import("./verbs/recv") = require("./verbs/recv");
      return recv;
    },
  },
  {
    name: "hear",
    summary: "Joins groups and echoes one datagram, or with --daemon every datagram, to another group on the same port.",
    details:
      "Datagrams of the group of --group itself are not echoed, except from one named interface to another. hear prints payloads only with --use-std or --json.",
    flags: [...NETWORK, "echoIface", "echo", "maxRate", "acknowledge", ...OUTGOING, ...LISTENING, ...SEALING, "freshness", "verbose"],
    texts: {
      sealed: "accept only what opens with the key in MCAST_KEY or --key-file, and seal every echo",
      group: "the group to echo to (default: 224.0.0.1)",
      groups: "the groups to hear (default: the group of --group)",
      json: "print one JSON object a line: time, group, interface, ip, port, size, payload, encoding (utf8 or base64), echoed",
      iface:
        "all, default (the interface that the routes choose), or names, local addresses and ranges, separated by commas (default: all)",
    },
    looseWords: "-g",
    examples: [
      ["mcast hear -g 239.255.1.9 --groups 239.255.1.1 --daemon", "from one group to another until Ctrl-C"],
      ["mcast hear -g 239.255.1.9 --groups 239.255.1.1 -i eth0 --echo-iface eth1 --daemon -v", "from one network to another"],
      ["mcast HEAR --use-std --port 5353 --join-mcast-groups 224.0.0.1 --bind-group 224.0.0.1", "the older spellings"],
    ],
    load: () => {
      const { hear }: typeof import("./verbs/hear") = require("./verbs/hear");
      return hear;
    },
  },
];

const KNOWLEDGE: readonly Verb[] = [
  {
    name: "groups",
    summary: "Lists the interfaces of this host, their addresses, and (on Linux) the groups that any program has joined on them.",
    details:
      "One line for each address and each group: interface, 'address' or 'group', the address, and for a group the number of sockets that " +
      "have joined it, the system's own included. A terminal gets columns with a heading; a pipe or a file gets tabs and no heading.",
    flags: ["json"],
    texts: { json: "print one JSON object a line: interface and address, or interface, group and sockets" },
    examples: [
      ["mcast groups", "all interfaces and groups"],
      ["mcast groups | grep 239.255.1.1", "has any program on this host joined it, and on the right interface?"],
    ],
    load: () => {
      const { groups }: typeof import("./verbs/groups") = require("./verbs/groups");
      return groups;
    },
  },
  {
    name: "ping",
    summary: "Asks a group who is there, and prints who acknowledges and how fast.",
    details:
      "Every mcast hear with --acknowledge, every mcast-hear node with Acknowledge and the Python tool's HEAR reply. A responder is an " +
      "address: two programs on one host count as one with duplicates. A reply after more than a second is late.",
    flags: [...NETWORK, "count", "interval", "ttl", "daemon", "timeout"],
    texts: {
      group: "the group to ask (default: 224.0.0.1)",
      groups: "the same as --group: one group",
      count: "ask this many questions (default: 4)",
      interval: "the time between questions (default: 1)",
      daemon: "continue until interrupted",
      iface:
        "default (the interface that the routes choose), all, or names, local addresses and ranges, separated by commas (default: default)",
    },
    looseWords: "-g",
    examples: [
      ["mcast ping -g 239.255.1.3", "four questions, and who replied to how many of them"],
      ["mcast ping -g 239.255.1.3 -i eth0 -c 1", "one question on eth0; exit code 1 if nobody replies within a second"],
    ],
    load: () => {
      const { ping }: typeof import("./verbs/ping") = require("./verbs/ping");
      return ping;
    },
  },
  {
    name: "doctor",
    summary: "Examines why multicast does not work on this host: interfaces, kernel, firewall, port, group; and tests itself.",
    details:
      "One paragraph for each finding: FAULT, WARNING, UNKNOWN, NOTE or OK, what was seen, and why it matters. A line that begins with > " +
      "says what to do about it. The self-test sends one datagram to the group on each interface, with TTL 1. The texts are English. Run it " +
      "as root to read the firewall and the names of all programs.",
    flags: [...NETWORK, "json"],
    texts: {
      group: "the group to examine (default: 224.0.0.1)",
      groups: "the same as --group: one group",
      json: "print one JSON object a line: id, level, fact, why, remedy, details, link",
      iface: "the interfaces to test: default, all, or names, local addresses and ranges (default: every usable interface)",
    },
    looseWords: "-g",
    examples: [
      ["mcast doctor", "everything about this host, for 224.0.0.1:59559"],
      ["mcast doctor -g 239.255.1.1 -p 5000 -i eth0", "for one group, port and interface"],
    ],
    load: () => {
      const { doctor }: typeof import("./verbs/doctor") = require("./verbs/doctor");
      return doctor;
    },
  },
];

const COMMAND: readonly Verb[] = [
  {
    name: "key",
    summary: "Prints a new random key for sealed groups, as 64 hex digits.",
    details: "Give the same key to every member of a group: as MCAST_KEY, in a file for --key-file, or in an mcast-key node of Node-RED.",
    flags: [],
    examples: [["mcast key > home.key", "a file for --key-file; only its owner should be able to read it"]],
    load: () => {
      const { key }: typeof import("./verbs/key") = require("./verbs/key");
      return key;
    },
  },
  {
    name: "completion",
    summary: "Prints a script that completes verbs and flags in a shell.",
    flags: [],
    operand: { name: "SHELL", isOptional: false, choices: SHELLS },
    examples: [
      ["mcast completion bash > ~/.local/share/bash-completion/completions/mcast", "for bash"],
      ["mcast completion zsh > ~/.zsh/completions/_mcast", "for zsh, with that folder in fpath"],
      ["mcast completion fish > ~/.config/fish/completions/mcast.fish", "for fish"],
    ],
    load: () => {
      const { completion }: typeof import("./verbs/completion") = require("./verbs/completion");
      return completion;
    },
  },
  {
    name: "noop",
    summary: "Does nothing, successfully.",
    flags: [],
    examples: [["mcast NOOP", "exit code 0"]],
    load: () => async () => EXIT.done,
  },
];

const HELP: Verb = {
  name: "help",
  summary: "Prints the help of the command, or of a verb.",
  flags: [],
  operand: { name: "VERB", isOptional: true, choices: [...TRANSFER, ...KNOWLEDGE, ...COMMAND, { name: "help" }].map(({ name }) => name) },
  examples: [["mcast help say", "the same as mcast say --help"]],
  load: () => {
    const { help }: typeof import("./verbs/help") = require("./verbs/help");
    return help;
  },
};

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [...TRANSFER, ...KNOWLEDGE, ...COMMAND, HELP];
