import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import * as mcast from "../../src/lib";
import { freePort, LO, ownGroup, RecordingListener } from "../support/loopback";

describe("the library", () => {
  let port: number;
  let group: string;
  beforeEach(async () => {
    port = await freePort();
    group = ownGroup();
  });

  it("exports the public functions and types, and nothing else", () => {
    should(Object.keys(mcast).sort()).deepEqual([
      "McastError",
      "activity",
      "ask",
      "createKey",
      "diagnose",
      "join",
      "joinedGroups",
      "listen",
      "relay",
      "send",
      "sender",
    ]);
  });

  it("joins, receives its own datagrams, and leaves", async () => {
    const listener = new RecordingListener();
    const membership = mcast.join({ group, port, iface: LO }, listener);
    should(membership.state).containEql({ kind: "joined" });
    should(mcast.joinedGroups()).containEql({ interface: "lo", group, sockets: 1 });
    await mcast.send({ group, port, iface: LO }, { a: 1 });
    await listener.count(1);
    should(listener.texts).deepEqual(['{"a":1}']);
    await membership.leave();
    should(mcast.joinedGroups()).not.containEql({ interface: "lo", group, sockets: 1 });
  });

  it("seals and opens with a key, and never sends plaintext because of a key without a value", async () => {
    const [listener, plain] = [new RecordingListener(), new RecordingListener()];
    const key = mcast.createKey();
    const memberships = [mcast.join({ group, port, iface: LO, key }, listener), mcast.join({ group, port, iface: LO }, plain)];
    await should(mcast.send({ group, port, iface: LO, key: "" }, "hello")).be.rejectedWith({ code: "ERR_MCAST_KEY" });
    await mcast.send({ group, port, iface: LO, key }, "hello");
    await Promise.all([listener.count(1), plain.count(1)]);
    should(listener.texts).deepEqual(["hello"]);
    should(plain.heard[0]?.payload).have.length(37);
    await Promise.all(memberships.map((membership) => membership.leave()));
  });

  it("relays a group to another", async () => {
    const target = ownGroup();
    const listener = new RecordingListener();
    const relay = mcast.relay({ group: target, groups: [group], port, iface: LO, echoIface: LO }, new RecordingListener());
    const membership = mcast.join({ group: target, port, iface: LO }, listener);
    await mcast.send({ group, port, iface: LO }, "hello");
    await listener.count(1);
    should(listener.texts).deepEqual(["hello"]);
    await Promise.all([relay.close(), membership.leave()]);
  });

  it("lists the received datagrams by the label of the listener", async () => {
    const listener = Object.assign(new RecordingListener(), { label: "mine" });
    const membership = mcast.join({ group, port, iface: LO }, listener);
    await mcast.send({ group, port, iface: LO }, "hello");
    await listener.count(1);
    const mine = mcast.activity().groups.filter(({ labels }) => labels.includes("mine"));
    should(mine.map((row) => [row.group, row.port, row.received, row.bytes])).deepEqual([[group, port, 1, 5]]);
    await membership.leave();
  });

  it("refuses invalid fields with a McastError", async () => {
    should(() => mcast.join({ group: "10.0.0.1" }, new RecordingListener())).throw(mcast.McastError, { code: "ERR_MCAST_GROUP" });
    should(() => mcast.relay({ group, groups: [] }, new RecordingListener())).throw(mcast.McastError, { code: "ERR_MCAST_GROUP" });
    await mcast.send({ group, port: 0 }, "x").should.be.rejectedWith({ code: "ERR_MCAST_PORT" });
    await mcast.send({ group, port }, Object(undefined).missing).should.be.rejectedWith({ code: "ERR_MCAST_PAYLOAD" });
  });

  it("rejects a datagram that the system refuses, and leaves no socket open", async () => {
    const holder = createSocket("udp4").bind(0, LO);
    await once(holder, "listening");
    const { port: sourcePort } = holder.address();
    await mcast.send({ group, port, iface: LO, sourcePort }, "x").should.be.rejectedWith({ code: "ERR_MCAST_BIND" });
    holder.close();
    await once(holder, "close");
    await mcast.send({ group, port, iface: LO, sourcePort }, "x");
  });

  it("settles each promise before the process ends, although nothing else keeps the process alive", () => {
    const calls = {
      "join, close": "join(on, nothing).close()",
      "join, leave, unref": "join({ ...on, unref: true }, nothing).leave()",
      "listen, next": "listen(stopped())[Symbol.asyncIterator]().next()",
      "listen, return": "listen(on)[Symbol.asyncIterator]().return()",
      send: "send(on, 'x')",
      "send, missing interface": "send({ ...stopped(), iface: 'absent0' }, 'x').catch(() => {})",
      "send, unref": "send({ ...on, unref: true }, 'x')",
      "sender, close": "sender(on).close()",
      "ask, all replies": "ask({ ...on, collect: 50 }, 'x').toArray()",
      "ask, next": "ask({ ...on, collect: 50 }, 'x')[Symbol.asyncIterator]().next()",
      "ask, closed": "ask(stopped(), 'x').toArray().catch(() => {})",
      "relay, close": "relay({ ...on, groups: [on.group], group: '239.255.0.1', acknowledge: true }, nothing).close()",
      diagnose: "diagnose(on)",
    };
    const program = `
      const { ask, diagnose, join, listen, relay, send, sender } = require("./dist/lib");
      const on = { group: "${group}", port: ${port}, iface: "${LO}" };
      const stopped = () => ({ ...on, signal: AbortSignal.timeout(50) });
      const nothing = { onDatagram() {} };
      const calls = [${Object.values(calls).map((call) => `() => ${call}`)}];
      (async () => { for (const call of calls) console.log(await call().then(() => "settled")); })();
    `;
    const printed = execFileSync(process.execPath, ["-e", program], { encoding: "utf8" }).trim().split("\n");
    should(Object.keys(calls).filter((_, at) => printed[at] !== "settled")).be.empty();
  });
});
