import should from "should";
import { multicast } from "../../src/lib/process";
import { freePort, LO } from "../support/loopback";
import { deploy, errors, get, helper, input, messagesAt, nextStatus, redeploy, statuses, warnings } from "../support/node-red";
import { end, hog, otherProcess } from "../support/other-process";

const [A, B, D] = ["239.255.1.1", "239.255.1.2", "239.255.1.9"] as const;

describe("the nodes in a flow", () => {
  let port: number;
  const say = (id: string, fields = {}) => ({ id, type: "mcast-say", group: A, port, iface: LO, ttl: 1, loopback: true, ...fields });
  const recv = (id: string, fields = {}) => ({
    id,
    type: "mcast-recv",
    groups: [A],
    port,
    iface: LO,
    datatype: "utf8",
    wires: [["out"]],
    ...fields,
  });
  const hear = (id: string, fields = {}) => ({
    id,
    type: "mcast-hear",
    group: D,
    groups: [{ group: A, echo: true }],
    port,
    iface: LO,
    echoIface: LO,
    datatype: "utf8",
    wires: [["heard"]],
    ...fields,
  });
  const out = { id: "out", type: "helper" };
  const heard = { id: "heard", type: "helper" };

  before(() => helper.startServer());
  after(() => helper.stopServer());
  beforeEach(async () => {
    port = await freePort();
  });
  afterEach(async () => {
    await helper.unload();
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
  });

  describe("mcast-say and mcast-recv", () => {
    it("say what is heard, even in the tick of the deploy", async () => {
      await deploy(say("say"), recv("recv"), out);
      const heard = messagesAt("out");
      get("say").receive({ payload: "hello" });
      const [msg] = await heard;
      should(msg).containEql({ payload: "hello", group: A, topic: A, interface: "lo", ip: LO, multicast: true });
      should(msg?.fromip).equal(`${LO}:${String(msg?.port)}`);
      should(msg).have.property("_msgid").which.is.a.String();
    });

    it("send to what is wired to them later, as a deploy does without making them anew", async () => {
      await deploy(say("say"), recv("recv", { wires: [[]] }), out);
      Reflect.apply(get("recv").updateWires, get("recv"), [[["out"]]]);
      const heard = messagesAt("out");
      get("say").receive({ payload: "hello" });
      should((await heard)[0]).containEql({ payload: "hello" });
    });

    it("are done once the system has taken the datagram", async () => {
      await deploy(say("say"));
      should(await input("say", { payload: "hello" })).be.undefined();
      should(statuses("say")).deepEqual([{ fill: "green", shape: "dot", text: `${A}:${port} lo` }]);
      await input("say", { payload: "again" });
      should(statuses("say")).have.length(1);
    });

    it("take from the message what the form leaves blank", async () => {
      await deploy(say("say", { group: "", port: "", ttl: "", iface: "" }), recv("recv"), out);
      const heard = messagesAt("out");
      should(await input("say", { payload: { a: 1 }, group: `${A}:${port}`, iface: LO, ttl: "1" })).be.undefined();
      should((await heard)[0]?.payload).equal('{"a":1}');
    });

    for (const [msg, code] of [
      [{ payload: "x" }, "ERR_MCAST_GROUP"],
      [{ payload: "x", group: "10.0.0.1" }, "ERR_MCAST_GROUP"],
      [{ payload: "x", group: A }, "ERR_MCAST_PORT"],
      [{ payload: "x", group: A, port: 70000 }, "ERR_MCAST_PORT"],
      [{ payload: "x", group: `${A}:1`, ttl: 256 }, "ERR_MCAST_TTL"],
      [{ payload: "x", group: `${A}:1`, iface: 7 }, "ERR_MCAST_OPTION"],
      [{ group: `${A}:1`, iface: LO }, "ERR_MCAST_PAYLOAD"],
      [{ payload: null, group: `${A}:1`, iface: LO }, "ERR_MCAST_PAYLOAD"],
      [{ payload: Buffer.alloc(65508), group: `${A}:1`, iface: LO }, "ERR_MCAST_PAYLOAD"],
    ] as const) {
      const { payload, ...rest } = { payload: undefined, ...msg };
      it(`answer ${JSON.stringify(rest)} with a payload of ${Buffer.isBuffer(payload) ? "too many bytes" : String(payload)} by ${code}, and go on`, async () => {
        await deploy(say("say", { group: "", port: "", ttl: "", iface: "" }), recv("recv"), out);
        should(await input("say", { ...msg }))
          .containEql({ code })
          .and.be.an.Error();
        const next = messagesAt("out");
        should(await input("say", { payload: "next", group: A, port, iface: LO })).be.undefined();
        should((await next)[0]?.payload).equal("next");
      });
    }

    it("bring the error's code to a Catch node", async () => {
      await deploy(say("say"), { id: "caught", type: "catch", scope: null, uncaught: false, wires: [["out"]] }, out);
      const caught = messagesAt("out");
      get("say").receive({ payload: null });
      should((await caught)[0])
        .have.property("error")
        .containEql({ code: "ERR_MCAST_PAYLOAD" });
    });

    for (const [datatype, sent, payload, parseError] of [
      ["buffer", "hi", Buffer.from("hi"), false],
      ["base64", "hi", "aGk=", false],
      ["json", '{"a":[1]}', { a: [1] }, false],
      ["json", "{oops", Buffer.from("{oops"), true],
      ["utf8", "", "", false],
    ] as const) {
      it(`bring ${JSON.stringify(sent)} as ${datatype}${parseError ? ", which it is not, and say so" : ""}`, async () => {
        await deploy(say("say"), recv("recv", { datatype }), out);
        const heard = messagesAt("out");
        get("say").receive({ payload: sent });
        const [msg] = await heard;
        should(msg?.payload).deepEqual(payload);
        should(typeof msg?.parseError).equal(parseError ? "string" : "undefined");
      });
    }

    it("share a socket, and the first to be deleted leaves the second hearing", async () => {
      await deploy(say("say"), recv("one", { wires: [[]] }), recv("two"), out);
      should(multicast.sockets.receiving).equal(1);
      await get("one").close(false);
      should(multicast.sockets.receiving).equal(1);
      const heard = messagesAt("out");
      get("say").receive({ payload: "still there?" });
      should((await heard)[0]?.payload).equal("still there?");
    });

    it("leave no socket behind however often they are deployed", async () => {
      for (let round = 0; round < 10; round += 1) {
        await deploy(say("say"), recv("recv", { groups: [A, B] }), hear("hear"), out, heard);
        await input("say", { payload: "x" });
        should(multicast.sockets).deepEqual({ receiving: 2, sending: 2 });
        await helper.unload();
        should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
      }
    });

    it("go on when one of them is deployed anew", async () => {
      await deploy(say("say"), recv("one", { wires: [["out"]] }), recv("two", { wires: [["heard"]] }), out, heard);
      await redeploy("nodes", say("say"), recv("one", { wires: [["out"]], silence: 60 }), recv("two", { wires: [["heard"]] }), out, heard);
      const both = [messagesAt("out"), messagesAt("heard")];
      should(multicast.sockets.receiving).equal(1);
      get("say").receive({ payload: "both?" });
      should((await Promise.all(both)).map(([msg]) => msg?.payload)).deepEqual(["both?", "both?"]);
    });

    it("bring JSON that is nested too deep to be copied for a second wire as bytes", async () => {
      await deploy(say("say"), recv("recv", { datatype: "json", wires: [["out", "heard"]] }), out, heard);
      const deep = "[".repeat(20_000) + "]".repeat(20_000);
      const told = messagesAt("out");
      get("say").receive({ payload: deep });
      const [msg] = await told;
      should(Buffer.isBuffer(msg?.payload)).be.true();
      should(String(msg?.payload)).equal(deep);
      should(msg?.parseError).equal("nested deeper than 200 levels");
    });

    it("show where the last message went, whichever it was", async () => {
      await deploy(say("say", { group: "" }));
      await input("say", { payload: "x", group: A });
      const next = nextStatus("say", "green");
      for (const group of [B, B]) await input("say", { payload: "x", group });
      await next;
      should(statuses("say")).deepEqual([A, B].map((group) => ({ fill: "green", shape: "dot", text: `${group}:${port} lo` })));
    });

    it("show no more than four a second of the places where messages go that go somewhere else each time", async () => {
      await deploy(say("say", { group: "" }));
      const begun = performance.now();
      const next = nextStatus("say", "green");
      for (let each = 1; each <= 200; each += 1) await input("say", { payload: "x", group: each % 2 === 0 ? A : B });
      await next;
      const most = 4 + (performance.now() - begun) / 250;
      should(statuses("say").length).be.within(1, most);
    });

    it("show what is joined, in a few characters", async () => {
      await deploy(recv("recv", { groups: [A, B, D] }));
      should(statuses("recv")).deepEqual([{ fill: "green", shape: "dot", text: `${A}:${port} +2 lo` }]);
    });

    it("wait for an interface that is not there, in yellow", async () => {
      await deploy(recv("recv", { iface: "eth77" }));
      should(statuses("recv")).deepEqual([{ fill: "yellow", shape: "ring", text: "waiting for eth77" }]);
      should(errors("recv")).be.empty();
    });

    it("tell in red of a port that is held, report it once, and turn green when it is free", async () => {
      const other = await otherProcess(hog(port));
      await deploy(recv("recv"));
      const text = `port ${port} is held by a program that does not share it`;
      should(statuses("recv")[0]).deepEqual({ fill: "red", shape: "ring", text });
      should(errors("recv")).have.length(1);
      should(errors("recv")[0]).containEql({ code: "ERR_MCAST_BIND", message: text });
      const green = nextStatus("recv", "green");
      await end(other);
      should(await green).containEql({ text: `${A}:${port} lo` });
    });

    it("tell of silence in yellow, and of its end", async () => {
      await deploy(say("say"), recv("recv", { silence: 1 }), out);
      should(await nextStatus("recv", "yellow")).have.property("text");
      const heard = messagesAt("out");
      get("say").receive({ payload: "at last" });
      await heard;
      should(statuses("recv").map((status) => Object.values(status ?? {})[0])).deepEqual(["green", "yellow", "green"]);
    });
  });

  describe("mcast-hear", () => {
    it("echoes to the bind group, and tells what it heard", async () => {
      await deploy(say("say"), hear("hear"), recv("recv", { groups: [D] }), out, heard);
      const [echoed, told] = [messagesAt("out"), messagesAt("heard")];
      get("say").receive({ payload: "hello" });
      should((await told)[0]).containEql({ payload: "hello", group: A, echoed: true, interface: "lo" });
      should((await echoed)[0]).containEql({ payload: "hello", group: D });
    });

    it("emits the bind group where that is listed, without an echo", async () => {
      await deploy(say("say", { group: D }), hear("hear", { groups: [{ group: D, echo: true }] }), heard);
      const told = messagesAt("heard");
      get("say").receive({ payload: "hello" });
      should((await told)[0]).containEql({ group: D, echoed: false });
    });

    it("ends a loop with another, warns once in words, and turns yellow", async () => {
      const back = hear("back", { group: A, groups: [{ group: D, echo: true }], wires: [] });
      await deploy(say("say"), hear("hear"), back, heard);
      const yellow = nextStatus("back", "yellow");
      const told = messagesAt("heard", 2);
      for (const payload of ["one", "two"]) get("say").receive({ payload });
      should((await yellow).text).equal(`loop suspected: ${D} > ${A}`);
      should((await told).map(({ payload, echoed }) => `${String(payload)} ${String(echoed)}`)).deepEqual(["one true", "two true"]);
      should(warnings("back")).deepEqual(["mcast.warning.loop"]);
      should(warnings("hear")).be.empty();
    });

    it("echoes no more than it may, hears the rest, and counts that in its status", async () => {
      await deploy(say("say"), hear("hear", { maxRate: "2" }), heard);
      const told = messagesAt("heard", 5);
      const yellow = nextStatus("hear", "yellow");
      for (let number = 0; number < 5; number += 1) get("say").receive({ payload: number });
      should((await told).map(({ echoed }) => echoed)).deepEqual([true, true, false, false, false]);
      should((await yellow).text).equal("1 held back (at most 2 echoes/s)");
    });

    it("obeys no word in a payload", async () => {
      await deploy(say("say"), hear("hear"), heard);
      const told = messagesAt("heard", 3);
      for (const payload of ["STOP", "stop", "after"]) get("say").receive({ payload });
      should((await told).map(({ payload }) => payload)).deepEqual(["STOP", "stop", "after"]);
    });
  });

  describe("a configuration that can't be", () => {
    const bad: ReadonlyArray<readonly [object, string, RegExp]> = [
      [{ type: "mcast-say", group: "1.2.3.4" }, "ERR_MCAST_GROUP", /1\.2\.3\.4 is not a multicast group/],
      [{ type: "mcast-say", port: 0 }, "ERR_MCAST_PORT", /0 is not a port \(1 to 65535\)/],
      [{ type: "mcast-say", ttl: 300 }, "ERR_MCAST_TTL", /300 is not a TTL/],
      [{ type: "mcast-say", loopback: "perhaps" }, "ERR_MCAST_OPTION", /perhaps is not a choice for loopback/],
      [{ type: "mcast-say", group: "", ttl: -1 }, "ERR_MCAST_TTL", /-1 is not a TTL/],
      [{ type: "mcast-recv", groups: [] }, "ERR_MCAST_GROUP", /no group given/],
      [{ type: "mcast-recv", groups: [A, "kitchen"] }, "ERR_MCAST_GROUP", /kitchen is not an address/],
      [{ type: "mcast-recv", port: "" }, "ERR_MCAST_PORT", /no port given/],
      [{ type: "mcast-recv", iface: "all, eth0" }, "ERR_MCAST_OPTION", /all, eth0 is not an interface choice/],
      [{ type: "mcast-recv", datatype: "xml" }, "ERR_MCAST_OPTION", /xml is not a datatype/],
      [{ type: "mcast-recv", refresh: 5 }, "ERR_MCAST_OPTION", /5 is not a refresh/],
      [{ type: "mcast-recv", silence: "long" }, "ERR_MCAST_OPTION", /long is not a silence/],
      [{ type: "mcast-recv", allow: "kitchen" }, "ERR_MCAST_OPTION", /kitchen is not a sender/],
      [{ type: "mcast-recv", groups: ["232.1.1.1"], allow: ["10.0.0.0/8"] }, "ERR_MCAST_OPTION", /allow single addresses/],
      [{ type: "mcast-hear", maxRate: 0 }, "ERR_MCAST_OPTION", /0 is not a rate/],
      [{ type: "mcast-hear", group: "" }, "ERR_MCAST_GROUP", /no group given/],
      [{ type: "mcast-hear", echo: "loud" }, "ERR_MCAST_OPTION", /loud is not a kind of echo/],
      [{ type: "mcast-hear", groups: [{ group: "10.0.0.1" }] }, "ERR_MCAST_GROUP", /10\.0\.0\.1 is not a multicast group/],
    ];
    for (const [fields, code, message] of bad) {
      it(`is told once, in red, with its code, and opens nothing: ${JSON.stringify(fields)}`, async () => {
        const makers = { "mcast-say": say, "mcast-recv": recv, "mcast-hear": hear };
        const { type } = { type: "", ...fields };
        const [, make = say] = Object.entries(makers).find(([name]) => name === type) ?? [];
        await deploy({ ...make("bad"), ...fields }, say("say"), recv("recv"), out, heard);
        const [error, ...more] = errors("bad");
        should(error).containEql({ code }).and.match({ message });
        should(more).be.empty();
        should(statuses("bad")).have.length(1);
        should(statuses("bad")[0]).containEql({ fill: "red", shape: "ring" }).and.match({ text: message });
        should(multicast.sockets).deepEqual({ receiving: 1, sending: 0 });
        should(await input("bad", { payload: "x" })).containEql({ code });
        const next = messagesAt("out");
        get("say").receive({ payload: "the others go on" });
        await next;
      });
    }
  });

  it("are closed within two seconds whatever happens, and say so by an empty status", async () => {
    await deploy(say("say"), recv("recv"), hear("hear"), out, heard);
    await input("say", { payload: "x" });
    const nodes = ["say", "recv", "hear"].map(get);
    await Promise.all(nodes.map((node) => node.close(false)));
    for (const id of ["say", "recv", "hear"]) should(statuses(id).at(-1)).deepEqual({});
  });

  it("serve the editor the interfaces of this machine", async () => {
    await deploy(say("say"), recv("recv"));
    const { body } = await helper.request().get("/mcast/interfaces").expect(200);
    const lo = body.find((each: { name: string }) => each.name === "lo");
    should(lo).containEql({ name: "lo", internal: true });
    should(lo.addresses).containEql({ address: LO, family: "IPv4", cidr: "127.0.0.1/8" });
  });
});
