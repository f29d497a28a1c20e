import should from "should";
import { dependsOnMessage, destination, hearOptions, readAllow, recvOptions, replyOptions } from "../../src/lib/options/options";

const group = (address: string) => ({ family: "IPv4", address });

describe("the properties of recv", () => {
  it("are the defaults where an older flow lacks them", () => {
    should(recvOptions({})).deepEqual({
      joins: [{ group: group("224.0.0.1"), port: 59559, iface: "all", allow: [], sources: [], refresh: 120 }],
      datatype: "buffer",
      silence: 0,
      unicast: false,
      control: false,
    });
  });

  it("take groups as a list, or as one string separated by commas or blanks", () => {
    const expected = ["239.255.1.1", "239.255.1.2"].map(group);
    for (const groups of [
      ["239.255.1.1", "239.255.1.2"],
      "239.255.1.1, 239.255.1.2",
      "239.255.1.1 239.255.1.2",
      ["239.255.1.1", "239.255.1.2", "239.255.1.1"],
      ["239.255.1.1,239.255.1.2"],
    ]) {
      should(recvOptions({ groups }).joins.map((join) => join.group)).deepEqual(expected);
    }
  });

  it("take numbers in digits and words for truth, as environment variables have them", () => {
    const { joins, silence } = recvOptions({ port: "5000", refresh: "0", silence: "30" });
    should(joins[0]).containEql({ port: 5000, refresh: 0 });
    should(silence).equal(30);
    should(destination({ loopback: "false" }).loopback).be.false();
  });

  it("name the interface by the zone of a group", () => {
    should(recvOptions({ groups: ["ff02::1%eth0"] }).joins[0]).containEql({ iface: ["eth0"] });
    should(recvOptions({ groups: ["ff02::1%eth0"], iface: "eth1,eth0" }).joins[0]).containEql({ iface: ["eth0"] });
    should(() => recvOptions({ groups: ["ff02::1%eth0"], iface: "eth1" })).throw(/names interface eth0, but the interface chosen is eth1/);
  });

  it("join once what is written twice, with a zone and with the interface's name", () => {
    const { joins } = recvOptions({ groups: ["ff02::1%eth0", "FF02::0:1"], iface: "eth0" });
    should(joins).deepEqual([
      { group: { family: "IPv6", address: "ff02::1" }, port: 59559, iface: ["eth0"], allow: [], sources: [], refresh: 120 },
    ]);
  });

  it("join a source-specific group from the senders allowed, of its own family", () => {
    const { joins } = recvOptions({
      groups: "232.1.1.1 239.255.1.1 ff3e::8000:1 ff02::1",
      allow: ["10.0.0.2", "FD00:0::1", "10.0.0.1", "10.0.0.2"],
    });
    should(joins.map(({ sources }) => sources)).deepEqual([["10.0.0.1", "10.0.0.2"], [], ["fd00::1"], []]);
    should(joins.map(({ allow }) => allow.length)).deepEqual([3, 3, 3, 3]);
  });

  it("join a source-specific group from everyone where nobody is named", () => {
    for (const allow of [undefined, "", [], [" "]]) should(recvOptions({ groups: "232.1.1.1", allow }).joins[0]?.sources).deepEqual([]);
  });

  const bad: ReadonlyArray<readonly [string, unknown, string, RegExp]> = [
    ["allow", "239.255.1.1", "ERR_MCAST_OPTION", /239\.255\.1\.1 is not a sender/],
    ["allow", ["10.0.0.1", "10.0.0.0/33"], "ERR_MCAST_OPTION", /10\.0\.0\.0\/33 is not a sender/],
    ["allow", "printer", "ERR_MCAST_OPTION", /printer is not a sender/],
    ["allow", [null, {}], "ERR_MCAST_OPTION", /is not a sender/],
    ["iface", "10.0.0.0/99", "ERR_MCAST_OPTION", /10\.0\.0\.0\/99 is not an interface choice/],
    ["iface", "eth0/24", "ERR_MCAST_OPTION", /is not an interface choice/],
    ["groups", [], "ERR_MCAST_GROUP", /no group given/],
    ["groups", "", "ERR_MCAST_GROUP", /no group given/],
    ["groups", [""], "ERR_MCAST_GROUP", /no group given/],
    ["groups", ["239.255.1.1", "10.0.0.1"], "ERR_MCAST_GROUP", /10\.0\.0\.1 is not a multicast group/],
    ["groups", 7, "ERR_MCAST_GROUP", /7 is not an address/],
    ["groups", [null], "ERR_MCAST_GROUP", /no group given/],
    ["port", "", "ERR_MCAST_PORT", /no port given/],
    ["port", 65536, "ERR_MCAST_PORT", /65536 is not a port/],
    ["iface", ",", "ERR_MCAST_OPTION", /is not an interface choice/],
    ["iface", "all, eth0", "ERR_MCAST_OPTION", /is not an interface choice/],
    ["iface", 5, "ERR_MCAST_OPTION", /5 is not an interface choice/],
    ["iface", {}, "ERR_MCAST_OPTION", /is not an interface choice/],
    ["datatype", "xml", "ERR_MCAST_OPTION", /xml is not a datatype/],
    ["datatype", "__proto__", "ERR_MCAST_OPTION", /is not a datatype/],
    ["refresh", 9, "ERR_MCAST_OPTION", /9 is not a refresh in seconds/],
    ["refresh", -1, "ERR_MCAST_OPTION", /-1 is not a refresh/],
    ["refresh", "soon", "ERR_MCAST_OPTION", /soon is not a refresh/],
    ["unicast", "maybe", "ERR_MCAST_OPTION", /maybe is not a choice for unicast/],
    ["control", 1, "ERR_MCAST_OPTION", /1 is not a choice for control/],
    ["silence", 1.5, "ERR_MCAST_OPTION", /1\.5 is not a silence/],
    ["silence", true, "ERR_MCAST_OPTION", /true is not a silence/],
  ];
  for (const [field, value, code, message] of bad) {
    it(`refuse ${field}: ${JSON.stringify(value)}`, () => should(() => recvOptions({ [field]: value })).throw(message, { code }));
  }
});

describe("the properties of hear", () => {
  it("mark the groups that are echoed", () => {
    const { joins, bindGroup } = hearOptions({
      group: "239.255.9.9",
      groups: [{ group: "239.255.1.1", echo: true }, { group: "239.255.1.2", echo: false }, "239.255.1.3"],
    });
    should(joins.map((join) => join.echo)).deepEqual([true, false, true]);
    should(bindGroup).deepEqual({ group: group("239.255.9.9"), port: 59559, iface: "default", ttl: 1, loopback: true, sourcePort: 0 });
  });

  it("echo nothing where echo is off", () => {
    should(hearOptions({ groups: "239.255.1.1", echo: "off" }).joins.map((join) => join.echo)).deepEqual([false]);
  });

  const bad: ReadonlyArray<readonly [string, unknown, RegExp]> = [
    ["group", "1.1.1.1", /1\.1\.1\.1 is not a multicast group/],
    ["group", "", /no group given/],
    ["groups", [{ echo: true }], /no group given/],
    ["groups", [{ group: "239.255.1.1", echo: "yes" }], /yes is not a choice for echo/],
    ["echo", "loud", /loud is not a kind of echo/],
    ["echoIface", " , ", /is not an interface choice/],
    ["acknowledge", "yes", /yes is not a choice for acknowledge/],
    ["ttl", 256, /256 is not a TTL \(0 to 255\)/],
    ["loopback", "off", /off is not a choice for loopback/],
  ];
  for (const [field, value, message] of bad)
    it(`refuse ${field}: ${JSON.stringify(value)}`, () => should(() => hearOptions({ [field]: value })).throw(message));
});

describe("the destination of a message", () => {
  const blank = { group: "", port: "", iface: "", ttl: "", loopback: true };

  it("is the form's where the form sets it, whatever the message says", () => {
    const form = { group: "239.255.1.1", port: 5000, iface: "eth0", ttl: 2, loopback: false };
    const to = { group: group("239.255.1.1"), port: 5000, iface: ["eth0"], ttl: 2, loopback: false, sourcePort: 0 };
    should(destination(form, { group: "239.255.9.9:1", port: 1, iface: "all", ttl: 9 })).deepEqual(to);
    should(dependsOnMessage(form)).be.false();
  });

  it("is the message's where the form leaves it blank", () => {
    const to = { group: group("239.255.9.9"), port: 7, iface: "all", ttl: 9, loopback: true, sourcePort: 0 };
    should(destination(blank, { group: "239.255.9.9", port: "7", iface: "all", ttl: 9 })).deepEqual(to);
    should(destination(blank, { group: "239.255.9.9:8" }).port).equal(8);
    should(destination(blank, { group: "239.255.9.9:8", port: 7 }).port).equal(7);
    should(dependsOnMessage(blank)).be.true();
  });

  it("takes a port along with the group from a message alone", () => {
    should(() => destination({ group: "239.255.1.1:5000" })).throw(/239\.255\.1\.1:5000 names a port/);
    should(() => hearOptions({ group: "239.255.1.1:5000" })).throw(/names a port/);
  });

  it("is sent from any port, the group's own, or a fixed one", () => {
    const from = (sourcePort: unknown) => destination({ port: 5000, sourcePort }).sourcePort;
    should([from(undefined), from(""), from("group"), from(4002), from("4002")]).deepEqual([0, 0, 5000, 4002, 4002]);
    for (const bad of [0, 65536, "any", true]) should(() => from(bad)).throw({ code: "ERR_MCAST_PORT" });
  });

  it("may be answered", () => {
    should(replyOptions({})).deepEqual({ replies: "off", collect: 3000 });
    should(replyOptions({ replies: "collect", collect: "500" })).deepEqual({ replies: "collect", collect: 500 });
    should(() => replyOptions({ replies: "loud" })).throw(/loud is not a choice for replies/);
    should(() => replyOptions({ collect: 0 })).throw(/0 is not a time to collect/);
  });

  it("needs a group and a port from somewhere; the rest has defaults", () => {
    should(() => destination(blank, { port: 1 })).throw(/no group given/);
    should(() => destination(blank, { group: "239.255.1.1" })).throw(/no port given/);
    should(destination(blank, { group: "239.255.1.1:1" })).containEql({ iface: "default", ttl: 1 });
    should(destination({})).deepEqual({ group: group("224.0.0.1"), port: 59559, iface: "default", ttl: 1, loopback: true, sourcePort: 0 });
  });

  for (const [field, value] of [
    ["ttl", -1],
    ["ttl", "1.5"],
    ["ttl", Number.NaN],
    ["iface", [1]],
    ["group", {}],
    ["port", []],
  ] as const) {
    it(`refuses msg.${field}: ${JSON.stringify(value)}`, () =>
      should(() => destination(blank, { group: "239.255.1.1:1", [field]: value })).throw({ name: "McastError" }));
  }
});

describe("the name of an interface", () => {
  it("is no longer than any system's, however it is given", () => {
    const long = "e".repeat(257);
    should(() => destination({ iface: long })).throw(/^e{57}\.\.\. is not an interface choice/, { code: "ERR_MCAST_OPTION" });
    should(() => destination({ iface: [`${long}/`] })).throw({ code: "ERR_MCAST_OPTION" });
    should(() => destination({ group: `ff02::1%${long}` })).throw({ code: "ERR_MCAST_GROUP" });
    should(() => destination({ group: "ff02::1%lan", iface: Array.from({ length: 200 }, (_e, number) => `eth${number}`) })).throw(/ is eth0.{1,60}$/);
  });
});

describe("a sender to allow", () => {
  it("is one, on however many interfaces it was written", () => {
    should(readAllow("fe80::1%eth0, fe80::1%eth1, fe80::1%eth0/64")).deepEqual(["fe80::1", "fe80::1/64"]);
    should(() => readAllow("10.0.0.1%eth0")).throw({ code: "ERR_MCAST_OPTION" });
  });
});
