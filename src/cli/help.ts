import { allFlags, FLAGS, type Flag, type FlagName } from "./flags";
import type { Verb } from "./verb";
import { wrap } from "./wrap-lines";

const WIDTH = 90;

/** The meaning of every exit code. */
export const EXIT_CODES = [
  ["0", "success, or interrupted by Ctrl-C or SIGTERM; for doctor, no warning and no fault"],
  ["1", "nothing was sent or received, or nobody replied; for doctor, a warning"],
  ["2", "wrong usage, or the system refuses: one line on standard error says why; for doctor, a fault"],
] as const;

/** The purpose of the command, in one sentence. */
export const SUMMARY = "Sends, receives and relays UDP multicast, and finds out why it does not work on this host.";

/** The flags that need no verb. */
export const FLAGS_WITHOUT_VERB = [
  ["help", "print this help; with a verb, the help of the verb"],
  ["version", FLAGS.version.help],
] as const satisfies readonly (readonly [FlagName, string])[];

/** Text that applies to every verb. */
export const CONVENTIONS =
  "Verbs can be written in either case. Flags can stand before or after the verb, as --port 5000 or --port=5000. After -- no word is a flag.";

/** Returns the help text of a flag in a verb. */
export function flagText({ texts = {} }: Verb, name: FlagName): string {
  return texts[name] ?? FLAGS[name].help;
}

/** Returns a flag and its value in the form of help texts: `-g, --group GROUP`. */
export function flagUsage({ short, long, takes, value = "" }: Flag): string {
  const words = short === undefined ? long : `${short}, ${long}`;
  return { nothing: words, one: `${words} ${value}`, many: `${words} ${value}...` }[takes];
}

/** Returns the usage of a verb, such as `mcast completion SHELL`, `mcast help [VERB]` or `mcast say [FLAG...]`. */
export function verbUsage({ name, operand, flags }: Verb): string {
  const word = operand && (operand.isOptional ? ` [${operand.name}]` : ` ${operand.name}`);
  return `mcast ${name}${word ?? ""}${flags.length > 0 ? " [FLAG...]" : ""}`;
}

/** Returns the words that may follow a verb, as a sentence; undefined for a verb without such a word. */
export function operandText({ operand }: Verb): string | undefined {
  return operand && `${operand.name} is one of: ${operand.choices.join(", ")}.`;
}

/** Returns the flags that a verb accepts without effect, and other spellings of its flags. */
export function compatibility(verb: Verb): string {
  const listed = (name: FlagName) => verb.flags.includes(name);
  const idle = allFlags().flatMap(([name, { long, isUniversal }]) => (isUniversal && !listed(name) && !isAboutItself(name) ? [long] : []));
  const other = allFlags().flatMap(([name, { long, also = [] }]) =>
    listed(name) && also.length > 0 ? [`${long} = ${also.join(" = ")}`] : [],
  );
  const sentences = [
    ...(other.length > 0 ? [`Other spellings: ${other.join("; ")}.`] : []),
    `Accepted without effect: ${idle.join(", ")}.`,
  ];
  return sentences.join(" ");
}

export function commandHelp(verbs: readonly Verb[]): string {
  return [
    "usage: mcast VERB [FLAG...]\n",
    paragraph(SUMMARY),
    section(
      "Verbs",
      verbs.map(({ name, summary }) => [name, summary]),
    ),
    section(
      "Flags",
      FLAGS_WITHOUT_VERB.map(([name, text]) => [flagUsage(FLAGS[name]), text]),
    ),
    paragraph(`${CONVENTIONS} mcast VERB --help lists the flags of a verb.`),
    "Examples, in two terminals:\n  mcast recv --group 239.255.1.1 --daemon\n  mcast say --group 239.255.1.1 --message hello world\n",
    section("Exit codes", EXIT_CODES),
  ].join("\n");
}

export function verbHelp(verb: Verb): string {
  const flags = [...verb.flags, "help" as const].map((name) => [flagUsage(FLAGS[name]), flagText(verb, name)] as const);
  const examples = verb.examples.flatMap(([line, meaning]) => [`  ${line}`, `      ${meaning}`]);
  return [
    `usage: ${verbUsage(verb)}\n`,
    paragraph([verb.summary, verb.details, operandText(verb)].filter((text) => text !== undefined).join(" ")),
    section("Flags", flags),
    paragraph(compatibility(verb)),
    `Examples:\n${examples.join("\n")}\n`,
    section("Exit codes", EXIT_CODES),
  ].join("\n");
}

function isAboutItself(name: FlagName): boolean {
  return name === "help" || name === "version";
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length)) + 4;
  const lines = rows.flatMap(([left, text]) =>
    wrap(text, WIDTH - width).map((line, at) => `${(at === 0 ? `  ${left}` : "").padEnd(width)}${line}`),
  );
  return `${title}:\n${lines.join("\n")}\n`;
}

function paragraph(text: string): string {
  return `${wrap(text, WIDTH).join("\n")}\n`;
}
