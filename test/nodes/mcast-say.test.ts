import should from "should";
import { multicast } from "../../src/lib/process-wide/multicast";
import { A, B, heard, out, useFlowNodes } from "../support/flow-nodes";
import { freePort, LO, sayFrom } from "../support/loopback";
import { deploy, type FlowNode, get, input, type Message, messagesAt, nextStatus, statuses } from "../support/node-red";
import { echoBack, ReplyingDevice } from "../support/replying-device";

describe("mcast-say", () => {
  const flow = useFlowNodes();
  const { say, recv } = flow;

  it("sends datagrams that mcast-recv receives, even in the tick of the deploy", async () => {
    await deploy(say("say"), recv("recv"), out);
    const heard = messagesAt("out");
    get("say").receive({ payload: "hello" });
    const [msg] = await heard;
    should(msg).containEql({ payload: "hello", group: A, topic: A, interface: "lo", ip: LO, multicast: true });
    should(msg?.fromip).equal(`${LO}:${String(msg?.port)}`);
    should(msg).have.property("_msgid").which.is.a.String();
  });

  it("is done when the system has taken the datagram", async () => {
    await deploy(say("say"));
    should(await input("say", { payload: "hello" })).be.undefined();
    should(statuses("say")).deepEqual([{ fill: "green", shape: "dot", text: "mcast.status.sent", code: "sent" }]);
    await input("say", { payload: "again" });
    should(statuses("say")).have.length(1);
  });

  it("takes from the message the properties that are blank in the form", async () => {
    await deploy(say("say", { group: "", port: "", ttl: "", iface: "" }), recv("recv"), out);
    const heard = messagesAt("out");
    should(await input("say", { payload: { a: 1 }, group: `${A}:${flow.port}`, iface: LO, ttl: "1" })).be.undefined();
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
    it(`fails ${JSON.stringify(rest)} with a payload of ${Buffer.isBuffer(payload) ? "too many bytes" : String(payload)} with ${code}, and goes on`, async () => {
      await deploy(say("say", { group: "", port: "", ttl: "", iface: "" }), recv("recv"), out);
      should(await input("say", { ...msg }))
        .containEql({ code })
        .and.be.an.Error();
      const next = messagesAt("out");
      should(await input("say", { payload: "next", group: A, port: flow.port, iface: LO })).be.undefined();
      should((await next)[0]?.payload).equal("next");
    });
  }

  it("shows that it sends once, although each message goes to another group", async () => {
    await deploy(say("say", { group: "" }));
    for (const group of [A, B, A]) await input("say", { payload: "x", group });
    should(statuses("say")).deepEqual([{ fill: "green", shape: "dot", text: "mcast.status.sent", code: "sent" }]);
  });

  it("waits for an interface that is missing", async () => {
    await deploy(say("say", { iface: "eth77" }));
    const yellow = nextStatus("say", "yellow");
    get("say").receive({ payload: "x" });
    should(await yellow).deepEqual({ fill: "yellow", shape: "ring", text: "waiting for eth77", code: "waiting" });
  });
});

describe("mcast-say with replies", () => {
  const flow = useFlowNodes();
  const { recv } = flow;
  let devices: ReplyingDevice[];
  const say = (fields = {}): FlowNode => flow.say("say", { outputs: 1, wires: [["out"]], ...fields });
  const device = async (reply: ReplyingDevice["reply"]) => {
    const made = await new ReplyingDevice(flow.port, reply).join(A);
    devices.push(made);
    return made;
  };

  beforeEach(() => {
    devices = [];
  });
  afterEach(() => {
    for (const { socket } of devices) socket.close();
  });

  describe("each as a message", () => {
    it("sends every reply to the source port, with the topic and id of the last message", async () => {
      await device(echoBack);
      await device((question, asker, socket) => socket.send(Buffer.from([0xff, question.length]), asker.port, asker.address));
      await deploy(say({ replies: "output" }), out);
      const answers = messagesAt("out", 2);
      get("say").receive({ payload: "who?", topic: "search", _msgid: "m1" });
      const reported = await answers;
      for (const msg of reported)
        should(msg).containEql({ topic: "search", _msgid: "m1", ip: LO, port: flow.port, fromip: `${LO}:${flow.port}` });
      const payloads = reported.map(({ payload }) => String(payload));
      should(payloads).containEql("re: who?");
      should(reported.every(({ payload }) => Buffer.isBuffer(payload))).be.true();
    });

    for (const [datatype, reply, payload, parseError] of [
      ["buffer", "hi", Buffer.from("hi"), false],
      ["utf8", "hi", "hi", false],
      ["base64", "hi", "aGk=", false],
      ["json", '{"a":[1]}', { a: [1] }, false],
      ["json", "{oops", Buffer.from("{oops"), true],
    ] as const) {
      it(`sends the reply ${reply} as ${datatype}${parseError ? " with the reason why it could not be parsed" : ""}`, async () => {
        await device((_question, asker, socket) => socket.send(reply, asker.port, asker.address));
        await deploy(say({ replies: "output", datatype }), out);
        const next = messagesAt("out");
        get("say").receive({ payload: "who?" });
        const [msg] = await next;
        should(msg?.payload).deepEqual(payload);
        should(typeof msg?.parseError).equal(parseError ? "string" : "undefined");
      });
    }

    it("sends replies to a fixed port, which several nodes share", async () => {
      const fixed = await freePort();
      const made = await device((question, { address }, socket) => socket.send(`to your port: ${question}`, fixed, address));
      await deploy(say({ replies: "output", sourcePort: fixed }), { ...say({ sourcePort: String(fixed), ttl: 3 }), id: "other" }, out);
      const answers = messagesAt("out", 2);
      await input("say", { payload: "first" });
      await input("other", { payload: "second" });
      should(multicast.sockets.sending).equal(1);
      should((await answers).map(({ payload }) => String(payload))).deepEqual(["to your port: first", "to your port: second"]);
      should(made.received).deepEqual([`first from ${fixed}`, `second from ${fixed}`]);
    });

    it("sends from the group's port, and takes no datagram of the group for a reply", async () => {
      const made = await device(echoBack);
      await deploy(say({ replies: "output", sourcePort: "group" }), out);
      const answers = messagesAt("out", 1);
      get("say").receive({ payload: "who?" });
      should((await answers).map(({ payload }) => String(payload))).deepEqual(["re: who?"]);
      should(made.received).deepEqual([`who? from ${flow.port}`]);
    });

    it("sends a reply once, although the node has sent in several ways", async () => {
      const fixed = await freePort();
      await device((question, { address, port: asker }, socket) => socket.send(`re: ${question}`, asker, address));
      await deploy(say({ replies: "output", sourcePort: fixed, ttl: "", iface: "" }), out);
      const answers = messagesAt("out", 3);
      await input("say", { payload: "a", ttl: 1, iface: LO });
      await input("say", { payload: "b", ttl: 2, iface: LO });
      await input("say", { payload: "c", ttl: 2, iface: "lo" });
      should((await answers).map(({ payload }) => String(payload))).deepEqual(["re: a", "re: b", "re: c"]);
    });

    it("sends no reply to another node's request", async () => {
      await device(echoBack);
      await deploy(say({ replies: "output" }), { ...say({ replies: "output", wires: [["heard"]] }), id: "other" }, out, heard);
      const both = [messagesAt("out"), messagesAt("heard")];
      get("say").receive({ payload: "mine" });
      get("other").receive({ payload: "its" });
      should((await Promise.all(both)).map(([msg]) => String(msg?.payload))).deepEqual(["re: mine", "re: its"]);
    });
  });

  describe("collected", () => {
    const texts = (msg: Message | undefined) => (Array.isArray(msg?.payload) ? msg.payload.map(({ payload }) => String(payload)) : []);

    it("sends the message on with all replies when the time is over, and is done then", async () => {
      await device(echoBack);
      await device((_question, asker, socket) => socket.send(Buffer.from([0xff]), asker.port, asker.address));
      await deploy(say({ replies: "collect", collect: 100 }), out);
      const next = messagesAt("out");
      should(await input("say", { payload: "who?", topic: "search", mine: 1 })).be.undefined();
      const [msg] = await next;
      should(msg).containEql({ topic: "search", mine: 1 });
      should(texts(msg).sort()).deepEqual(["re: who?", "\ufffd"].sort());
      const [first] = Array.isArray(msg?.payload) ? msg.payload : [];
      should(first).have.properties({ ip: LO, port: flow.port });
      should(statuses("say").at(0)).containEql({ fill: "blue", shape: "dot", code: "collecting" });
      should(statuses("say").at(-1)).deepEqual({ fill: "green", shape: "dot", text: "mcast.status.collected", code: "collected" });
    });

    it("collects replies in the datatype, each with the reason why it could not be parsed", async () => {
      await device((_question, asker, socket) => {
        for (const reply of ['{"a":1}', "{oops"]) socket.send(reply, asker.port, asker.address);
      });
      await deploy(say({ replies: "collect", collect: 100, datatype: "json" }), out);
      const next = messagesAt("out");
      get("say").receive({ payload: "who?" });
      const [first, second] = [(await next)[0]?.payload].flat().map((each) => ({ ...Object(each) }));
      should(first).deepEqual({ payload: { a: 1 }, ip: LO, port: flow.port });
      should(second).containEql({ payload: Buffer.from("{oops") });
      should(second.parseError).be.a.String();
    });

    it("sends the message on with no reply when no device replies", async () => {
      await deploy(say({ replies: "collect", collect: 20 }), out);
      const next = messagesAt("out");
      get("say").receive({ payload: "anybody?" });
      should((await next)[0]?.payload).deepEqual([]);
    });

    it("gives each of ten overlapping requests its own replies", async () => {
      await device(echoBack);
      await deploy(say({ replies: "collect", collect: 200 }), out);
      const all = messagesAt("out", 10);
      for (let each = 0; each < 10; each += 1) get("say").receive({ payload: `question ${each}`, each });
      for (const msg of await all) should(texts(msg)).deepEqual([`re: question ${String(msg.each)}`]);
    });

    it("collects a thousand replies", async () => {
      await device((_question, asker, socket) => {
        for (let each = 0; each < 1_000; each += 1) socket.send(String(each), asker.port, asker.address);
      });
      await deploy(say({ replies: "collect", collect: 500 }), out);
      const next = messagesAt("out");
      get("say").receive({ payload: "all of you" });
      should(texts((await next)[0])).have.length(1_000);
    });

    it("sends it on with the first 16 MiB of replies, marked as truncated", async () => {
      await device((_question, asker, socket) => {
        const reply = Buffer.alloc(65_000);
        const next = (left: number): void => {
          if (left > 0) socket.send(reply, asker.port, asker.address, () => setImmediate(next, left - 1));
        };
        next(300);
      });
      await deploy(say({ replies: "collect", collect: 1_500 }), out);
      const next = messagesAt("out");
      get("say").receive({ payload: "all of you" });
      const [msg] = await next;
      should(msg).containEql({ truncated: true });
      should(msg?.payload).have.length(258);
    });

    it("removes the mark from a message that another node has truncated", async () => {
      await deploy(say({ replies: "collect", collect: 20 }), out);
      const next = messagesAt("out");
      get("say").receive({ payload: "anybody?", truncated: true });
      should((await next)[0]).not.have.property("truncated");
    });

    it("discards a late reply", async () => {
      let late: () => void = () => {};
      await device((question, asker, socket) => {
        if (question === "second") return echoBack(question, asker, socket);
        late = () => echoBack(question, asker, socket);
      });
      await deploy(say({ replies: "collect", collect: 20 }), out);
      const both = messagesAt("out", 2);
      await input("say", { payload: "first" });
      late();
      await input("say", { payload: "second" });
      should((await both).map(texts)).deepEqual([[], ["re: second"]]);
    });

    it("ends an open request with an error when the node is closed", async () => {
      await deploy(say({ replies: "collect", collect: 60_000 }), out);
      const done = input("say", { payload: "who?" });
      await get("say").close(false);
      should(await done).containEql({ code: "ERR_MCAST_CLOSED", message: "Closed before the replies were collected" });
    });

    it("is done with an error, and leaves nothing open, when the message cannot be sent on", async () => {
      await deploy(say({ replies: "collect", collect: 10 }), out);
      const broken = () => {
        throw new Error("too deep");
      };
      Object.assign(get("say"), { send: broken });
      should(await input("say", { payload: "x" })).match({
        code: "ERR_MCAST_OPTION",
        message: "Cannot process this message: too deep",
      });
    });

    it("keeps a hundred requests open and no more", async () => {
      await deploy(say({ replies: "collect", collect: 60_000 }), out);
      for (let each = 0; each < 100; each += 1) get("say").receive({ payload: "x" });
      should(await input("say", { payload: "one too many" })).containEql({ code: "ERR_MCAST_SEND" });
    });
  });

  it("shares its source port with a node that listens for unicast: both receive", async () => {
    await deploy(
      recv("recv", { groups: [B], unicast: true, wires: [["heard"]] }),
      say({ replies: "output", sourcePort: "group" }),
      out,
      heard,
    );
    await input("say", { payload: "opens the port" });
    const both = [messagesAt("out"), messagesAt("heard")];
    await sayFrom(LO, LO, flow.port, "to both");
    should((await Promise.all(both)).map(([msg]) => String(msg?.payload))).deepEqual(["to both", "to both"]);
  });
});
