import should from "should";
import { formatHear, hearDepth, originalPayload, payloadInWords } from "../../../src/lib/relay/hear-format";

const sender = { address: "127.0.0.1", family: "IPv4", port: 48515, size: 5 } as const;

describe("the text of HEAR", () => {
  const format = (payload: string | Uint8Array, group = "239.1.2.3") => {
    const text = formatHear(Buffer.from(payload), sender, group);
    return text && Buffer.from(text).toString();
  };

  it("has the payload in upper case, the sender and the bind group, as the Python tool writes them", () => {
    should(format("hello")).equal("HEAR [ HELLO SAID ('127.0.0.1', 48515) ] from 239.1.2.3");
    should(format("grüße")).equal("HEAR [ GRÜSSE SAID ('127.0.0.1', 48515) ] from 239.1.2.3");
    should(format("", "ff02::1")).equal("HEAR [  SAID ('127.0.0.1', 48515) ] from ff02::1");
  });

  it("keeps a byte order mark, which belongs to the payload", () => {
    should(format("\ufeffa")).equal("HEAR [ \ufeffA SAID ('127.0.0.1', 48515) ] from 239.1.2.3");
  });

  it("does not exist for a payload that is not UTF-8", () => {
    should(format(Uint8Array.of(0xff, 0xfe))).be.undefined();
    should(format(Uint8Array.of(0x68, 0xc3))).be.undefined();
  });

  it("does not exist for a payload so long that the text would not fit into a datagram", () => {
    const rest = "HEAR [  SAID ('127.0.0.1', 48515) ] from 239.1.2.3".length;
    should(format("x".repeat(65507 - rest))).have.length(65507);
    should(format("x".repeat(65508 - rest))).be.undefined();
  });
});

describe("the original payload of a HEAR text", () => {
  for (const [claim, payload, original] of [
    ["is what stands between its words", "HEAR [ HELLO SAID ('127.0.0.1', 48515) ] from 239.1.2.3", "HELLO"],
    [
      "is the innermost one of nested texts",
      "HEAR [ HEAR [ HI SAID ('10.0.0.1', 1) ] FROM 239.1.2.3 SAID ('10.0.0.2', 2) ] from 239.1.2.4",
      "HI",
    ],
    ["may be empty", "HEAR [  SAID ('127.0.0.1', 48515) ] from 239.1.2.3", ""],
    ["is the whole payload where the text is not complete", "HEAR [ HELLO", "HEAR [ HELLO"],
    [
      "is the whole payload where the text does not come first",
      "I HEAR [ HELLO SAID ('127.0.0.1', 1) ]",
      "I HEAR [ HELLO SAID ('127.0.0.1', 1) ]",
    ],
    ["is empty for an empty payload", "", ""],
  ] as const) {
    it(claim, () => {
      should(Buffer.from(originalPayload(Buffer.from(payload))).toString()).equal(original);
    });
  }

  it("is found in a text of formatHear, nested any number of times", () => {
    let text: Uint8Array = Buffer.from("HELLO");
    for (let round = 0; round < 20; round += 1) text = formatHear(text, sender, "239.1.2.3") ?? text;
    should(Buffer.from(originalPayload(text)).toString()).equal("HELLO");
  });
});

describe("the depth of a payload", () => {
  it("is the number of HEAR texts around it", () => {
    let text: Uint8Array = Buffer.from("hello");
    for (let depth = 0; depth < 5; depth += 1) {
      should(hearDepth(text)).equal(depth);
      text = formatHear(text, sender, "239.1.2.3") ?? text;
    }
  });

  it("is 0 where the text does not come first", () => {
    should(hearDepth(Buffer.from("I HEAR [ HELLO"))).equal(0);
    should(hearDepth(Buffer.alloc(0))).equal(0);
  });
});

describe("a payload in a HEAR text", () => {
  it("is the original payload of its HEAR text", () => {
    const payload = Buffer.from("grüße");
    const text = formatHear(payload, sender, "239.1.2.3") ?? payload;
    should(Buffer.from(originalPayload(text)).equals(Buffer.from(payloadInWords(payload)))).be.true();
  });

  it("is the payload as it is where that is not UTF-8", () => {
    const payload = Uint8Array.of(0xff, 0x61);
    should(payloadInWords(payload)).equal(payload);
  });
});
