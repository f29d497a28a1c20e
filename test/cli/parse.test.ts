import should from "should";
import type { FlagName } from "../../src/cli/flags";
import { findVerb, parse, unknownVerb } from "../../src/cli/parse";
import { UsageError } from "../../src/cli/usage-error";
import { VERBS } from "../../src/cli/verb-table";

describe("parse", () => {
  const read = (...words: readonly string[]) => {
    const { verb, flags, operand } = parse(words, VERBS);
    return { verb: verb?.name, flags: Object.fromEntries(flags), operand };
  };
  const flags = (...words: readonly string[]): Partial<Record<FlagName, readonly string[]>> => read("say", ...words).flags;

  it("reads every spelling of a flag as the same flag", () => {
    for (const spelling of ["-g", "--group", "--bind-group", "--mcast-group"]) should(flags(spelling, "a")).deepEqual({ group: ["a"] });
    for (const spelling of ["--groups", "--join-mcast-groups", "--join-mcast-group"]) {
      should(flags(spelling, "a", "b")).deepEqual({ groups: ["a", "b"] });
    }
  });

  it("reads a value in the same word and in the next", () => {
    for (const words of [["--port=5000"], ["--port", "5000"], ["-p5000"], ["-p", "5000"]])
      should(flags(...words)).deepEqual({ port: ["5000"] });
    should(() => flags("--port=")).throw("--port needs a value, but '' was given: --port PORT");
    should(flags("--message=")).deepEqual({ message: [""] });
    should(flags("--message=-i lo")).deepEqual({ message: ["-i lo"] });
    should(flags("--iface=Ethernet 2")).deepEqual({ iface: ["Ethernet 2"] });
  });

  it("keeps every value of a flag that is repeated", () => {
    should(flags("-g", "a", "-g", "b")).deepEqual({ group: ["a", "b"] });
  });

  it("ends the words of a list at the next flag, and at the verb where that is not known yet", () => {
    should(flags("-m", "hello", "world", "-p", "5000")).deepEqual({ message: ["hello", "world"], port: ["5000"] });
    should(read("-m", "say", "it", "say", "-p", "1")).deepEqual({
      verb: "say",
      flags: { message: ["say", "it"], port: ["1"] },
      operand: undefined,
    });
    should(flags("-m", "recv", "recv")).deepEqual({ message: ["recv", "recv"] });
  });

  it("takes a lone dash, numbers and words with a blank as text", () => {
    should(flags("-m", "-")).deepEqual({ message: ["-"] });
    should(flags("-m", "-5", "-.5", "---", "--not a flag")).deepEqual({ message: ["-5", "-.5", "---", "--not a flag"] });
  });

  it("takes every word after -- as text, for the list that is open", () => {
    should(flags("-m", "--", "-i", "lo", "--")).deepEqual({ message: ["-i", "lo", "--"] });
    should(flags("-m", "a", "--", "-b")).deepEqual({ message: ["a", "-b"] });
  });

  it("reads the word after a verb that takes one", () => {
    should(read("completion", "BASH").operand).equal("BASH");
    should(read("help").operand).be.undefined();
  });

  it("accepts the flags of the Python tool on every verb", () => {
    const line = ["--port", "1", "--iface", "lo", "--group", "a", "--groups", "b", "--pipe", "--daemon", "--use-std", "-m", "c"];
    for (const { name, operand } of VERBS) {
      const word = operand?.choices.slice(0, 1) ?? [];
      should(() => read(name, ...word, ...line)).not.throw();
      should(() => read(...line, name, ...word)).not.throw();
    }
  });

  it("gives no verb where none was typed", () => {
    should(read("--daemon")).deepEqual({ verb: undefined, flags: { daemon: [] }, operand: undefined });
  });

  it("throws a UsageError for everything else", () => {
    for (const words of [
      ["say", "-m", "-m", "a"],
      ["say", "x"],
      ["-x", "say"],
      ["say", "-port", "1"],
      ["say", "--port"],
      ["help", "a", "b"],
    ]) {
      should(() => read(...words)).throw(UsageError);
    }
  });
});

describe("findVerb and unknownVerb", () => {
  it("find a verb in either case", () => {
    should(findVerb("RecV", VERBS)?.name).equal("recv");
    should(findVerb("receive", VERBS)).be.undefined();
  });

  it("name the word as it was typed, and the nearest verbs", () => {
    should(unknownVerb("HAER", VERBS).message).equal("invalid choice: 'HAER' is not a verb; did you mean hear?");
  });
});
