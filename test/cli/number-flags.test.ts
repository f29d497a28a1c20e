import should from "should";
import { bytesOf, countOf, secondsOf } from "../../src/cli/number-flags";

describe("the numbers of flags", () => {
  it("are read from digits within their ranges", () => {
    should(secondsOf(new Map([["timeout", ["0.5"]]]), "timeout")).equal(0.5);
    should(secondsOf(new Map([["timeout", [".25"]]]), "timeout")).equal(0.25);
    should(bytesOf(new Map([["size", ["65507"]]]), "size")).equal(65507);
    should(countOf(new Map([["count", ["1", "20"]]]), "count")).equal(20);
    should(countOf(new Map(), "count")).be.undefined();
  });

  it("are refused in any other form, with an error that names the flag and the range", () => {
    for (const text of ["", "0", "1e3", "-1", "2000001", "1s"]) {
      should(() => secondsOf(new Map([["timeout", [text]]]), "timeout")).throw(
        `--timeout must be a time in seconds (0.001 to 2000000), not '${text}'`,
      );
    }
    for (const text of ["0", "65508", "1.5", " 1"]) {
      should(() => bytesOf(new Map([["size", [text]]]), "size")).throw(`--size must be a size in bytes (1 to 65507), not '${text}'`);
    }
    for (const text of ["0", "1.5", "0x10"]) {
      should(() => countOf(new Map([["count", [text]]]), "count")).throw(`--count must be a number from 1 to 1000000000, not '${text}'`);
    }
  });
});
