import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import should from "should";
import { allFlags, FLAGS, spellingsOf } from "../../src/cli/flags";
import { compatibility, flagText, flagUsage, verbUsage } from "../../src/cli/help";
import { parse } from "../../src/cli/parse";
import { VERBS } from "../../src/cli/verb-table";
import { SCRIPT } from "../support/command";

describe("the help", () => {
  const helpOf = (...words: readonly string[]): string =>
    spawnSync(process.execPath, [SCRIPT, ...words, "--help"], { encoding: "utf8" }).stdout;

  for (const { name, examples } of VERBS) {
    for (const [line] of examples) {
      it(`of ${name} has an example that can be read: ${line}`, () => {
        const [program, ...words] = line.replace(/ [<>|] .*/, "").split(" ");
        should(program).equal("mcast");
        should(parse(words, VERBS).verb?.name).equal(name);
      });
    }
  }

  it("lists every verb, and each verb every flag that it uses", () => {
    const all = helpOf();
    for (const verb of VERBS) {
      should(all).match(new RegExp(`^ {2}${verb.name} `, "m"));
      const own = helpOf(verb.name);
      for (const name of verb.flags) should(own).match(new RegExp(`^ {2}${flagUsage(FLAGS[name]).replace(/[.]/g, "\\.")}( |$)`, "m"));
    }
  });

  it("fits into 90 columns, but for examples", () => {
    for (const text of [helpOf(), ...VERBS.map(({ name }) => helpOf(name))]) {
      should(text.split("\n").filter((line) => line.length > 90 && !line.startsWith("  mcast "))).be.empty();
    }
  });

  it("shows how flags and verbs are used", () => {
    should(flagUsage(FLAGS.group)).equal("-g, --group GROUP");
    should(flagUsage(FLAGS.allow)).equal("--allow SENDER...");
    should(flagUsage(FLAGS.json)).equal("--json");
    should(VERBS.map(verbUsage)).containEql("mcast completion SHELL").containEql("mcast help [VERB]").containEql("mcast say [FLAG...]");
  });

  it("says that --no-loopback does nothing on Windows", () => {
    for (const verb of VERBS.filter(({ flags }) => flags.includes("noLoopback"))) should(flagText(verb, "noLoopback")).match(/Windows/);
  });

  it("takes the text of a verb before that of the flag", () => {
    for (const verb of VERBS) {
      for (const name of verb.flags) should(flagText(verb, name)).equal(verb.texts?.[name] ?? FLAGS[name].help);
    }
  });

  it("lists --groups for every verb that lists --group, since each one reads both", () => {
    for (const { name, flags } of VERBS) should(flags.includes("groups")).equal(flags.includes("group"), name);
  });

  it("can be asked for every verb by name, as the help of help says", () => {
    const operand = VERBS.find(({ name }) => name === "help")?.operand;
    should(operand?.choices).deepEqual(VERBS.map(({ name }) => name));
  });

  it("names the flags that a verb accepts without effect", () => {
    for (const verb of VERBS) {
      const idle = allFlags().flatMap(([name, { isUniversal, long }]) =>
        isUniversal && !verb.flags.includes(name) && name !== "help" && name !== "version" ? [long] : [],
      );
      should(compatibility(verb)).containEql(`Accepted without effect: ${idle.join(", ")}.`);
    }
  });
});

describe("docs/command-line.md", () => {
  const page = readFileSync("docs/command-line.md", "utf8");

  it("lists every verb", () => {
    for (const { name } of VERBS) should(page).containEql(`| \`mcast ${name}\` |`);
  });

  it("shows command lines that can be read", () => {
    const lines = Array.from(page.matchAll(/```sh\n(.*?)```/gs), ([, block = ""]) => block)
      .flatMap((block) => block.split("\n"))
      .filter((line) => line.startsWith("mcast "));
    should(lines.length).be.aboveOrEqual(10);
    for (const line of lines) {
      const [, ...words] = line.replace(/ *(#|[<>|] ).*/, "").split(/ +(?=(?:[^"]*"[^"]*")*[^"]*$)/);
      should(() => parse(words, VERBS)).not.throw();
    }
  });
});

describe("the table of flags", () => {
  it("has each spelling once, and each flag in a verb or in all", () => {
    const spellings = allFlags().flatMap(([, flag]) => spellingsOf(flag));
    should(new Set(spellings).size).equal(spellings.length);
    for (const [name, { isUniversal }] of allFlags()) should(isUniversal || VERBS.some(({ flags }) => flags.includes(name))).be.true(name);
  });
});
