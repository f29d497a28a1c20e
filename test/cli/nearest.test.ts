import should from "should";
import { nearest } from "../../src/cli/nearest";

describe("nearest", () => {
  const VERBS = ["say", "recv", "hear", "groups", "help"];

  it("gives the candidates that differ by the fewest letters", () => {
    should(nearest("SYA", VERBS)).deepEqual(["say"]);
    should(nearest("recieve", VERBS)).be.empty();
    should(nearest("reccv", VERBS)).deepEqual(["recv"]);
    should(nearest("group", VERBS)).deepEqual(["groups"]);
    should(nearest("hea", VERBS)).deepEqual(["hear"]);
  });

  it("gives a candidate that begins like the word, however long it is", () => {
    should(nearest("--acknow", ["--acknowledge", "--allow"])).deepEqual(["--acknowledge"]);
  });

  it("gives none where all are far, and none for a single letter", () => {
    should(nearest("sing", VERBS)).be.empty();
    should(nearest("x", VERBS)).be.empty();
    should(nearest("", VERBS)).be.empty();
  });

  it("takes no longer for a word of any length", () => {
    should(nearest("x".repeat(1_000_000), VERBS)).be.empty();
  });
});
