import should from "should";
import { DECODERS, encode } from "../../src/lib/payload";

const bytesOf = (payload: unknown) => Buffer.from(encode(payload, "IPv4")).toString("latin1");

describe("the bytes of a payload", () => {
  const table: ReadonlyArray<readonly [string, unknown, string]> = [
    ["are those of a Buffer, unchanged", Buffer.from([0, 255, 10]), "\u0000\u00ff\n"],
    ["are those of a typed array", new Uint16Array([1, 2]).subarray(1), "\u0002\u0000"],
    ["are those of an ArrayBuffer", new Uint8Array([65]).buffer, "A"],
    ["are the UTF-8 of a text, unchanged", " é\r\n", " \u00c3\u00a9\r\n"],
    ["are none for an empty text", "", ""],
    ["are the text of a number", 12.5, "12.5"],
    ["are the text of a boolean", false, "false"],
    ["are the JSON of an object", { a: [1] }, '{"a":[1]}'],
    ["are the JSON of an array", [1, "b"], '[1,"b"]'],
  ];
  for (const [what, payload, expected] of table) it(what, () => should(bytesOf(payload)).equal(expected));

  for (const payload of [undefined, null, () => 1, Symbol("s"), { toJSON: () => undefined }]) {
    it(`do not exist for ${String(typeof payload === "object" ? JSON.stringify(payload) : typeof payload)}`, () =>
      should(() => encode(payload, "IPv4")).throw(/Cannot send a payload of type .*: give a Buffer/, { code: "ERR_MCAST_PAYLOAD" }));
  }

  it("do not exist for a promise, which a program forgot to await", () => {
    should(() => encode(Promise.resolve("text"), "IPv4")).throw(/of type Promise \(await it first\)/, { code: "ERR_MCAST_PAYLOAD" });
  });

  it("do not exist for an object that contains itself", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    should(() => encode(circle, "IPv4")).throw(/Cannot convert the payload to JSON: .*circular/i, { code: "ERR_MCAST_PAYLOAD" });
  });

  it("do not exist for a buffer that was transferred; an object that only looks like one becomes JSON", () => {
    const gone = new Float64Array(1);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    const bytes = new Uint8Array(1);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    for (const payload of [gone, gone.buffer, bytes]) {
      should(() => encode(payload, "IPv4")).throw(/Cannot send a payload of type detached ArrayBuffer/, { code: "ERR_MCAST_PAYLOAD" });
    }
    should(bytesOf(Object.create(Uint8Array.prototype, { toJSON: { value: () => 1 } }))).equal("1");
  });

  it("do not exist for an object that throws when it is written, and the error repeats the reason in short", () => {
    for (const [thrown, why] of [
      [new Error("x".repeat(1_000_000)), /JSON: x{57}\.\.\.$/],
      [Object.assign(new Error(), { message: 5 }), /JSON: 5$/],
      [revoked(), /JSON: unknown$/],
      [null, /JSON: null$/],
    ] as const) {
      const payload = {
        toJSON: () => {
          throw thrown;
        },
      };
      should(() => encode(payload, "IPv4")).throw(why, { code: "ERR_MCAST_PAYLOAD" });
    }
  });

  it("are at most as many as fit into one datagram", () => {
    should(encode(Buffer.alloc(65507), "IPv4").byteLength).equal(65507);
    should(() => encode(Buffer.alloc(65508), "IPv4")).throw(/Payload of 65508 bytes is too large for one datagram \(at most 65507 bytes\)/);
    should(encode(Buffer.alloc(65527), "IPv6").byteLength).equal(65527);
    should(() => encode("x".repeat(65528), "IPv6")).throw(/at most 65527/);
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe("the payload of bytes", () => {
  it("is decoded in each datatype", () => {
    const bytes = Buffer.from('{"a":1}');
    should(DECODERS.buffer(bytes)).equal(bytes);
    should(DECODERS.utf8(bytes)).equal('{"a":1}');
    should(DECODERS.base64(bytes)).equal("eyJhIjoxfQ==");
    should(DECODERS.json(bytes)).deepEqual({ a: 1 });
  });

  it("may be JSON nested 200 levels deep and no deeper, not counting brackets in strings", () => {
    const nested = (levels: number) => Buffer.from(`${'{"a":['.repeat(levels / 2)}"${"[".repeat(500)}\\"["${"]}".repeat(levels / 2)}`);
    should(DECODERS.json(nested(200))).be.an.Object();
    should(() => DECODERS.json(nested(202))).throw("nested deeper than 200 levels");
  });

  it("is an error with a reason where it is not JSON", () => {
    should(() => DECODERS.json(Buffer.from("{oops"))).throw(/JSON/);
  });
});
