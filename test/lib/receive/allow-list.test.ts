import should from "should";
import { readAllow } from "../../../src/lib/options/options";
import { AllowList } from "../../../src/lib/receive/allow-list";

describe("an allow list", () => {
  for (const [allow, address, isAllowed] of [
    ["192.168.1.5", "192.168.1.5", true],
    ["192.168.1.5", "192.168.1.50", false],
    ["192.168.1.0/24", "192.168.1.50", true],
    ["192.168.1.77/24", "192.168.1.50", true],
    ["192.168.1.0/24", "192.168.2.50", false],
    ["10.0.0.1, 192.168.1.0/24", "10.0.0.1", true],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "fd00::1", false],
    ["fd00::/8", "fd12:3456::1", true],
    ["fd00::/8", "fe80::1%eth0", false],
    ["fe80::1", "fe80::1%eth0", true],
    ["FE80:0::0001", "fe80::1", true],
    ["::ffff:10.0.0.1", "10.0.0.1", true],
    ["fd00::1", "10.0.0.1", false],
    ["::/0", "10.0.0.1", false],
    ["::/0", "fd00::1", true],
  ] as const) {
    it(`of ${allow} ${isAllowed ? "accepts" : "rejects"} ${address}`, () => {
      const list = new AllowList(readAllow(allow));
      should([list.admits(address), list.admits("198.51.100.1"), list.admits(address)]).deepEqual([
        isAllowed,
        allow === "0.0.0.0/0",
        isAllowed,
      ]);
    });
  }

  it("that is empty accepts no sender", () => {
    should(new AllowList([]).admits("10.0.0.1")).be.false();
  });
});
