/** A flag of the command: its spellings, the number of words that it takes, and its help text. */
export interface Flag {
  /** One letter, such as `-g`. */
  readonly short?: string;
  readonly long: string;
  /** Spellings of the Python tool's documentation, old and new, that mean the same. */
  readonly also?: readonly string[];
  readonly takes: "nothing" | "one" | "many";
  /** The name of the value in help texts, such as PORT. */
  readonly value?: string;
  /** Values that a shell completes. */
  readonly choices?: readonly string[];
  /** True if the value is the name of a file, which a shell completes. */
  readonly isFile?: boolean;
  /** True for a flag that can be given several times, each time with another value. */
  readonly isRepeatable?: boolean;
  /** The help text; a verb can replace it by its own. */
  readonly help: string;
  /** True for a flag that every verb accepts. It has no effect in a verb that does not list it. */
  readonly isUniversal?: boolean;
}

const SECONDS = { takes: "one", value: "SECONDS" } as const;
const SWITCH = { takes: "nothing" } as const;

/** Every flag. Verbs list the ones that they use by these names. */
export const FLAGS = {
  group: {
    short: "-g",
    long: "--group",
    also: ["--bind-group", "--mcast-group"],
    takes: "one",
    value: "GROUP",
    isRepeatable: true,
    help: "the group",
    isUniversal: true,
  },
  groups: {
    long: "--groups",
    also: ["--join-mcast-groups", "--join-mcast-group"],
    takes: "many",
    value: "GROUP",
    help: "several groups",
    isUniversal: true,
  },
  port: { short: "-p", long: "--port", takes: "one", value: "PORT", help: "the port, 1 to 65535 (default: 59559)", isUniversal: true },
  iface: {
    short: "-i",
    long: "--iface",
    takes: "one",
    value: "INTERFACES",
    choices: ["all", "default"],
    help: "all, default (the interface that the routes choose), or names, local addresses and ranges, separated by commas",
    isUniversal: true,
  },
  message: { short: "-m", long: "--message", takes: "many", value: "TEXT", help: "the text to send", isUniversal: true },
  pipe: { ...SWITCH, long: "--pipe", help: "send what standard input brings", isUniversal: true },
  size: { long: "--size", takes: "one", value: "BYTES", help: "with --pipe: the maximum size of one datagram (default: 1400)" },
  lines: { ...SWITCH, long: "--lines", help: "with --pipe: send each line as one datagram, without its line break" },
  sourcePort: {
    long: "--source-port",
    takes: "one",
    value: "PORT",
    choices: ["group"],
    help: "the port to send from: a number, or group for the port of the group (default: any)",
  },
  ttl: {
    long: "--ttl",
    takes: "one",
    value: "TTL",
    help: "how many networks a datagram may cross, 0 to 255 (default: 1, this network only)",
  },
  noLoopback: { ...SWITCH, long: "--no-loopback", help: "do not deliver what is sent to listeners on this host; no effect on Windows" },
  count: { short: "-c", long: "--count", takes: "one", value: "NUMBER", help: "stop after this many datagrams" },
  interval: { ...SECONDS, long: "--interval", help: "the time between repetitions" },
  allow: {
    long: "--allow",
    takes: "many",
    value: "SENDER",
    help: "accept only these senders: addresses and ranges such as 192.168.1.0/24",
  },
  echo: {
    long: "--echo",
    takes: "one",
    value: "KIND",
    choices: ["unchanged", "hear", "off"],
    help: "unchanged, hear (a text that names the sender) or off (default: unchanged)",
  },
  echoIface: {
    long: "--echo-iface",
    takes: "one",
    value: "INTERFACES",
    choices: ["all", "default"],
    help: "the interfaces to echo on, written as for --iface (default: those that --iface names, otherwise default)",
  },
  maxRate: { long: "--max-rate", takes: "one", value: "RATE", help: "the maximum number of echoes a second (default: no limit)" },
  acknowledge: { ...SWITCH, long: "--acknowledge", help: "also send each sender a text that repeats what was heard" },
  sealed: { ...SWITCH, long: "--sealed", help: "seal what is sent, and accept only what opens, with the key in MCAST_KEY or --key-file" },
  keyFile: {
    long: "--key-file",
    takes: "one",
    value: "FILE",
    isFile: true,
    help: "a file with the key in its first line, and in a second line a previous key that still opens; includes --sealed",
  },
  freshness: {
    ...SECONDS,
    long: "--freshness",
    help: "with --sealed: how far the clock of a sender may differ from this one, 15 to 86400 (default: 30)",
  },
  daemon: { ...SWITCH, long: "--daemon", help: "continue until interrupted instead of stopping after one datagram", isUniversal: true },
  useStd: { ...SWITCH, long: "--use-std", help: "print payloads to standard output", isUniversal: true },
  line: { ...SWITCH, long: "--line", help: "print a line break after each payload; a terminal always gets one" },
  json: { ...SWITCH, long: "--json", help: "print one JSON object a line" },
  timeout: { ...SECONDS, long: "--timeout", help: "stop after this many seconds" },
  verbose: { ...SWITCH, short: "-v", long: "--verbose", help: "print sender, group, interface and size to standard error" },
  help: { ...SWITCH, short: "-h", long: "--help", help: "print this help", isUniversal: true },
  version: { ...SWITCH, short: "-V", long: "--version", help: "print the version", isUniversal: true },
} as const satisfies Readonly<Record<string, Flag>>;

export type FlagName = keyof typeof FLAGS;

/** The given flags, each with its values in order; a flag without a value has an empty list. */
export type GivenFlags = ReadonlyMap<FlagName, readonly string[]>;

/** Every flag with its name. */
export function allFlags(): readonly (readonly [FlagName, Flag])[] {
  const names = Object.keys(FLAGS).filter(isFlagName);
  return names.map((name) => [name, FLAGS[name]]);
}

/** Returns every spelling of a flag, the preferred ones first. */
export function spellingsOf({ short, long, also = [] }: Flag): readonly string[] {
  return [...(short === undefined ? [] : [short]), long, ...also];
}

/** Returns the last value of a flag; undefined if the flag is not given. */
export function lastValue(flags: GivenFlags, name: FlagName): string | undefined {
  return flags.get(name)?.at(-1);
}

function isFlagName(name: string): name is FlagName {
  return name in FLAGS;
}
