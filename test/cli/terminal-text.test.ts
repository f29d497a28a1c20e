import should from "should";
import { printable, printablePayload, quoted, utf8Of } from "../../src/cli/terminal-text";

describe("printable", () => {
  it("writes control, invisible and direction characters as escapes, and leaves all others", () => {
    should(printable("a\nb\r\t\0\x1b[2J\x7f\u009b\u200b\u202e\u2028\u{e0001}é 你")).equal(
      "a\\nb\\r\\t\\x00\\x1b[2J\\x7f\\x9b\\u200b\\u202e\\u2028\\u{e0001}é 你",
    );
  });
});

describe("printablePayload", () => {
  it("writes text as text, and bytes that are not UTF-8 as escapes", () => {
    should(printablePayload(Buffer.from("é\x1b"))).equal("é\\x1b");
    should(printablePayload(Buffer.from([0x41, 0xc3, 0x0a, 0xff]))).equal("A\\xc3\\n\\xff");
    should(printablePayload(Buffer.alloc(0))).equal("");
  });
});

describe("quoted", () => {
  it("puts a word in quotes, in one line of at most 62 characters", () => {
    should(quoted("two\nlines")).equal("'two\\nlines'");
    should(quoted("x".repeat(5_000))).equal(`'${"x".repeat(57)}...'`);
  });
});

describe("utf8Of", () => {
  it("gives the text of UTF-8 unchanged, with a byte order mark too, and nothing for other bytes", () => {
    should(utf8Of(Buffer.from("\ufeffé"))).equal("\ufeffé");
    should(utf8Of(Buffer.from([0xff]))).be.undefined();
  });
});
