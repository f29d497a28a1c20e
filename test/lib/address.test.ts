import should from "should";
import {
  addressBytes,
  formatEndpoint,
  formatGroup,
  isAddress,
  isLinkScoped,
  matchesAddress,
  parseGroup,
  parseGroupEndpoint,
  parsePort,
  parseSender,
  withoutMapping,
} from "../../src/lib/address";

describe("a group", () => {
  const good: ReadonlyArray<readonly [unknown, object]> = [
    ["224.0.0.1", { family: "IPv4", address: "224.0.0.1" }],
    [" 239.255.255.255 ", { family: "IPv4", address: "239.255.255.255" }],
    ["::ffff:239.1.1.1", { family: "IPv4", address: "239.1.1.1" }],
    ["FF02:0:0::00FB", { family: "IPv6", address: "ff02::fb" }],
    ["[ff05::1]", { family: "IPv6", address: "ff05::1" }],
    ["ff02::1%eth0", { family: "IPv6", address: "ff02::1", zone: "eth0" }],
    ["[ff02::1%br-lan.10]", { family: "IPv6", address: "ff02::1", zone: "br-lan.10" }],
  ];
  for (const [value, group] of good) it(`is read from ${value}`, () => should(parseGroup(value)).deepEqual(group));

  it("is written with its zone, if it has one", () => {
    for (const text of ["239.255.1.1", "ff05::1", "ff02::1%eth0"]) should(formatGroup(parseGroup(text))).equal(text);
  });

  const bad: ReadonlyArray<readonly [unknown, RegExp]> = [
    [undefined, /No group: give one/],
    ["", /No group: give one/],
    ["239.1", /239\.1 is not an IP address/],
    ["239.1.1.1:5000", /239\.1\.1\.1:5000 includes a port: give the group alone/],
    ["[ff02::1%eth0]:5000", /includes a port/],
    ["239.1:5000", /239\.1:5000 is not an IP address/],
    ["239.1.1.1%eth0", /is not an IP address/],
    ["ff02::1%", /is not an IP address/],
    ["ff02::1%eth 0", /is not an IP address/],
    ["ff02::1%eth0\u200b", /ff02::1%eth0<U\+200B> is not an IP address/],
    ["0xef.1.1.1", /is not an IP address/],
    ["239.256.1.1", /is not an IP address/],
    ["kitchen.local", /is not an IP address/],
    [239, /239 is not an IP address/],
    [["239.1.1.1"], /is not an IP address/],
    [{ toString: () => "239.1.1.1" }, /is not an IP address/],
    ["192.168.1.1", /192\.168\.1\.1 is not a multicast group \(224/],
    ["fe80::1", /fe80::1 is not a multicast group/],
    ["223.255.255.255", /not a multicast group/],
    ["240.0.0.0", /not a multicast group/],
  ];
  for (const [value, message] of bad) {
    it(`is not read from ${JSON.stringify(value)}`, () => should(() => parseGroup(value)).throw(message, { code: "ERR_MCAST_GROUP" }));
  }

  it("may be read together with its port", () => {
    should(parseGroupEndpoint("239.1.1.1:5000")).deepEqual({ group: { family: "IPv4", address: "239.1.1.1" }, port: 5000 });
    should(parseGroupEndpoint("[ff02::1%eth0]:5000")).deepEqual({
      group: { family: "IPv6", address: "ff02::1", zone: "eth0" },
      port: 5000,
    });
    should(parseGroupEndpoint("ff02::1")).deepEqual({ group: { family: "IPv6", address: "ff02::1" } });
    should(() => parseGroupEndpoint("239.1.1.1:70000")).throw(/Port must be .*, not 70000$/, { code: "ERR_MCAST_PORT" });
    should(() => parseGroupEndpoint("239.1.1.1:")).throw({ code: "ERR_MCAST_PORT" });
  });

  it("is link-scoped in ff01 and ff02 only", () => {
    const scoped = ["ff01::1", "ff02::1", "ff12::1", "ff05::1", "ff0e::2", "224.0.0.1"].filter((text) => isLinkScoped(parseGroup(text)));
    should(scoped).deepEqual(["ff01::1", "ff02::1", "ff12::1"]);
  });
});

describe("a port", () => {
  for (const value of [1, 65535, "59559", " 80 "])
    it(`is read from ${JSON.stringify(value)}`, () => should(parsePort(value)).equal(Number(value)));
  for (const value of [0, 65536, 70000, -1, 1.5, Number.NaN, "8o", "0x50", "1e3", true, [80], {}]) {
    it(`is not read from ${JSON.stringify(value)}`, () =>
      should(() => parsePort(value)).throw(/Port must be a number from 1 to 65535, not /, { code: "ERR_MCAST_PORT" }));
  }
  it("is missing if the value is blank", () => should(() => parsePort("")).throw(/No port: give a number/, { code: "ERR_MCAST_PORT" }));
});

describe("an address", () => {
  it("is written with its port so that the two can be distinguished", () => {
    should(formatEndpoint("239.1.1.1", 80)).equal("239.1.1.1:80");
    should(formatEndpoint("ff02::1", 80)).equal("[ff02::1]:80");
  });

  it("is matched by itself in any notation, and by the ranges that contain it", () => {
    const matching = ["192.168.1.5", "192.168.1.0/24", "0.0.0.0/0", "192.168.1.6", "192.168.2.0/24", "192.168.1.0/33", "eth0", "fe80::/10"];
    should(matching.filter((word) => matchesAddress(word, "192.168.1.5"))).deepEqual(["192.168.1.5", "192.168.1.0/24", "0.0.0.0/0"]);
    should(matchesAddress("FE80:0::1", "fe80::1")).be.true();
  });

  it("is no IPv4 address because it ends like one: only ::ffff:10.0.0.1 stands for 10.0.0.1", () => {
    const written = ["::10.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "::ffff:10.0.0.1", "::ffff:a00:1"];
    should(written.map(parseSender)).deepEqual(["::a00:1", "::ffff:0:a00:1", "64:ff9b::a00:1", "10.0.0.1", "10.0.0.1"]);
    should(matchesAddress("::10.0.0.1", "10.0.0.1")).be.false();
    const seen = ["::ffff:10.0.0.1", "::ffff:0:10.0.0.1", "::ffff:0:a00:1", "::ffff:a00:1", "10.0.0.1"];
    should(seen.map(withoutMapping)).deepEqual(["10.0.0.1", ...seen.slice(1)]);
  });

  it("is distinguished from the name of an interface", () => {
    should(["192.168.1.5", "10.0.0.0/8", "fe80::1", "eth0", "eth0.100", "Ethernet 2", "10.0.0.0/8/9"].filter(isAddress)).deepEqual([
      "192.168.1.5",
      "10.0.0.0/8",
      "fe80::1",
    ]);
  });
});

describe("the bytes of an address", () => {
  it("are 4 for IPv4 and 16 for IPv6, in network order", () => {
    should([...addressBytes("239.255.1.1")]).deepEqual([239, 255, 1, 1]);
    should(Buffer.from(addressBytes("ff02::fb")).toString("hex")).equal("ff0200000000000000000000000000fb");
  });

  it("do not exist for other text", () => should(() => addressBytes("eth0")).throw({ code: "ERR_MCAST_GROUP" }));
});
