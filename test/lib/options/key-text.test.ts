import { randomBytes } from "node:crypto";
import should from "should";
import { isHexKey, isKeyText } from "../../../src/lib/options/key-text";

describe("the text of a key", () => {
  it("is 64 hex digits, or base64 or base64url of 32 bytes", () => {
    for (let each = 0; each < 200; each += 1) {
      const bytes = randomBytes(32);
      for (const form of ["hex", "base64", "base64url"] as const) should(isKeyText(bytes.toString(form))).be.true(bytes.toString("hex"));
      should(isHexKey(bytes.toString("hex").toUpperCase())).be.true();
      should(isHexKey(bytes.toString("base64"))).be.false();
    }
  });

  it("is no other text, such as a passphrase of as many letters", () => {
    const wrong = ["", "correct horse battery staple", "a".repeat(63), "g".repeat(64), "b".repeat(43), `${"A".repeat(43)}==`, "__PWRD__"];
    should(wrong.filter(isKeyText)).be.empty();
  });
});
