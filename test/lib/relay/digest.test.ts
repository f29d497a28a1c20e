import should from "should";
import { digest } from "../../../src/lib/relay/digest";

describe("the digest of a payload", () => {
  it("differs by a single bit, by the length and by the seed", () => {
    for (const size of [1, 3, 4, 5, 64, 1400]) {
      const bytes = Buffer.alloc(size, 7);
      const plain = digest(bytes, 1);
      should([digest(bytes, 2), digest(bytes.subarray(1), 1)]).not.containEql(plain);
      for (let bit = 0; bit < size * 8; bit += 1) {
        const other = Buffer.from(bytes);
        other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        should(digest(other, 1)).not.equal(plain);
      }
    }
  });

  it("is the same wherever the bytes lie", () => {
    const bytes = Buffer.from("wherever they lie");
    for (const before of [0, 1, 2, 3]) {
      should(digest(Buffer.concat([Buffer.alloc(before), bytes]).subarray(before), 5)).equal(digest(bytes, 5));
    }
  });
});
