import { execFileSync } from "node:child_process";
import should from "should";
import { join, type Membership } from "../../../src/lib/api/join";
import { type Sender, send, sender } from "../../../src/lib/api/send";
import { multicast } from "../../../src/lib/process-wide/multicast";
import { freePort, LO, ownGroup, RecordingListener } from "../../support/loopback";

describe("a sender", () => {
  let port: number;
  let groups: readonly [string, string];
  let listener: RecordingListener;
  let membership: Membership;
  let speaker: Sender;
  beforeEach(async () => {
    port = await freePort();
    groups = [ownGroup(), ownGroup()];
    listener = new RecordingListener();
    membership = join({ groups, port, iface: LO }, listener);
    speaker = sender({ group: groups[0], port, iface: LO });
  });
  afterEach(() => Promise.all([speaker.close(), membership.close()]));

  it("sends to the group of its fields, in order, from one port", async () => {
    should(speaker.state).containEql({ kind: "joined", interfaces: ["lo"] });
    for (const payload of ["text", 5, { a: [1] }, Buffer.from([0x62]), ""]) await speaker.send(payload);
    await listener.count(5);
    should(listener.texts).deepEqual(["text", "5", '{"a":[1]}', "b", ""]);
    should(new Set(listener.heard.map(({ sender: from }) => from.port)).size).equal(1);
  });

  it("sends to another group where that is asked for, and to its own afterwards", async () => {
    await speaker.send("there", { group: groups[1] });
    await listener.count(1);
    await speaker.send("here");
    await listener.count(2);
    should(listener.heard.map(({ text, arrival }) => [text, arrival.group])).deepEqual([
      ["there", groups[1]],
      ["here", groups[0]],
    ]);
  });

  it("keeps the group and the port of its fields where those of the target are undefined or null", async () => {
    const missing = { group: undefined, port: undefined, iface: undefined, ttl: undefined, loopback: undefined };
    await speaker.send("undefined", missing);
    const nulls = Object.fromEntries(Object.keys(missing).map((name) => [name, null]));
    await speaker.send("null", nulls);
    await speaker.send("port alone", { group: undefined, port });
    await listener.count(3);
    should(listener.heard.map(({ arrival }) => arrival.group)).deepEqual([groups[0], groups[0], groups[0]]);
    await should(speaker.send("x", { group: "" })).be.rejectedWith({ code: "ERR_MCAST_GROUP" });
  });

  it("reports the state of the destination that was used last", async () => {
    const kinds: string[] = [];
    const reporting = sender({ group: groups[0], port, iface: LO }, { onState: ({ kind }) => kinds.push(kind) });
    const late = should(reporting.send("x", { iface: "absent0" })).be.rejectedWith({ code: "ERR_MCAST_CLOSED" });
    should(reporting.state).containEql({ kind: "waiting" });
    await reporting.send("y");
    should(kinds).deepEqual(["waiting", "joined"]);
    await reporting.close();
    await late;
  });

  it("rejects an invalid payload and an invalid target, and goes on", async () => {
    await should(speaker.send(Object(Symbol.iterator).valueOf())).be.rejectedWith({ code: "ERR_MCAST_PAYLOAD" });
    await should(speaker.send("x", { group: "10.0.0.1" })).be.rejectedWith({ code: "ERR_MCAST_GROUP" });
    const misspelt = { group: groups[0], sourcePort: 5000 };
    await should(speaker.send("x", misspelt)).be.rejectedWith(/^Unknown property 'sourcePort'/);
    const text: object = Object("").valueOf();
    await should(speaker.send("x", text)).be.rejectedWith('to must be of type object, not ""');
    await speaker.send("x");
  });

  it("rejects waiting datagrams with ERR_MCAST_CLOSED when it is closed, by close or by its signal", async () => {
    const controller = new AbortController();
    for (const end of ["close", "signal"]) {
      const waiting = sender({ group: groups[0], port, iface: "absent0", signal: controller.signal });
      should(waiting.state).containEql({ kind: "waiting" });
      const sent = should(waiting.send("x")).be.rejectedWith({ code: "ERR_MCAST_CLOSED" });
      if (end === "close") await waiting.close();
      else controller.abort();
      await sent;
      await should(waiting.send("y")).be.rejectedWith({ code: "ERR_MCAST_CLOSED" });
    }
    const late = sender({ group: groups[0], port, iface: LO, signal: controller.signal });
    await should(late.send("z")).be.rejectedWith({ code: "ERR_MCAST_CLOSED" });
  });

  it("rejects with the reason of its signal as the cause, where the signal has ended it", async () => {
    const controller = new AbortController();
    const fields = { group: groups[0], port, iface: "absent0", signal: controller.signal };
    const aborted = [sender(fields).send("x"), send(fields, "x")].map((sent) => sent.catch((error: unknown) => error));
    const closed = sender(fields);
    const unsent = should(closed.send("x")).be.rejectedWith({ code: "ERR_MCAST_CLOSED", cause: undefined });
    await closed.close();
    const reason = new Error("the service stops");
    controller.abort(reason);
    for (const error of await Promise.all(aborted)) should(error).containEql({ code: "ERR_MCAST_CLOSED", cause: reason });
    await unsent;
    await should(closed.send("x")).be.rejectedWith({ code: "ERR_MCAST_CLOSED", cause: undefined });
    await should(send(fields, "x")).be.rejectedWith({ code: "ERR_MCAST_CLOSED", cause: reason });
  });

  it("closes its sockets at the end, and send its own at once", async () => {
    await speaker.close();
    const { sending } = multicast.sockets;
    await send({ group: groups[0], port, iface: LO }, "once");
    await listener.count(1);
    should(multicast.sockets.sending).equal(sending);
  });

  it("keeps the process alive while it is open, and send until the datagram is sent", () => {
    const run = (program: string) => execFileSync(process.execPath, ["-e", program], { encoding: "utf8" });
    const fields = (iface: string) => JSON.stringify({ group: groups[0], port, iface });
    const closing = `setTimeout(() => { console.log("closing"); void open.close(); }, 100).unref();`;
    should(run(`const open = require("./dist/lib").sender(${fields(LO)}); ${closing}`)).equal("closing\n");
    should(run(`const open = require("./dist/lib").sender({ ...${fields(LO)}, unref: true }); ${closing}`)).equal("");
    const abort = `AbortSignal.timeout(100)`; // its timer does not keep the process alive
    const waiting = `require("./dist/lib").send({ ...${fields("absent0")}, signal: ${abort} }, "x").catch((error) => console.log(error.code));`;
    should(run(waiting)).equal("ERR_MCAST_CLOSED\n");
  });
});
