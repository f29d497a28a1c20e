// Writes the manual page dist/man/mcast.1 from the table of verbs and flags that the command itself uses.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

export function man() {
  mkdirSync("dist/man", { recursive: true });
  writeFileSync("dist/man/mcast.1", page());
}

function page() {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const { VERBS } = require("../dist/cli/verb-table.js");
  const { FLAGS } = require("../dist/cli/flags.js");
  const { CONVENTIONS, EXIT_CODES, FLAGS_WITHOUT_VERB, SUMMARY, flagUsage } = require("../dist/cli/help.js");
  return [
    `.TH MCAST 1 "" "mcast ${version}" "User Commands"`,
    ".SH NAME",
    `mcast \\- ${text(lowerFirst(SUMMARY.replace(/\.$/, "")))}`,
    ".SH SYNOPSIS",
    ".B mcast",
    ".I VERB",
    "[\\fIFLAG\\fR...]",
    ".SH DESCRIPTION",
    text(SUMMARY),
    text(CONVENTIONS),
    ".SH OPTIONS",
    ...FLAGS_WITHOUT_VERB.flatMap(([name, meaning]) => tagged(flagUsage(FLAGS[name]), meaning)),
    ".SH VERBS",
    ...VERBS.flatMap(verbSection),
    ".SH EXIT STATUS",
    ...EXIT_CODES.flatMap(([code, meaning]) => tagged(code, meaning)),
    ".SH ENVIRONMENT",
    ...tagged("MCAST_KEY", "the key for --sealed, as mcast key prints it; --key-file reads the key from a file instead"),
    ".SH EXAMPLES",
    ...VERBS.flatMap(({ examples }) => examples).flatMap(([line, meaning]) => tagged(line, meaning)),
    "",
  ].join("\n");
}

function verbSection(verb) {
  const { FLAGS } = require("../dist/cli/flags.js");
  const { compatibility, flagText, flagUsage, operandText, verbUsage } = require("../dist/cli/help.js");
  const summary = [verb.summary, operandText(verb)].filter(Boolean).join(" ");
  const flags = [...verb.flags, "help"].flatMap((name) => tagged(flagUsage(FLAGS[name]), flagText(verb, name)));
  const paragraphs = [verb.details, compatibility(verb)].filter(Boolean).flatMap((paragraph) => [".PP", text(paragraph)]);
  return [`.SS ${text(verbUsage(verb))}`, text(summary), ...flags, ...paragraphs];
}

function tagged(tag, meaning) {
  return [".TP", `\\fB${text(tag)}\\fR`, text(meaning)];
}

// A backslash, a dash and a dot or quote at the beginning of a line mean something else in roff.
function text(words) {
  return words
    .replace(/\\/g, "\\e")
    .replace(/-/g, "\\-")
    .replace(/~/g, "\\(ti")
    .replace(/^(?=[.'])/, "\\&");
}

function lowerFirst(sentence) {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) man();
