import { createSocket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import type { Sender } from "../../../src/lib/send/sender";
import type { State } from "../../../src/lib/state";
import { freePort, LO } from "../../support/loopback";
import { TestSender } from "../../support/test-sender";
import { callbackOf, failSend, ipv4, systemRefusal } from "../../support/test-system";

describe("a sender", () => {
  let test: TestSender;
  let system: TestSender["system"];
  let multicast: TestSender["multicast"];
  let sender: Sender;
  let states: TestSender["states"];
  let listener: TestSender["listener"];
  let to: TestSender["to"];
  let say: TestSender["say"];

  beforeEach(async () => {
    test = await TestSender.create();
    ({ system, multicast, sender, states, listener, to, say } = test);
  });
  afterEach(() => test.close());

  it("opens no socket before the first datagram", () => {
    should(multicast.sockets.sending).equal(0);
    should(sender.state.kind).equal("closed");
  });

  it("sends within the call, and calls back when the system has taken the datagram", async () => {
    should(await say("hello")).be.undefined();
    await listener.count(1);
    should(states).deepEqual([{ kind: "joined", interfaces: ["lo"], warnings: [], standBy: [] }]);
  });

  for (const [what, payload] of [
    ["no bytes at all", Buffer.alloc(0)],
    ["65507 bytes", Buffer.alloc(65507, 7)],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0, 0x80])],
  ] as const) {
    it(`carries ${what}`, async () => {
      await say(payload);
      const [heard] = await listener.count(1);
      should(heard?.payload.equals(payload)).be.true();
    });
  }

  it("refuses a datagram after it was closed", async () => {
    await say("one");
    await sender.close();
    should(await say("two")).containEql({ code: "ERR_MCAST_CLOSED" });
  });

  it("sends on one interface although another fails, and warns of the failure once", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")], eth1: [ipv4("127.0.0.3/32")] };
    await say("first", { iface: "all" });
    const broken = system.sockets.at(-1);
    should(broken).be.ok();
    if (broken) broken.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("EPERM"));
    for (const text of ["second", "third"]) should(await say(text, { iface: "all" })).be.undefined();
    should((await listener.count(4)).map(({ text }) => text)).deepEqual(["first", "first", "second", "third"]);
    should(states).have.length(2);
    should(states[1]).match({ kind: "joined", interfaces: ["eth0"], warnings: [{ reason: "send-firewall" }] });
  });

  it("gives the reason of a refusal as its state, and recovers with the next datagram", async () => {
    await say("one");
    const socket = system.sockets.at(-1);
    const send = socket?.send;
    if (!socket || !send) throw new Error("no socket was opened");
    socket.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("ENETUNREACH"));
    should(await say("two")).containEql({ code: "ERR_MCAST_SEND", message: "No network or no route on lo" });
    should(states.at(-1)?.kind).equal("refused");
    socket.send = send;
    should(await say("three")).be.undefined();
    should(states.at(-1)?.kind).equal("joined");
  });

  it("keeps its state although another sender on the same socket was refused", async () => {
    const others: State[] = [];
    const other = multicast.sender({ onState: (state) => others.push(state) });
    await say("one");
    const socket = system.sockets.at(-1);
    const send = socket?.send;
    if (!socket || !send) throw new Error("no socket was opened");
    socket.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("EPERM"));
    await new Promise((resolve) => other.send(to(), Buffer.from("blocked"), resolve));
    socket.send = send;
    await say("two");
    should(states.map(({ kind }) => kind)).deepEqual(["joined"]);
    should(others.map(({ kind }) => kind)).deepEqual(["joined", "refused"]);
    await other.close();
  });

  it("fails datagrams that a slow link can't take at once, and warns with their number while that lasts", async () => {
    await say("first");
    const socket = system.sockets.at(-1);
    const send = socket?.send;
    if (!socket || !send) throw new Error("no socket was opened");
    const held: ((error: Error | null) => void)[] = [];
    Object.assign(socket, {
      send: (...args: readonly unknown[]) => held.push(callbackOf(args)),
      getSendQueueCount: () => held.length,
      getSendQueueSize: () => held.length,
    });
    for (let each = 0; each < 10_000; each += 1) sender.send(to(), Buffer.from("x"), () => {});
    const message = "The link on lo is slower than what is sent: 0 MiB (10000 datagrams) are waiting";
    should(await say("one too many")).containEql({ code: "ERR_MCAST_SEND", message });
    should(await say("and another")).containEql({ code: "ERR_MCAST_SEND" });
    system.pass(1_000);
    const warningsOf = (state: State | undefined) =>
      state && "warnings" in state ? state.warnings.map((warning) => warning.message) : undefined;
    should(states.map(({ kind }) => kind)).deepEqual(["joined", "joined", "joined"]);
    should(states.map(warningsOf)).deepEqual([[], ["Link too slow: 1 not sent"], ["Link too slow: 2 not sent"]]);
    for (const sent of held.splice(0)) sent(null);
    system.pass(4_000);
    should(sender.state).deepEqual({ kind: "joined", interfaces: ["lo"], warnings: [], standBy: [] });
  });

  it("keeps a copy of a message: five from one Buffer arrive as five", async () => {
    const reused = Buffer.from("0");
    const sent = ["1", "2", "3", "4", "5"].map((text) => {
      reused.write(text);
      return new Promise((resolve) => sender.send(to({ iface: "eth0" }), reused, resolve));
    });
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/32")] };
    system.pass();
    await Promise.all(sent);
    await listener.count(5);
    should(listener.texts).deepEqual(["1", "2", "3", "4", "5"]);
  });

  it("keeps a thousand messages for all senders and ways together", async () => {
    const other = multicast.sender();
    const ends: unknown[] = [];
    for (let each = 0; each < 501; each += 1) {
      sender.send(to({ iface: "eth0", ttl: (each % 250) + 1 }), Buffer.from("x"), (error) => ends.push(error?.code));
      other.send(to({ iface: "eth1" }), Buffer.from("x"), (error) => ends.push(error?.code));
    }
    should(ends).deepEqual(["ERR_MCAST_SEND", "ERR_MCAST_SEND"]);
    await other.close();
    should(ends.slice(2)).deepEqual(new Array(500).fill("ERR_MCAST_CLOSED"));
    sender.send(to({ iface: "eth0" }), Buffer.from("x"), (error) => ends.push(error?.code));
    should(ends).have.length(502);
  });

  it("keeps 16 MiB and no more", () => {
    const ends: unknown[] = [];
    const large = Buffer.alloc(65_507);
    for (let each = 0; each < 257; each += 1) sender.send(to({ iface: "eth0" }), large, (error) => ends.push(error?.message));
    should(ends).deepEqual(["Not sent: the queue is full (256 messages are waiting for an interface)"]);
    system.pass(12_000);
    should(ends).have.length(257);
    sender.send(to({ iface: "eth0" }), large, (error) => ends.push(error?.code));
    should(ends).have.length(257);
  });

  it("lists the interfaces once between two beats for any number of failed sends", async () => {
    await say("one");
    const socket = system.sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    socket.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("EPERM"));
    let scans = 0;
    system.networkInterfaces = () => {
      scans += 1;
      return system.interfaces;
    };
    for (let each = 0; each < 100; each += 1) await say("refused");
    should(scans).equal(1);
  });

  it("lists no interfaces for datagrams that wait: only the heartbeat does", async () => {
    const fields = { iface: "eth0" };
    sender.send(to(fields), Buffer.from("first"), () => {});
    let scans = 0;
    system.networkInterfaces = () => {
      scans += 1;
      return system.interfaces;
    };
    for (let each = 0; each < 10; each += 1) {
      system.pass(100);
      sender.send(to(fields), Buffer.from("next"), () => {});
    }
    should(scans).equal(0);
    system.pass();
    should(scans).equal(1);
  });

  it("has at most 256 paths, and closes the one that was not used for the longest time", async () => {
    for (let ttl = 0; ttl <= 255; ttl += 1) sender.send(to({ iface: "eth0", ttl }), Buffer.from("x"), () => {});
    should(multicast.sockets.sending).equal(256);
    const ends: unknown[] = [];
    sender.send(to({ iface: "eth0", ttl: 0 }), Buffer.from("used again"), (error) => ends.push(error));
    for (let ttl = 0; ttl <= 254; ttl += 1) sender.send(to({ iface: "eth1", ttl }), Buffer.from("x"), () => {});
    should(multicast.sockets.sending).equal(256);
    should(ends).be.empty();
    sender.send(to({ iface: "eth2" }), Buffer.from("x"), () => {});
    should(ends).match([{ code: "ERR_MCAST_SEND", reason: "send-crowded" }]); // the sender itself is open
  });

  it("shares 4,096 sockets with the other senders of the process, and then has one path", () => {
    const iface = (way: number) => Array.from({ length: 256 }, (_, each) => `eth${way}.${each}`);
    for (let way = 0; way < 16; way += 1) sender.send(to({ iface: iface(way) }), Buffer.from("x"), () => {});
    should(multicast.sockets.sending).equal(4_096);
    sender.send(to({ iface: iface(16) }), Buffer.from("x"), () => {});
    should(multicast.sockets.sending).equal(4_096);
    const other = multicast.sender();
    other.send(to({ iface: iface(17) }), Buffer.from("x"), () => {});
    sender.send(to({ iface: iface(18) }), Buffer.from("x"), () => {});
    should(multicast.sockets.sending).equal(4_096);
    return other.close();
  });

  it("closes a path that no datagram has used for a minute", async () => {
    await say("odd", { ttl: 7 });
    await say("usual");
    should(multicast.sockets.sending).equal(2);
    system.pass(70_000);
    should(multicast.sockets.sending).equal(1);
    should(await say("usual again")).be.undefined();
  });

  it("has the state of a destination before the first datagram, if it is opened", () => {
    sender.open(to());
    should(sender.state).deepEqual({ kind: "joined", interfaces: ["lo"], warnings: [], standBy: [] });
    should(sender.interfaces).deepEqual(["lo"]);
    sender.open(to({ iface: "eth0" }));
    should(sender.state.kind).equal("waiting");
    should(sender.interfaces).be.empty();
  });

  it("has the state of the path that was used last", async () => {
    await say("one");
    sender.send(to({ iface: "eth0" }), Buffer.from("waits"), () => {});
    should(sender.state.kind).equal("waiting");
    await say("two");
    should(sender.state.kind).equal("joined");
    should(states.map(({ kind }) => kind)).deepEqual(["joined", "waiting", "joined"]);
  });

  it("recognizes its own datagrams on any of its paths, and no others", async () => {
    const other = multicast.sender({}, { isPrivate: true });
    await say("one");
    await say("two", { ttl: 3 });
    await new Promise((resolve) => other.send(to(), Buffer.from("three"), resolve));
    const heard = await listener.count(3);
    should(heard.map((each) => [each.text, sender.isSourceOf(each.sender)])).deepEqual([
      ["one", true],
      ["two", true],
      ["three", false],
    ]);
    await other.close();
  });

  it("gives a reply once, although two of its paths share the socket", async () => {
    const replies: string[] = [];
    const asking = multicast.sender({ onReply: (payload) => replies.push(String(payload)) });
    const sourcePort = await freePort();
    for (const ttl of [1, 2]) {
      await new Promise((resolve) => asking.send(to({ sourcePort, ttl }), Buffer.from("hello"), resolve));
    }
    const device = createSocket("udp4");
    await new Promise((resolve) => device.send("a reply", sourcePort, LO, resolve));
    device.close();
    while (replies.length === 0) await new Promise(setImmediate);
    should(replies).deepEqual(["a reply"]);
    await asking.close();
  });

  it("ends every datagram that waits, and closes, although the callback of the first one throws", async () => {
    const warning = once(process, "warning");
    const asking = multicast.sender();
    const ends: unknown[] = [];
    asking.send(to({ iface: "eth0" }), Buffer.from("one"), () => {
      throw new Error("broken callback");
    });
    for (const text of ["two", "three"]) asking.send(to({ iface: "eth0" }), Buffer.from(text), (error) => ends.push(error?.code));
    await asking.close();
    should(ends).deepEqual(["ERR_MCAST_CLOSED", "ERR_MCAST_CLOSED"]);
    should((await warning)[0].message).match(/broken callback/);
  });

  it("reports errors of onState and onReply as warnings of the process", async () => {
    const broken = (): never => {
      throw new Error("broken listener of a sender");
    };
    const asking = multicast.sender({ onState: broken, onReply: broken }, { isPrivate: true });
    const warnings: string[] = [];
    const onWarning = ({ message }: Error) => warnings.push(message);
    process.on("warning", onWarning);
    await new Promise((resolve) => asking.send(to(), Buffer.from("hello"), resolve));
    const [heard] = await listener.count(1);
    const device = createSocket("udp4");
    await new Promise((resolve) => device.send("a reply", heard?.sender.port, LO, resolve));
    device.close();
    while (warnings.length < 2) await new Promise(setImmediate);
    process.off("warning", onWarning);
    should(warnings).matchEach(/broken listener of a sender/);
    await asking.close();
  });
});
