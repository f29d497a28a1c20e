import should from "should";
import { KeyedDigest } from "../../../src/lib/relay/keyed-digest";

const keyOf = (...bytes: readonly number[]) => new Int32Array(Uint8Array.from(bytes).buffer);
const hex = (digest: KeyedDigest, bytes: Uint8Array) => {
  digest.update(bytes);
  return Buffer.from(Int32Array.from(digest.halves).buffer).toString("hex");
};

describe("the keyed digest of a payload", () => {
  it("is that of HalfSipHash-2-4 as published by its authors", () => {
    const digest = new KeyedDigest(keyOf(0, 1, 2, 3, 4, 5, 6, 7));
    const published = ["218d1f59b9b83cc8", "be552412f8387315", "064f39ef7c50eb57", "ce0f1a45f7060679", "d5e78a175be52ea1"];
    should(
      published.map((_, length) =>
        hex(
          digest,
          Uint8Array.from({ length }, (_byte, index) => index),
        ),
      ),
    ).deepEqual(published);
  });

  it("differs by a single bit, by the length and by the key", () => {
    const digest = new KeyedDigest(keyOf(1, 2, 3, 4, 5, 6, 7, 8));
    const other = new KeyedDigest(keyOf(1, 2, 3, 4, 5, 6, 7, 9));
    for (const size of [1, 3, 4, 5, 64, 1400]) {
      const bytes = Buffer.alloc(size, 7);
      const seen = new Set([hex(digest, bytes), hex(other, bytes), hex(digest, bytes.subarray(1))]);
      for (let bit = 0; bit < size * 8; bit += 1) {
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        seen.add(hex(digest, changed));
      }
      should(seen.size).equal(size * 8 + 3);
    }
  });

  it("has no pair of payloads that share it under many keys, as the former digest had", () => {
    // Two words whose difference the former multiplicative digest lost for 0.78 % of its start values.
    const pair = [Buffer.alloc(8), Buffer.alloc(8)] as const;
    pair[1].writeUInt32LE(0x80000000, 0);
    pair[1].writeUInt32LE(0x12a54000, 4);
    const keys = Array.from({ length: 20_000 }, (_, number) => keyOf(number & 255, number >> 8, 0, 0, 0, 0, 0, 0));
    const shared = keys.filter((key) => {
      const digest = new KeyedDigest(key);
      return hex(digest, pair[0]) === hex(digest, pair[1]);
    });
    should(shared).be.empty();
  });

  it("is the same for any alignment of the bytes", () => {
    const bytes = Buffer.from("wherever they lie");
    const digest = new KeyedDigest();
    const all = [0, 1, 2, 3].map((before) => hex(digest, Buffer.concat([Buffer.alloc(before), bytes]).subarray(before)));
    should(new Set(all).size).equal(1);
  });

  it("is the same after a longer payload, of any length", () => {
    const digest = new KeyedDigest();
    const short = hex(digest, Buffer.from("short"));
    const long = [100_000, 100_001].map((size) => hex(digest, Buffer.alloc(size, 7)));
    should(new Set([short, ...long]).size).equal(3);
    should(hex(digest, Buffer.from("short"))).equal(short);
    should(hex(digest, Buffer.alloc(100_000, 7))).equal(long[0]);
  });
});
