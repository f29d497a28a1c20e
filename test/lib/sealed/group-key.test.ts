import { inspect } from "node:util";
import fc from "fast-check";
import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { McastError } from "../../../src/lib/errors";
import { createKey, type GroupKey, readKey } from "../../../src/lib/sealed/group-key";
import { Opener } from "../../../src/lib/sealed/opener";
import { Sealer } from "../../../src/lib/sealed/sealer";
import { anything } from "../../hostile/values";
import { TestClock } from "../../support/test-clock";

const bytes = Buffer.from(Array.from({ length: 32 }, (_, index) => 255 - index * 3));

/** True if what the one seals the other opens. */
function opens(sealing: GroupKey, opening: GroupKey): boolean {
  const clock = new TestClock();
  const group = parseGroup("239.255.1.1");
  const opener = new Opener({ key: opening, group, port: 59559, freshness: 30, clock });
  return opener.open(new Sealer({ key: sealing, clock }).seal(Buffer.from("hello"), group, 59559)).kind === "opened";
}

function refusalOf(value: unknown): McastError {
  try {
    readKey(value);
  } catch (error) {
    if (error instanceof McastError) return error;
    throw error;
  }
  throw new Error("the key was taken");
}

describe("a group key", () => {
  const key = readKey(bytes);
  const good: ReadonlyArray<readonly [string, unknown]> = [
    ["64 hex digits", bytes.toString("hex")],
    ["64 hex digits in capitals", bytes.toString("hex").toUpperCase()],
    ["base64", bytes.toString("base64")],
    ["base64 without its =", bytes.toString("base64").replace("=", "")],
    ["base64url", bytes.toString("base64url")],
    ["base64url with a =", `${bytes.toString("base64url")}=`],
    ["a line of a file", ` ${bytes.toString("hex")}\r\n`],
    ["bytes that are no Buffer", new Uint8Array(bytes)],
    ["an object", { key: bytes.toString("hex") }],
    ["an object with a blank previous key", { key: bytes, previous: " " }],
    ["an object whose previous key is the same", { key: bytes, previous: bytes.toString("base64") }],
  ];
  for (const [form, value] of good) {
    it(`is read from ${form}`, () => {
      should(opens(key, readKey(value))).equal(true);
      should(readKey(value).opens).have.length(1);
    });
  }

  it("leaves the bytes that it was given as they were", () => {
    const given = Buffer.from(bytes);
    readKey({ key: given, previous: given });
    should(given.equals(bytes)).equal(true);
  });

  it("opens with the previous key too, but seals with the new one alone", () => {
    const both = readKey({ key: createKey(), previous: bytes });
    should(opens(key, both)).equal(true);
    should(opens(both, both)).equal(true);
    should(opens(both, key)).equal(false);
  });

  const missing: ReadonlyArray<readonly [string, unknown]> = [
    ["nothing", undefined],
    ["null", null],
    ["an empty text", ""],
    ["blanks", " \n"],
    ["the editor's placeholder", "__PWRD__"],
    ["an empty object", {}],
    ["a previous key alone", { previous: bytes }],
  ];
  for (const [form, value] of missing) {
    it(`is missing where ${form} is given`, () => should(refusalOf(value)).match({ code: "ERR_MCAST_KEY", reason: "key-missing" }));
  }

  const SECRET = "Correct-Horse-Battery-Staple";
  const bad: ReadonlyArray<readonly [string, unknown]> = [
    ["a passphrase", SECRET],
    ["a passphrase as long as base64 of 32 bytes", `${SECRET}abcdefghijklmnZ`],
    ["63 hex digits", bytes.toString("hex").slice(1)],
    ["66 hex digits", `${bytes.toString("hex")}00`],
    ["base64 of 31 bytes", bytes.subarray(1).toString("base64")],
    ["base64 of 33 bytes", Buffer.concat([bytes, Buffer.of(1)]).toString("base64")],
    ["both alphabets of base64 at once", `+-${bytes.toString("hex").slice(0, 40)}A`],
    ["a blank within", `${bytes.toString("hex").slice(0, 32)} ${bytes.toString("hex").slice(32)}`],
    ["an environment variable that was not replaced", `$${"{MCAST_KEY}"}`],
    ["31 bytes", bytes.subarray(1)],
    ["33 bytes", Buffer.concat([bytes, Buffer.of(1)])],
    ["a number", 12345678],
    ["an array of 32 numbers", [...bytes]],
  ];
  it("is not an object with another property, and the refusal quotes no value", () => {
    const error = refusalOf({ key: bytes, previuos: SECRET });
    should(error).match({ code: "ERR_MCAST_KEY", reason: "key-properties", message: /valid are key and previous$/ });
    should(inspect(error, { depth: 9 })).not.containEql(SECRET.slice(0, 20));
  });

  for (const [form, value] of bad) {
    it(`is not ${form}, and the refusal does not quote it`, () => {
      const error = refusalOf(value);
      should(error).match({ code: "ERR_MCAST_KEY", reason: "key-form", details: {} });
      for (const secret of typeof value === "string" ? [value] : [SECRET, "12345678", bytes.toString("hex").slice(2, 20)]) {
        should(inspect(error, { depth: 9 })).not.containEql(secret.slice(0, 20));
      }
    });
  }

  it("is refused with an invalid previous key, with an error about that one", () => {
    for (const previous of [SECRET, "__PWRD__", bytes.subarray(1), 7]) {
      const error = refusalOf({ key: bytes, previous });
      should(error).match({ code: "ERR_MCAST_KEY", reason: "key-previous", details: {} });
      should(inspect(error)).not.containEql(SECRET);
    }
  });

  it("is taken, or refused by an error of this package, whatever is given", () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.record({ key: anything, previous: anything })), (value) => {
        should(refusalOf(value).code).equal("ERR_MCAST_KEY");
      }),
    );
  });

  it("shows none of its bytes to whoever prints it", () => {
    const shown = inspect(key, { depth: 9, showHidden: true }) + JSON.stringify(key);
    should(shown).not.containEql(bytes.toString("hex").slice(0, 8));
    should(shown).not.match(/<Buffer|Uint8Array/);
  });
});

describe("a new key", () => {
  it("is 64 hex digits, and never the same", () => {
    const keys = Array.from({ length: 100 }, createKey);
    for (const key of keys) should(key).match(/^[0-9a-f]{64}$/);
    should(new Set(keys).size).equal(100);
    should(readKey(keys[0]).opens).have.length(1);
  });
});
