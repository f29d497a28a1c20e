import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { aadFor, ctrOf, HEADER_BYTES, LARGEST_SEALED, writeCtr } from "../../../src/lib/sealed/sealed-format";

describe("the format of sealed datagrams", () => {
  it("leaves room for a header and a tag in the largest datagram of each family", () => {
    should(LARGEST_SEALED).deepEqual({ IPv4: 65_475, IPv6: 65_495 });
  });

  it("authenticates the header, the group's address and the port", () => {
    const header = "00".repeat(16);
    const name = Buffer.from("mcast1").toString("hex");
    should(aadFor(parseGroup("239.255.1.2"), 0x1234).toString("hex")).equal(`${header}${name}efff01021234`);
    should(aadFor(parseGroup("ff02::1"), 80).toString("hex")).equal(`${header}${name}ff02${"00".repeat(13)}010050`);
  });

  it("authenticates the same for a group with a zone as without one, because hosts name their interfaces differently", () => {
    should(aadFor(parseGroup("ff02::1%eth0"), 80)).deepEqual(aadFor(parseGroup("ff02::1"), 80));
  });

  for (const ctr of [0, 1, 2 ** 32 - 1, 2 ** 32, 1_767_225_600_000_007, Number.MAX_SAFE_INTEGER]) {
    it(`writes a CTR of ${ctr} into bytes 9 to 15 of a header, and reads it again`, () => {
      const header = Buffer.alloc(HEADER_BYTES, 0xff);
      writeCtr(header, ctr);
      should(header.toString("hex")).equal("ff".repeat(9) + ctr.toString(16).padStart(14, "0"));
      should(ctrOf(header)).equal(ctr);
    });
  }
});
