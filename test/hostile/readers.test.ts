import fc from "fast-check";
import should from "should";
import { parseGroup, parseGroupEndpoint, parsePort, parseSender } from "../../src/lib/address";
import { McastError } from "../../src/lib/errors";
import { destination, hearOptions, recvOptions, replyOptions } from "../../src/lib/options/options";
import { DECODERS, encode } from "../../src/lib/payload";
import { formatHear, originalPayload } from "../../src/lib/relay/hear-format";
import { anything, datagram } from "./values";

const SAY = ["group", "port", "iface", "ttl", "loopback", "sourcePort"];
const RECV = ["groups", "port", "iface", "datatype", "allow", "refresh", "silence", "unicast", "control"];
const HEAR = [...RECV, "group", "echoIface", "ttl", "loopback", "echo", "acknowledge", "maxRate"];

/** Checks that a reader either accepts a value or throws a McastError with a short message. */
function isTakenOrRefused(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof McastError)) throw error;
    should(error.code).match(/^ERR_MCAST_(GROUP|PORT|TTL|PAYLOAD|OPTION)$/);
    should(error.message.length).be.belowOrEqual(300);
    should(error.message).not.match(/\n/);
  }
}

describe("a random value", () => {
  const holds = (claim: string, reads: (value: unknown) => unknown) => {
    it(claim, () => fc.assert(fc.property(anything, (value) => isTakenOrRefused(() => reads(value)))));
  };
  afterEach(() => {
    should({}).not.have.property("polluted");
  });

  holds("is a group or none", parseGroup);
  holds("is a group with its port or none", parseGroupEndpoint);
  holds("is a port or none", parsePort);
  holds("is a sender or none", parseSender);
  for (const name of SAY) holds(`is taken or refused as ${name} of mcast-say`, (value) => destination({ [name]: value }));
  for (const name of RECV) holds(`is taken or refused as ${name} of mcast-recv`, (value) => recvOptions({ [name]: value }));
  for (const name of HEAR) holds(`is taken or refused as ${name} of mcast-hear`, (value) => hearOptions({ [name]: value }));
  for (const name of ["group", "port", "iface", "ttl"]) {
    const form = { group: "", port: "", iface: "", ttl: "" };
    holds(`is taken or refused as msg.${name}`, (value) => destination(form, { group: "239.255.1.1", [name]: value }));
  }
  for (const name of ["replies", "collect"]) holds(`is taken or refused as ${name}`, (value) => replyOptions({ [name]: value }));
  holds("is bytes as a payload, or none", (value) => encode(value, "IPv4"));
});

describe("a random datagram", () => {
  afterEach(() => {
    should({}).not.have.property("polluted");
  });

  for (const [datatype, decode] of Object.entries(DECODERS)) {
    it(`becomes a payload as ${datatype} that can be copied, or fails with a reason`, () => {
      fc.assert(
        fc.property(datagram, (bytes) => {
          try {
            // Node-RED copies the message for a second wire, which must not end the process
            structuredClone(decode(bytes));
          } catch (error) {
            should(error)
              .have.property("message")
              .match(/JSON|nested/);
          }
        }),
      );
    });
  }

  it("becomes a text of HEAR or none, and its payload is found in that text again", () => {
    const sender = { address: "127.0.0.1", family: "IPv4", port: 5000, size: 0 } as const;
    fc.assert(
      fc.property(datagram, (bytes) => {
        should(originalPayload(bytes).byteLength).be.belowOrEqual(bytes.byteLength);
        const reported = formatHear(bytes, sender, "239.255.1.1");
        if (reported) should(reported.byteLength).be.belowOrEqual(65507);
      }),
    );
  });
});

describe("a very long text is read quickly", () => {
  // Long texts that would make a regular expression backtrack.
  const TEXTS = [
    "1.".repeat(50_000),
    "[".repeat(100_000),
    "%".repeat(100_000),
    " ".repeat(100_000),
    `[${"a:".repeat(50_000)}`,
    `${",".repeat(100_000)}x`,
  ];
  for (const text of TEXTS) {
    it(`if it is ${JSON.stringify(text.slice(0, 4))} repeated to a hundred thousand characters`, () => {
      const begun = performance.now();
      for (const read of [parseGroup, parseGroupEndpoint, parsePort, parseSender]) isTakenOrRefused(() => read(text));
      for (const name of HEAR) isTakenOrRefused(() => hearOptions({ [name]: text }));
      originalPayload(Buffer.from(text));
      should(performance.now() - begun).be.below(2_000);
    });
  }
});
