import should from "should";
import { addressOfBytes, bytesOf, bytesOfWords } from "../../../src/lib/host/kernel-address";

describe("an address in a table of the kernel", () => {
  it("is read by words in the byte order of the machine", () => {
    should(addressOfBytes(bytesOfWords("0101FFEF", true))).equal("239.255.1.1");
    should(addressOfBytes(bytesOfWords("EFFF0101", false))).equal("239.255.1.1");
    should(addressOfBytes(bytesOfWords("000002FF000000000000000001000000", true))).equal("ff02::1");
    should(addressOfBytes(bytesOfWords("FF020000000000000000000000000001", false))).equal("ff02::1");
  });

  it("is read by bytes where the kernel prints it in network byte order", () => {
    should(addressOfBytes(bytesOf("ff020000000000000000000000000001"))).equal("ff02::1");
  });

  it("is written with an IPv4 address in its usual form", () => {
    should(addressOfBytes(bytesOf("00000000000000000000ffffefff0101"))).equal("::ffff:239.255.1.1");
  });
});
