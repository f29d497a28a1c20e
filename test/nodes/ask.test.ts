import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import { multicast } from "../../src/lib/process";
import { freePort, LO } from "../support/loopback";
import { deploy, get, helper, input, type Message, messagesAt, nextStatus, redeploy, statuses } from "../support/node-red";

const [A, B, D] = ["239.255.1.1", "239.255.1.2", "239.255.1.9"] as const;

/** A device of somebody else's: it has joined a group, and answers what it hears in its own way. */
class Device {
  readonly socket: Socket = createSocket({ type: "udp4", reuseAddr: true });
  readonly heard: string[] = [];

  constructor(
    readonly port: number,
    readonly answer: (question: string, asker: RemoteInfo, socket: Socket) => void,
  ) {}

  async join(group: string): Promise<this> {
    this.socket.bind(this.port, group);
    await once(this.socket, "listening");
    this.socket.addMembership(group, LO);
    this.socket.on("message", (question, asker) => {
      this.heard.push(`${question} from ${asker.port}`);
      this.answer(String(question), asker, this.socket);
    });
    return this;
  }
}

describe("asking and answering", () => {
  let port: number;
  let devices: Device[];
  const say = (fields = {}) => ({ id: "say", type: "mcast-say", group: A, port, iface: LO, outputs: 1, wires: [["out"]], ...fields });
  const recv = (fields = {}) => ({
    id: "recv",
    type: "mcast-recv",
    groups: [A],
    port,
    iface: LO,
    datatype: "utf8",
    wires: [["heard"]],
    ...fields,
  });
  const out = { id: "out", type: "helper" };
  const heard = { id: "heard", type: "helper" };
  const device = async (answer: Device["answer"]) => {
    const made = await new Device(port, answer).join(A);
    devices.push(made);
    return made;
  };
  const echo = (question: string, asker: RemoteInfo, socket: Socket) => socket.send(`re: ${question}`, asker.port, asker.address);

  before(() => helper.startServer());
  after(() => helper.stopServer());
  beforeEach(async () => {
    port = await freePort();
    devices = [];
  });
  afterEach(async () => {
    for (const { socket } of devices) socket.close();
    await helper.unload();
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
  });

  describe("mcast-say with each reply as a message", () => {
    it("brings every answer to the source port, with the topic and id of the message last sent", async () => {
      await device(echo);
      await device((question, asker, socket) => socket.send(Buffer.from([0xff, question.length]), asker.port, asker.address));
      await deploy(say({ replies: "output" }), out);
      const answers = messagesAt("out", 2);
      get("say").receive({ payload: "who?", topic: "search", _msgid: "m1" });
      const told = await answers;
      for (const msg of told) should(msg).containEql({ topic: "search", _msgid: "m1", ip: LO, port, fromip: `${LO}:${port}` });
      const payloads = told.map(({ payload }) => String(payload));
      should(payloads).containEql("re: who?");
      should(told.every(({ payload }) => Buffer.isBuffer(payload))).be.true();
    });

    it("brings answers to a fixed port, which several nodes share", async () => {
      const fixed = await freePort();
      const made = await device((question, { address }, socket) => socket.send(`to your port: ${question}`, fixed, address));
      await deploy(say({ replies: "output", sourcePort: fixed }), { ...say({ sourcePort: String(fixed), ttl: 3 }), id: "other" }, out);
      const answers = messagesAt("out", 2);
      await input("say", { payload: "first" });
      await input("other", { payload: "second" });
      should(multicast.sockets.sending).equal(1);
      should((await answers).map(({ payload }) => String(payload))).deepEqual(["to your port: first", "to your port: second"]);
      should(made.heard).deepEqual([`first from ${fixed}`, `second from ${fixed}`]);
    });

    it("sends from the group's port, and brings nothing that was sent to the group", async () => {
      const made = await device(echo);
      await deploy(say({ replies: "output", sourcePort: "group" }), out);
      const answers = messagesAt("out", 1);
      get("say").receive({ payload: "who?" });
      should((await answers).map(({ payload }) => String(payload))).deepEqual(["re: who?"]);
      should(made.heard).deepEqual([`who? from ${port}`]);
    });

    it("brings an answer once, by however many ways the node has sent", async () => {
      const fixed = await freePort();
      await device((question, { address, port: asker }, socket) => socket.send(`re: ${question}`, asker, address));
      await deploy(say({ replies: "output", sourcePort: fixed, ttl: "", iface: "" }), out);
      const answers = messagesAt("out", 3);
      await input("say", { payload: "a", ttl: 1, iface: LO });
      await input("say", { payload: "b", ttl: 2, iface: LO });
      await input("say", { payload: "c", ttl: 2, iface: "lo" });
      should((await answers).map(({ payload }) => String(payload))).deepEqual(["re: a", "re: b", "re: c"]);
    });

    it("brings no answer of another node's question", async () => {
      await device(echo);
      await deploy(say({ replies: "output" }), { ...say({ replies: "output", wires: [["heard"]] }), id: "other" }, out, heard);
      const both = [messagesAt("out"), messagesAt("heard")];
      get("say").receive({ payload: "mine" });
      get("other").receive({ payload: "its" });
      should((await Promise.all(both)).map(([msg]) => String(msg?.payload))).deepEqual(["re: mine", "re: its"]);
    });
  });

  describe("mcast-say with replies collected", () => {
    const texts = (msg: Message | undefined) => (Array.isArray(msg?.payload) ? msg.payload.map(({ payload }) => String(payload)) : []);

    it("sends the message on with all answers when the time is over, and is done then", async () => {
      await device(echo);
      await device((_question, asker, socket) => socket.send(Buffer.from([0xff]), asker.port, asker.address));
      await deploy(say({ replies: "collect", collect: 100 }), out);
      const next = messagesAt("out");
      should(await input("say", { payload: "who?", topic: "search", mine: 1 })).be.undefined();
      const [msg] = await next;
      should(msg).containEql({ topic: "search", mine: 1 });
      should(texts(msg).sort()).deepEqual(["re: who?", "\ufffd"].sort());
      const [first] = Array.isArray(msg?.payload) ? msg.payload : [];
      should(first).have.properties({ ip: LO, port });
      should(statuses("say")[0]).containEql({ fill: "green" });
    });

    it("sends it on with none where nobody answers", async () => {
      await deploy(say({ replies: "collect", collect: 20 }), out);
      const next = messagesAt("out");
      get("say").receive({ payload: "anybody?" });
      should((await next)[0]?.payload).deepEqual([]);
    });

    it("gives each of ten questions that overlap its own answers", async () => {
      await device(echo);
      await deploy(say({ replies: "collect", collect: 200 }), out);
      const all = messagesAt("out", 10);
      for (let each = 0; each < 10; each += 1) get("say").receive({ payload: `question ${each}`, each });
      for (const msg of await all) should(texts(msg)).deepEqual([`re: question ${String(msg.each)}`]);
    });

    it("collects a thousand answers", async () => {
      await device((_question, asker, socket) => {
        for (let each = 0; each < 1_000; each += 1) socket.send(String(each), asker.port, asker.address);
      });
      await deploy(say({ replies: "collect", collect: 500 }), out);
      const next = messagesAt("out");
      get("say").receive({ payload: "all of you" });
      should(texts((await next)[0])).have.length(1_000);
    });

    it("sends it on with the first 16 MiB of answers, and says that there were more", async () => {
      await device((_question, asker, socket) => {
        const answer = Buffer.alloc(65_000);
        const next = (left: number): void => {
          if (left > 0) socket.send(answer, asker.port, asker.address, () => setImmediate(next, left - 1));
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

    it("does not say so of a message that was truncated by another node before", async () => {
      await deploy(say({ replies: "collect", collect: 20 }), out);
      const next = messagesAt("out");
      get("say").receive({ payload: "anybody?", truncated: true });
      should((await next)[0]).not.have.property("truncated");
    });

    it("drops an answer that comes late", async () => {
      let late: () => void = () => {};
      await device((question, asker, socket) => {
        if (question === "second") return echo(question, asker, socket);
        late = () => echo(question, asker, socket);
      });
      await deploy(say({ replies: "collect", collect: 20 }), out);
      const both = messagesAt("out", 2);
      await input("say", { payload: "first" });
      late();
      await input("say", { payload: "second" });
      should((await both).map(texts)).deepEqual([[], ["re: second"]]);
    });

    it("ends a question that is open when the node is closed, and says so", async () => {
      await deploy(say({ replies: "collect", collect: 60_000 }), out);
      const done = input("say", { payload: "who?" });
      await get("say").close(false);
      should(await done).containEql({ code: "ERR_MCAST_CLOSED", message: "closed before the answers were in" });
    });

    it("is done with an error, and leaves nothing open, where the message can't be sent on", async () => {
      await deploy(say({ replies: "collect", collect: 10 }), out);
      const broken = () => {
        throw new Error("too deep");
      };
      Object.assign(get("say"), { send: broken });
      should(await input("say", { payload: "x" })).match({
        code: "ERR_MCAST_OPTION",
        message: "the message can't be dealt with: too deep",
      });
    });

    it("keeps a hundred questions open and no more", async () => {
      await deploy(say({ replies: "collect", collect: 60_000 }), out);
      for (let each = 0; each < 100; each += 1) get("say").receive({ payload: "x" });
      should(await input("say", { payload: "one too many" })).containEql({ code: "ERR_MCAST_SEND" });
    });
  });

  describe("mcast-recv", () => {
    const unicast = (text: string) =>
      new Promise<void>((resolve) => {
        const socket = createSocket("udp4");
        socket.send(text, port, LO, () => {
          socket.close();
          resolve();
        });
      });

    it("hears what is sent to this host itself where that is asked for, and tells the two apart", async () => {
      await deploy(say({ outputs: 0, wires: [] }), recv({ unicast: true }), heard);
      const both = messagesAt("heard", 2);
      await unicast("to the host");
      await input("say", { payload: "to the group" });
      const told = (await both).map(({ payload, multicast: isMulticast, group }) => [payload, isMulticast, group]);
      should(told).containDeep([
        ["to the host", false, undefined],
        ["to the group", true, A],
      ]);
    });

    it("listens where it joins, for a group that a message joined too, and no longer than that", async () => {
      await deploy(recv({ control: true, unicast: true, iface: "lo, eth77" }), heard);
      should(multicast.sockets).deepEqual({ receiving: 2, sending: 2 });
      should(await input("recv", { action: "join", group: "ff02::1%lo, ff02::1%eth77" })).be.undefined();
      should(multicast.sockets).deepEqual({ receiving: 4, sending: 4 });
      should(await input("recv", { action: "leave", group: "ff02::1%lo" })).be.undefined();
      should(multicast.sockets).deepEqual({ receiving: 3, sending: 3 });
      should(await input("recv", { action: "leave", group: "ff02::1%eth77" })).be.undefined();
      should(multicast.sockets).deepEqual({ receiving: 2, sending: 2 });
    });

    it("shares the port with a node that sends from it: both hear", async () => {
      await deploy(recv({ groups: [B], unicast: true }), say({ replies: "output", sourcePort: "group" }), out, heard);
      await input("say", { payload: "opens the port" });
      const both = [messagesAt("out"), messagesAt("heard")];
      await unicast("to both");
      should((await Promise.all(both)).map(([msg]) => String(msg?.payload))).deepEqual(["to both", "to both"]);
    });

    it("joins and leaves groups at a message's word, and tells which are joined", async () => {
      await deploy(recv({ control: true, inputs: 1 }), say({ group: "", outputs: 0, wires: [] }), heard);
      const listed = async () => {
        const next = messagesAt("heard");
        get("recv").receive({ action: "groups" });
        return (await next)[0]?.payload;
      };
      should(await input("recv", { action: "join", group: [B, D] })).be.undefined();
      should(await listed()).deepEqual([A, B, D]);
      const next = messagesAt("heard");
      await input("say", { payload: "hello", group: B });
      should((await next)[0]).containEql({ payload: "hello", group: B });
      should(await input("recv", { action: "leave", group: `${A}, ${B}` })).be.undefined();
      should(await listed()).deepEqual([D]);
      should(statuses("recv").at(-1)).containEql({ text: `${D}:${port} lo` });
      should(multicast.sockets.receiving).equal(1);
      const none = nextStatus("recv", "grey");
      should(await input("recv", { action: "leave", group: D })).be.undefined();
      should(await none).containEql({ text: "mcast.status.none" });
    });

    it("has after a deploy the groups that are configured, and none that a message joined", async () => {
      await deploy(recv({ control: true }), heard);
      await input("recv", { action: "join", group: B });
      should(multicast.sockets.receiving).equal(2);
      await redeploy("full", recv({ control: true }), heard);
      should(multicast.sockets.receiving).equal(1);
    });

    for (const [msg, code, message] of [
      [{ action: "jion", group: B }, "ERR_MCAST_OPTION", /jion is not an action \(join, leave or groups\)/],
      [{ payload: "x" }, "ERR_MCAST_OPTION", /undefined is not an action/],
      [{ action: "join" }, "ERR_MCAST_GROUP", /no group given/],
      [{ action: "join", group: [B, "10.0.0.1"] }, "ERR_MCAST_GROUP", /10\.0\.0\.1 is not a multicast group/],
      [{ action: "leave", group: {} }, "ERR_MCAST_GROUP", /is not an address/],
    ] as const) {
      it(`answers ${JSON.stringify(msg)} by ${code}, and leaves all as it is`, async () => {
        await deploy(recv({ control: true, inputs: 1 }), heard);
        should(await input("recv", { ...msg }))
          .containEql({ code })
          .and.match({ message });
        should(multicast.sockets.receiving).equal(1);
      });
    }
  });

  describe("mcast-hear", () => {
    const hear = (fields = {}) => ({
      ...{
        id: "relay",
        type: "mcast-hear",
        group: D,
        groups: [{ group: A, echo: true }],
        port,
        iface: LO,
        echoIface: LO,
        wires: [["heard"]],
      },
      ...fields,
    });
    const ask = async (payload: string | Buffer): Promise<readonly [string, number]> => {
      const socket = createSocket("udp4");
      socket.bind(0, LO);
      await once(socket, "listening");
      socket.setMulticastInterface(LO);
      socket.send(payload, port, A);
      const [answer] = await once(socket, "message");
      const { port: from } = socket.address();
      socket.close();
      return [String(answer), from];
    };

    it("acknowledges to the sender in the Python tool's words", async () => {
      await deploy(hear({ acknowledge: true, echo: "off" }), heard);
      const [answer, from] = await ask("hello");
      should(answer).equal(`HEAR [ HELLO SAID ('127.0.0.1', ${from}) ] from ${D}`);
    });

    it("echoes those words to the bind group", async () => {
      await deploy(hear({ echo: "hear" }), recv({ groups: [D], wires: [["out"]] }), say({ outputs: 0, wires: [] }), out, heard);
      const [echoed, told] = [messagesAt("out"), messagesAt("heard")];
      get("say").receive({ payload: "grüße, straße" });
      const from = (await told)[0]?.port;
      should((await echoed)[0]?.payload).equal(`HEAR [ GRÜSSE, STRASSE SAID ('127.0.0.1', ${String(from)}) ] from ${D}`);
    });

    it("acknowledges in the sender's own family, whatever the bind group's", async () => {
      await deploy(hear({ group: "ff02::99%lo", echoIface: "lo", acknowledge: true, echo: "off" }), heard);
      const [answer, from] = await ask("hello");
      should(answer).equal(`HEAR [ HELLO SAID ('127.0.0.1', ${from}) ] from ff02::99`);
    });

    it("echoes a payload as it is that leaves no room for those words", async () => {
      await deploy(hear({ echo: "hear" }), recv({ groups: [D], wires: [["out"]] }), say({ outputs: 0, wires: [] }), out, heard);
      const echoed = messagesAt("out");
      get("say").receive({ payload: "x".repeat(65_480) });
      should((await echoed)[0]?.payload).equal("x".repeat(65_480));
    });

    it("echoes what is not UTF-8 as it is, and does not acknowledge it", async () => {
      const datatype = "base64";
      await deploy(hear({ echo: "hear", acknowledge: true }), recv({ groups: [D], wires: [["out"]], datatype }), out, heard);
      const echoed = messagesAt("out");
      const socket = createSocket("udp4");
      const answers: string[] = [];
      socket.on("message", (answer) => answers.push(String(answer)));
      socket.bind(0, LO);
      await once(socket, "listening");
      socket.setMulticastInterface(LO);
      socket.send(Buffer.from([0xff, 0xfe]), port, A);
      should((await echoed)[0]?.payload).equal("//4=");
      socket.send("a marker", port, A);
      await once(socket, "message");
      socket.close();
      should(answers).have.length(1);
      should(answers[0]).match(/A MARKER/);
    });
  });
});
