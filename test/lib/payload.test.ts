import should from "should";
import { DECODERS, encode } from "../../src/lib/payload";

const bytesOf = (payload: unknown) => Buffer.from(encode(payload, "IPv4")).toString("latin1");

describe("a payload becomes bytes", () => {
  const table: ReadonlyArray<readonly [string, unknown, string]> = [
    ["a Buffer as it is", Buffer.from([0, 255, 10]), "\u0000\u00ff\n"],
    ["a typed array by its own bytes", new Uint16Array([1, 2]).subarray(1), "\u0002\u0000"],
    ["an ArrayBuffer", new Uint8Array([65]).buffer, "A"],
    ["text as UTF-8, unaltered", " é\r\n", " \u00c3\u00a9\r\n"],
    ["an empty text as an empty datagram", "", ""],
    ["a number as text", 12.5, "12.5"],
    ["a boolean as text", false, "false"],
    ["an object as JSON", { a: [1] }, '{"a":[1]}'],
    ["an array as JSON", [1, "b"], '[1,"b"]'],
  ];
  for (const [what, payload, expected] of table) it(what, () => should(bytesOf(payload)).equal(expected));

  for (const payload of [undefined, null, () => 1, Symbol("s"), { toJSON: () => undefined }]) {
    it(`but not from ${String(typeof payload === "object" ? JSON.stringify(payload) : typeof payload)}`, () =>
      should(() => encode(payload, "IPv4")).throw(/Cannot send a payload of type .*: give a Buffer/, { code: "ERR_MCAST_PAYLOAD" }));
  }

  it("but not from an object that holds itself", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    should(() => encode(circle, "IPv4")).throw(/Cannot convert the payload to JSON: .*circular/i, { code: "ERR_MCAST_PAYLOAD" });
  });

  it("but not from a buffer that was handed on, nor from what only looks like one", () => {
    const gone = new Float64Array(1);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    const bytes = new Uint8Array(1);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    for (const payload of [gone, gone.buffer, bytes]) {
      should(() => encode(payload, "IPv4")).throw(/Cannot send a payload of type detached ArrayBuffer/, { code: "ERR_MCAST_PAYLOAD" });
    }
    should(bytesOf(Object.create(Uint8Array.prototype, { toJSON: { value: () => 1 } }))).equal("1");
  });

  it("but not from what throws anything at all when it is written, which is told in a few words", () => {
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

  it("as many as one datagram holds, and not one more", () => {
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

describe("bytes become a payload", () => {
  it("in each datatype", () => {
    const bytes = Buffer.from('{"a":1}');
    should(DECODERS.buffer(bytes)).equal(bytes);
    should(DECODERS.utf8(bytes)).equal('{"a":1}');
    should(DECODERS.base64(bytes)).equal("eyJhIjoxfQ==");
    should(DECODERS.json(bytes)).deepEqual({ a: 1 });
  });

  it("of JSON nested 200 levels deep and no deeper, brackets in strings aside", () => {
    const nested = (levels: number) => Buffer.from(`${'{"a":['.repeat(levels / 2)}"${"[".repeat(500)}\\"["${"]}".repeat(levels / 2)}`);
    should(DECODERS.json(nested(200))).be.an.Object();
    should(() => DECODERS.json(nested(202))).throw("nested deeper than 200 levels");
  });

  it("and say why not where it is no JSON", () => {
    should(() => DECODERS.json(Buffer.from("{oops"))).throw(/JSON/);
  });
});
