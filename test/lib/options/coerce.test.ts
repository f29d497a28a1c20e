import should from "should";
import { entries, isBlank, pick, toBoolean, toChoice, toIntegerIn } from "../../../src/lib/options/coerce";

describe("a value that a user has typed", () => {
  it("wins where it is set, leaves the choice to another where it is blank, and has a default where it is missing", () => {
    should([pick("set", "left", "otherwise"), pick("", "left", "otherwise"), pick(undefined, "left", "otherwise")]).deepEqual([
      "set",
      "left",
      "otherwise",
    ]);
    should(pick(0, "left", "otherwise")).equal(0);
  });

  it("is blank where it is undefined, null or empty, and nowhere else", () => {
    should([undefined, null, "", " ", 0, false, []].map(isBlank)).deepEqual([true, true, true, false, false, false, false]);
  });
});

describe("an integer", () => {
  const range = { least: 10, most: 20, off: 0, reason: "refresh-range" } as const;

  it("is read as a number or in digits, at its limits and as the value that means off", () => {
    should([10, 20, 0, "15", " 15 "].map((value) => toIntegerIn(range, value))).deepEqual([10, 20, 0, 15, 15]);
  });

  for (const value of [9, 21, -1, 10.5, "1e1", "0x0f", "", true, null, [10], Number.NaN]) {
    it(`is not ${JSON.stringify(value)}`, () => {
      should(() => toIntegerIn(range, value)).throw({ reason: "refresh-range" });
    });
  }
});

describe("a boolean", () => {
  it("is read as such or as a word", () => {
    should([true, "true", false, "false"].map((value) => toBoolean("loopback", value))).deepEqual([true, true, false, false]);
  });

  for (const value of [0, 1, "yes", "TRUE", "", null]) {
    it(`is not ${JSON.stringify(value)}`, () => {
      should(() => toBoolean("loopback", value)).throw({ reason: "boolean", code: "ERR_MCAST_OPTION" });
    });
  }
});

describe("a choice", () => {
  it("is one of its choices, exactly as written", () => {
    should(toChoice("echo", ["hear", "off"], "off")).equal("off");
    for (const value of ["OFF", "of", "", 0, "toString"]) {
      should(() => toChoice("echo", ["hear", "off"], value)).throw({ reason: "choice", code: "ERR_MCAST_OPTION" });
    }
  });
});

describe("the entries of a list", () => {
  for (const [value, list] of [
    ["a, b c", ["a", "b", "c"]],
    [
      ["a,b", "c"],
      ["a", "b", "c"],
    ],
    ["", [""]],
    [
      ["a", ""],
      ["a", ""],
    ],
    [[], []],
    [7, [7]],
    [[{ group: "a" }], [{ group: "a" }]],
  ] as const) {
    it(`${JSON.stringify(value)} are ${JSON.stringify(list)}`, () => should(entries(value)).deepEqual(list));
  }
});
