import should from "should";
import { McastError } from "../../../src/lib/errors";
import {
  dependsOnMessage,
  destination,
  type Fields,
  hearOptions,
  readAllow,
  readIface,
  recvOptions,
  replyOptions,
} from "../../../src/lib/options/options";

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

  it("are the defaults where a program or a flow has null, as for a missing property", () => {
    const nothing = Object.fromEntries(
      ["groups", "group", "port", "iface", "allow", "refresh", "ttl", "loopback"].map((name) => [name, null]),
    );
    should(recvOptions(nothing)).deepEqual(recvOptions({}));
    should(hearOptions(nothing)).deepEqual(hearOptions({}));
    should(destination(nothing)).deepEqual(destination({}));
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

  it("take numbers and booleans as text, as environment variables contain them", () => {
    const { joins, silence } = recvOptions({ port: "5000", refresh: "0", silence: "30" });
    should(joins[0]).containEql({ port: 5000, refresh: 0 });
    should(silence).equal(30);
    should(destination({ loopback: "false" }).loopback).be.false();
  });

  it("name the interface by the zone of a group", () => {
    should(recvOptions({ groups: ["ff02::1%eth0"] }).joins[0]).containEql({ iface: ["eth0"] });
    should(recvOptions({ groups: ["ff02::1%eth0"], iface: "eth1,eth0" }).joins[0]).containEql({ iface: ["eth0"] });
    should(() => recvOptions({ groups: ["ff02::1%eth0"], iface: "eth1" })).throw(/names interface eth0, but Interface is set to eth1/);
  });

  it("join a group once that is written twice, with a zone and with the interface's name", () => {
    const { joins } = recvOptions({ groups: ["ff02::1%eth0", "FF02::0:1"], iface: "eth0" });
    should(joins).deepEqual([
      { group: { family: "IPv6", address: "ff02::1" }, port: 59559, iface: ["eth0"], allow: [], sources: [], refresh: 120 },
    ]);
  });

  it("join a source-specific group from the allowed senders of its own family", () => {
    const { joins } = recvOptions({
      groups: "232.1.1.1 239.255.1.1 ff3e::8000:1 ff02::1",
      allow: ["10.0.0.2", "FD00:0::1", "10.0.0.1", "10.0.0.2"],
    });
    should(joins.map(({ sources }) => sources)).deepEqual([["10.0.0.1", "10.0.0.2"], [], ["fd00::1"], []]);
    should(joins.map(({ allow }) => allow.length)).deepEqual([3, 3, 3, 3]);
  });

  it("join a source-specific group from every sender if none is allowed by name", () => {
    for (const allow of [undefined, "", [], [" "]]) should(recvOptions({ groups: "232.1.1.1", allow }).joins[0]?.sources).deepEqual([]);
  });

  it("may list no group where messages join them", () => {
    for (const groups of [[], "", [""], " , "]) should(recvOptions({ groups, control: true }).joins).be.empty();
    should(recvOptions({ control: true }).joins).have.length(1);
  });

  const bad: ReadonlyArray<readonly [string, unknown, string, RegExp]> = [
    ["allow", "239.255.1.1", "ERR_MCAST_OPTION", /Allow takes addresses .*, not 239\.255\.1\.1$/],
    ["allow", ["10.0.0.1", "10.0.0.0/33"], "ERR_MCAST_OPTION", /, not 10\.0\.0\.0\/33$/],
    ["allow", "printer", "ERR_MCAST_OPTION", /Allow takes addresses .*, not printer$/],
    ["allow", [null, {}], "ERR_MCAST_OPTION", /Allow takes addresses/],
    ["iface", "10.0.0.0/99", "ERR_MCAST_OPTION", /Interface must be .*, not 10\.0\.0\.0\/99$/],
    ["iface", "eth0/24", "ERR_MCAST_OPTION", /Interface must be default, all/],
    ["groups", [], "ERR_MCAST_GROUP", /No group: give one/],
    ["groups", "", "ERR_MCAST_GROUP", /No group: give one/],
    ["groups", [""], "ERR_MCAST_GROUP", /No group: give one/],
    ["groups", ["239.255.1.1", "10.0.0.1"], "ERR_MCAST_GROUP", /10\.0\.0\.1 is not a multicast group/],
    ["groups", 7, "ERR_MCAST_GROUP", /7 is not an IP address/],
    ["groups", [null], "ERR_MCAST_GROUP", /No group: give one/],
    ["port", "", "ERR_MCAST_PORT", /No port: give a number/],
    ["port", 65536, "ERR_MCAST_PORT", /Port must be a number from 1 to 65535, not 65536$/],
    ["iface", ",", "ERR_MCAST_OPTION", /Interface must be default, all/],
    ["iface", "all, eth0", "ERR_MCAST_OPTION", /Interface all, eth0 is not valid/],
    ["iface", 5, "ERR_MCAST_OPTION", /Interface must be .*, not 5$/],
    ["iface", {}, "ERR_MCAST_OPTION", /Interface must be default, all/],
    ["datatype", "xml", "ERR_MCAST_OPTION", /datatype must be one of buffer, utf8, base64, json, not xml$/],
    ["datatype", "__proto__", "ERR_MCAST_OPTION", /datatype must be one of/],
    ["refresh", 9, "ERR_MCAST_OPTION", /Refresh must be 0 \(off\) or 10 to 86400 seconds, not 9$/],
    ["refresh", -1, "ERR_MCAST_OPTION", /Refresh must be .*, not -1$/],
    ["refresh", "soon", "ERR_MCAST_OPTION", /Refresh must be .*, not soon$/],
    ["unicast", "maybe", "ERR_MCAST_OPTION", /unicast must be true or false, not maybe$/],
    ["control", 1, "ERR_MCAST_OPTION", /control must be true or false, not 1$/],
    ["silence", 1.5, "ERR_MCAST_OPTION", /Silence must be blank or 1 to 86400 seconds, not 1\.5$/],
    ["silence", true, "ERR_MCAST_OPTION", /Silence must be .*, not true$/],
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

  it("echo by the interfaces that are named, and else by the system's choice, where Echo on is blank", () => {
    const echoesOn = (fields: Fields) => hearOptions(fields).bindGroup.iface;
    for (const echoIface of [undefined, ""]) {
      should(echoesOn({ iface: "127.0.0.1, eth0", echoIface })).deepEqual(["127.0.0.1", "eth0"]);
      for (const iface of [undefined, "", "all", "default"]) should(echoesOn({ iface, echoIface })).equal("default");
    }
    should(echoesOn({ iface: "eth0", echoIface: "default" })).equal("default");
    should(echoesOn({ iface: "eth0", echoIface: "eth1" })).deepEqual(["eth1"]);
    should(echoesOn({ iface: "eth0", group: "ff02::2%eth1" })).deepEqual(["eth1"]);
  });

  it("echo nothing where echo is off", () => {
    should(hearOptions({ groups: "239.255.1.1", echo: "off" }).joins.map((join) => join.echo)).deepEqual([false]);
  });

  const bad: ReadonlyArray<readonly [string, unknown, RegExp]> = [
    ["group", "1.1.1.1", /1\.1\.1\.1 is not a multicast group/],
    ["group", "", /No group: give one/],
    ["groups", [{ echo: true }], /No group: give one/],
    ["groups", [{ group: "239.255.1.1", echo: "yes" }], /echo must be true or false, not yes$/],
    ["echo", "loud", /echo must be one of unchanged, hear, off, not loud$/],
    ["echoIface", " , ", /^Echo interface must be default, all/],
    ["acknowledge", "yes", /acknowledge must be true or false, not yes$/],
    ["ttl", 256, /TTL 256 is out of range \(0 to 255\)/],
    ["loopback", "off", /loopback must be true or false, not off$/],
  ];
  for (const [field, value, message] of bad)
    it(`refuse ${field}: ${JSON.stringify(value)}`, () => should(() => hearOptions({ [field]: value })).throw(message));

  it("name echoIface where the zone of the bind group contradicts it", () => {
    should(() => hearOptions({ group: "ff02::1%eth0", echoIface: "eth1" })).throw(
      /names interface eth0, but Echo interface is set to eth1/,
    );
  });
});

describe("the destination of a message", () => {
  const blank = { group: "", port: "", iface: "", ttl: "", loopback: true };

  it("is the form's if the form sets it, whatever the message contains", () => {
    const form = { group: "239.255.1.1", port: 5000, iface: "eth0", ttl: 2, loopback: false };
    const to = { group: group("239.255.1.1"), port: 5000, iface: ["eth0"], ttl: 2, loopback: false, sourcePort: 0 };
    should(destination(form, { group: "239.255.9.9:1", port: 1, iface: "all", ttl: 9 })).deepEqual(to);
    should(dependsOnMessage(form)).be.false();
  });

  it("is the message's if the form leaves it blank", () => {
    const to = { group: group("239.255.9.9"), port: 7, iface: "all", ttl: 9, loopback: true, sourcePort: 0 };
    should(destination(blank, { group: "239.255.9.9", port: "7", iface: "all", ttl: 9 })).deepEqual(to);
    should(destination(blank, { group: "239.255.9.9:8" }).port).equal(8);
    should(dependsOnMessage(blank)).be.true();
  });

  it("is the endpoint in msg.group, for any msg.port: in a received message that is the sender's port", () => {
    should(destination(blank, { group: "239.255.9.9:5000", port: 49152 }).port).equal(5000);
    should(destination(blank, { group: "[ff02::1]:5000", port: "49152" }).port).equal(5000);
    should(destination({ ...blank, port: 6000 }, { group: "239.255.9.9:5000", port: 49152 }).port).equal(6000);
  });

  it("takes the interface from msg.interface where msg.iface is blank", () => {
    const on = (message: Fields) => destination(blank, { group: "239.255.9.9:8", ...message }).iface;
    should([on({ interface: "eth0" }), on({ iface: "", interface: "eth0" })]).deepEqual([["eth0"], ["eth0"]]);
    should(on({ iface: "eth1", interface: "eth0" })).deepEqual(["eth1"]);
    should(destination({ ...blank, iface: "eth1" }, { group: "239.255.9.9:8", interface: "eth0" }).iface).deepEqual(["eth1"]);
  });

  it("takes a port together with the group only from a message", () => {
    should(() => destination({ group: "239.255.1.1:5000" })).throw(/239\.255\.1\.1:5000 includes a port/);
    should(() => hearOptions({ group: "239.255.1.1:5000" })).throw(/includes a port/);
  });

  it("is sent from any port, the group's own, or a fixed one", () => {
    const from = (sourcePort: unknown) => destination({ port: 5000, sourcePort }).sourcePort;
    should(() => from("65536")).throw(/^Source port must be a number/);
    should([from(undefined), from(""), from("group"), from(4002), from("4002")]).deepEqual([0, 0, 5000, 4002, 4002]);
    for (const bad of [0, 65536, "any", true]) should(() => from(bad)).throw({ code: "ERR_MCAST_PORT" });
  });

  it("may have replies", () => {
    should(replyOptions({})).deepEqual({ replies: "off", collect: 3000, datatype: "buffer" });
    should(replyOptions({ replies: "collect", collect: "500", datatype: "json" })).deepEqual({
      ...{ replies: "collect", collect: 500, datatype: "json" },
    });
    should(() => replyOptions({ replies: "loud" })).throw(/replies must be one of off, output, collect, not loud$/);
    should(() => replyOptions({ collect: 0 })).throw(/Collect must be 1 to 3600000 milliseconds, not 0$/);
  });

  it("needs a group and a port; the other properties have defaults", () => {
    should(() => destination(blank, { port: 1 })).throw(/No group: give one/);
    should(() => destination(blank, { group: "239.255.1.1" })).throw(/No port: give a number/);
    should(destination(blank, { group: "239.255.1.1:1" })).containEql({ iface: "default", ttl: 1 });
    should(destination({})).deepEqual({ group: group("224.0.0.1"), port: 59559, iface: "default", ttl: 1, loopback: true, sourcePort: 0 });
  });

  for (const [field, value] of [
    ["interface", [1]],
    ["ttl", -1],
    ["ttl", "1.5"],
    ["ttl", Number.NaN],
    ["iface", [1]],
    ["group", {}],
    ["port", []],
  ] as const) {
    it(`refuses msg.${field}: ${JSON.stringify(value)}`, () =>
      should(() => destination(blank, { group: "239.255.1.1", port: 1, [field]: value })).throw({ name: "McastError" }));
  }
});

describe("the name of an interface", () => {
  it("is at most as long as the longest name of any system", () => {
    const long = "e".repeat(257);
    should(() => destination({ iface: long })).throw(/^Interface must be .*, not e{57}\.\.\.$/, { code: "ERR_MCAST_OPTION" });
    should(() => destination({ iface: [`${long}/`] })).throw({ code: "ERR_MCAST_OPTION" });
    should(() => destination({ group: `ff02::1%${long}` })).throw({ code: "ERR_MCAST_GROUP" });
    should(() => destination({ group: "ff02::1%lan", iface: Array.from({ length: 200 }, (_e, number) => `eth${number}`) })).throw(
      / is set to eth0.{1,60}\. Remove/,
    );
  });
});

describe("an allowed sender", () => {
  it("is the same on every interface", () => {
    should(readAllow("fe80::1%eth0, fe80::1%eth1, fe80::1%eth0/64")).deepEqual(["fe80::1", "fe80::1/64"]);
    should(() => readAllow("10.0.0.1%eth0")).throw({ code: "ERR_MCAST_OPTION" });
  });
});

describe("a list inside a list, as a JSON environment variable of a flow has it", () => {
  it("is a list of groups, at any depth", () => {
    const groups = ["239.255.1.1", ["239.255.1.2", ["239.255.1.3", [["239.255.1.4"]]]]];
    should(recvOptions({ groups }).joins.map(({ group }) => group.address)).deepEqual([1, 2, 3, 4].map((number) => `239.255.1.${number}`));
  });

  it("is a list of hear's groups, at any depth, which keep their marks", () => {
    const groups = [{ group: "239.255.1.1", echo: false }, [["239.255.1.2"], [{ group: ["239.255.1.3", ["239.255.1.4"]], echo: false }]]];
    should(hearOptions({ group: "239.255.9.9", groups }).joins.map(({ group, echo }) => [group.address, echo])).deepEqual([
      ["239.255.1.1", false],
      ["239.255.1.2", true],
      ["239.255.1.3", false],
      ["239.255.1.4", false],
    ]);
  });

  it("is a list of interfaces, at any depth", () => {
    should(readIface(["eth0", ["eth1", [["10.1.0.1"]]]], "all")).deepEqual(["eth0", "eth1", "10.1.0.1"]);
    should(readIface([["all"]], "default")).equal("all");
  });

  it("is a list of senders, at any depth", () => {
    should(readAllow(["10.1.0.1", [["10.1.0.2", ["10.2.0.0/16"]]]])).deepEqual(["10.1.0.1", "10.1.0.2", "10.2.0.0/16"]);
  });

  it("is a missing group where it is empty", () => {
    should(() => recvOptions({ groups: [[], [[]]] })).throw(McastError, { code: "ERR_MCAST_GROUP" });
  });

  it("fails with a McastError if it contains itself or is very deep", () => {
    const endless: unknown[] = [];
    endless.push(endless);
    should(() => recvOptions({ groups: endless })).throw(McastError);
    let deep: unknown = "239.255.1.1";
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    try {
      should(recvOptions({ groups: deep }).joins).have.length(1);
    } catch (error) {
      should(error).be.instanceof(McastError);
    }
  });
});

describe("a key", () => {
  it("is refused together with replies, unicast and acknowledgements, which are not sealed", () => {
    const key = "an mcast-key node";
    for (const [read, says] of [
      [() => replyOptions({ key, replies: "output" }), /^Replies are not sealed/],
      [() => replyOptions({ key, replies: "collect" }), /^Replies are not sealed/],
      [() => recvOptions({ key, unicast: true }), /^Only datagrams to a group are sealed/],
      [() => hearOptions({ key, acknowledge: true }), /^Acknowledgements are not sealed/],
    ] as const) {
      should(read).throw(says, { code: "ERR_MCAST_OPTION" });
    }
    for (const blank of [undefined, ""]) should(recvOptions({ key: blank, unicast: true }).unicast).be.true();
    should(hearOptions({ key, acknowledge: false }).acknowledge).be.false();
  });
});
