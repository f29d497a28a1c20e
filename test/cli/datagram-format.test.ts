import should from "should";
import { formatDatagram, jsonLine, sizeText } from "../../src/cli/datagram-format";

describe("formatDatagram", () => {
  const datagram = { payload: Buffer.from("a\n\x9b"), sender: { address: "::1", port: 7 }, group: undefined, interface: undefined };
  const format = { isJson: false, hasLineBreak: false, isTerminal: false };

  it("gives the payload itself, with a line break where one is asked for", () => {
    should(formatDatagram(datagram, format)).equal(datagram.payload);
    should(String(formatDatagram(datagram, { ...format, hasLineBreak: true }))).equal("a\n\x9b\n");
  });

  it("gives escapes and a line break for a terminal", () => {
    should(formatDatagram(datagram, { ...format, isTerminal: true })).equal("a\\n\\x9b\n");
  });

  it("gives JSON in which nothing controls a terminal, and null for unknown values", () => {
    const line = String(formatDatagram(datagram, { ...format, isJson: true, isTerminal: true }));
    should(line).match(/^\{.*"payload":"a\\n\\u009b".*\}\n$/);
    should(JSON.parse(line)).containEql({
      group: null,
      interface: null,
      ip: "::1",
      port: 7,
      size: 4,
      payload: "a\n\x9b",
      encoding: "utf8",
    });
    should(JSON.parse(line)).not.have.property("echoed");
    should(
      JSON.parse(String(formatDatagram({ ...datagram, payload: Buffer.from("\u{e0001}"), echoed: false }, { ...format, isJson: true }))),
    ).containEql({
      payload: "\u{e0001}",
      echoed: false,
    });
  });
});

describe("jsonLine", () => {
  it("escapes what JSON.stringify leaves and a terminal would obey or hide, and keeps the value", () => {
    const value = { interface: "eth\x9b\u202e0" };
    should(jsonLine(value)).equal('{"interface":"eth\\u009b\\u202e0"}\n');
    should(JSON.parse(jsonLine(value))).deepEqual(value);
  });
});

describe("sizeText", () => {
  it("counts bytes in words", () => {
    should([0, 1, 2].map(sizeText)).deepEqual(["0 bytes", "1 byte", "2 bytes"]);
  });
});
