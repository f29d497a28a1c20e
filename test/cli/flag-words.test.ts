import should from "should";
import { looksLikeFlag, missingValue, typedFlag, unwantedValue } from "../../src/cli/flag-words";
import { UsageError } from "../../src/cli/usage-error";

describe("typedFlag", () => {
  it("knows flags by each spelling, with and without a value in the same word", () => {
    should(typedFlag("--bind-group", false)).deepEqual({ name: "group", spelling: "--bind-group", attached: undefined });
    should(typedFlag("--port=1=2", false)).deepEqual({ name: "port", spelling: "--port", attached: "1=2" });
    should(typedFlag("-p1", false)).deepEqual({ name: "port", spelling: "-p", attached: "1" });
  });

  it("knows text, in a list also by a blank", () => {
    for (const word of ["-", "--", "-5", "text", "", "---"]) should(typedFlag(word, false)).be.undefined();
    should(typedFlag("-p is a flag", true)).be.undefined();
    should(typedFlag("--message=two words", true)).containEql({ name: "message", attached: "two words" });
  });

  it("throws for a word that only looks like a flag, and names the nearest", () => {
    should(() => typedFlag("--gruop", false)).throw(UsageError, { message: "unknown flag '--gruop'; did you mean --group?" });
    should(() => typedFlag("-json", false)).throw(/unknown flag '-json'; did you mean --json\?/);
    should(() => typedFlag("-x", true)).throw("unknown flag '-x'; the help of the verb lists its flags (as text, write it after --)");
  });
});

describe("missingValue, unwantedValue and looksLikeFlag", () => {
  it("name the value that a flag needs, and the word that follows instead", () => {
    const port = { name: "port", spelling: "-p", attached: undefined } as const;
    should(missingValue(port, undefined).message).equal("-p needs a value, but the line ends: -p PORT");
    should(missingValue({ ...port, name: "groups", spelling: "--groups" }, "-v").message).match(
      /needs at least one value, but '-v' follows/,
    );
    should(unwantedValue({ name: "pipe", spelling: "--pipe", attached: "yes" }).message).equal(
      "--pipe takes no value, but 'yes' was given",
    );
  });

  it("recognize a flag by one or two dashes before a letter", () => {
    should(["-x", "--xyz"].every(looksLikeFlag)).be.true();
    should(["-", "--", "-1", "x-y", ""].some(looksLikeFlag)).be.false();
  });
});
