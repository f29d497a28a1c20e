import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { inspect } from "node:util";
import should from "should";
import { AES_128_GCM_SHA256, AES_256_GCM_SHA512, encodeHeader, SframeKey, SframeSecret } from "../../../src/lib/sealed/sframe";

/** The parts of the official test vectors that are used. KID and CTR reach 2^64 - 1, so they are read as text. */
interface Vectors {
  readonly header: ReadonlyArray<{ readonly kid: string; readonly ctr: string; readonly encoded: string }>;
  readonly sframe: ReadonlyArray<Readonly<Record<string, string>>>;
}

// Read from beside the repository, where whoever has a copy of the vectors may put it.
const FILE = resolve("../shared/sframe-vectors.json");
const SUITES = [AES_128_GCM_SHA256, AES_256_GCM_SHA512];

function readVectors(): Vectors {
  // JSON.parse would round what is above 2^53.
  return JSON.parse(readFileSync(FILE, "utf8").replace(/("(?:kid|ctr|cipher_suite)": *)(\d+)/g, '$1"$2"'));
}

function kidBytes(kid: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(kid);
  return bytes;
}

function hex(text = ""): Buffer {
  return Buffer.from(text, "hex");
}

describe("the header of SFrame", () => {
  const KNOWN: ReadonlyArray<readonly [bigint, bigint, string]> = [
    [0n, 0n, "00"],
    [7n, 7n, "77"],
    [8n, 0n, "8008"],
    [0n, 8n, "0808"],
    [255n, 256n, "89ff0100"],
    [0x8123456789abcdefn, 1_767_225_600_000_007n, "fe8123456789abcdef06474846204007"],
    [(1n << 64n) - 1n, (1n << 64n) - 1n, `ff${"f".repeat(32)}`],
  ];
  for (const [kid, ctr, encoded] of KNOWN) {
    it(`for KID ${kid} and CTR ${ctr} is ${encoded}`, () => should(encodeHeader(kid, ctr).toString("hex")).equal(encoded));
  }

  it("has no room for more than 64 bits, nor for less than 0", () => {
    should(() => encodeHeader(1n << 64n, 0n)).throw(RangeError);
    should(() => encodeHeader(0n, -1n)).throw(RangeError);
  });
});

describe("an SFrame key", () => {
  const secret = new SframeSecret(AES_256_GCM_SHA512, Buffer.from("a base key of any length"));
  const key = new SframeKey(secret, kidBytes(5n));

  it("decrypts what it encrypted", () => {
    const aad = encodeHeader(5n, 1n);
    for (const payload of ["", "hello"]) {
      const sealed = Buffer.alloc(payload.length + 16);
      key.encrypt(aad, Buffer.from(payload), sealed);
      should(key.decrypt(aad, sealed)?.toString()).equal(payload);
    }
  });

  it("makes another nonce of each CTR, at any place in the header", () => {
    const sealed = [0n, 1n, 7n, 8n, 255n, 256n, 1n << 32n, (1n << 64n) - 1n].map((ctr) => {
      const out = Buffer.alloc(32);
      // With the same metadata, the same nonce would give the same ciphertext before the tag.
      key.encrypt(encodeHeader(5n, ctr), Buffer.alloc(16), out);
      return out.subarray(0, 16).toString("hex");
    });
    should(new Set(sealed).size).equal(sealed.length);
  });

  it("leaves the limit of stack traces as it was after a wrong tag", () => {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = 7;
    const result = key.decrypt(encodeHeader(5n, 1n), Buffer.alloc(20));
    const after = Error.stackTraceLimit;
    Error.stackTraceLimit = before;
    should({ result, after }).deepEqual({ result: undefined, after: 7 });
  });

  it("shows none of its bytes to whoever prints it", () => {
    const shown = inspect([secret, key], { depth: 9, showHidden: true }) + JSON.stringify([secret, key]);
    should(shown).not.match(/Buffer|Uint8Array|"data"/);
  });
});

const isThere = existsSync(FILE);

describe(`the official test vectors of RFC 9605${isThere ? "" : " (skipped: ../shared/sframe-vectors.json is not there)"}`, () => {
  before(function () {
    if (!isThere) this.skip();
  });

  it("give every header", () => {
    const { header } = readVectors();
    should(header.length).equal(289);
    for (const { kid, ctr, encoded } of header) should(encodeHeader(BigInt(kid), BigInt(ctr)).toString("hex")).equal(encoded);
  });

  for (const suite of SUITES) {
    it(`give the keys, and open and seal in suite ${suite.id}`, () => {
      const vector = readVectors().sframe.find(({ cipher_suite }) => Number(cipher_suite) === suite.id) ?? {};
      const { kid = "", ctr = "", base_key, metadata, aad, pt, ct, sframe_key, sframe_salt } = vector;
      const secret = new SframeSecret(suite, hex(base_key));
      const key = new SframeKey(secret, kidBytes(BigInt(kid)));
      should(secret.deriveKey(kidBytes(BigInt(kid))).toString("hex")).equal(sframe_key);
      should(secret.deriveSalt(kidBytes(BigInt(kid))).toString("hex")).equal(sframe_salt);
      const header = encodeHeader(BigInt(kid), BigInt(ctr));
      const authenticated = Buffer.concat([header, hex(metadata)]);
      should(authenticated.toString("hex")).equal(aad);
      const sealed = Buffer.concat([header, Buffer.alloc(hex(pt).length + 16)]);
      key.encrypt(authenticated, hex(pt), sealed);
      should(sealed.toString("hex")).equal(ct);
      should(key.decrypt(authenticated, hex(ct).subarray(header.length))?.toString("hex")).equal(pt);
    });
  }
});
