import { createSocket } from "node:dgram";
import should from "should";
import type { McastError } from "../../../src/lib/errors";
import { Multicast } from "../../../src/lib/multicast";
import { destination, joinOptions } from "../../../src/lib/options/options";
import type { Membership } from "../../../src/lib/receive/membership";
import { Requester } from "../../../src/lib/requester";
import type { Sender } from "../../../src/lib/send/sender";
import type { State } from "../../../src/lib/state";
import { Ear, freePort, LO } from "../../support/loopback";
import { callbackOf, ipv4, ipv6, systemRefusal, TestSystem } from "../../support/test-system";

describe("sending", () => {
  let system: TestSystem;
  let multicast: Multicast;
  let port: number;
  let sender: Sender;
  let states: State[];
  let membership: Membership;
  let ear: Ear;

  const to = (fields = {}) => destination({ group: "239.255.1.1", port, iface: LO, ...fields });
  const say = (text: string | Buffer, fields = {}) =>
    new Promise<McastError | undefined>((resolve) => sender.send(to(fields), Buffer.from(text), resolve));

  beforeEach(async () => {
    system = new TestSystem();
    multicast = new Multicast(system);
    port = await freePort();
    states = [];
    sender = multicast.sender({ onState: (state) => states.push(state) });
    ear = new Ear();
    membership = multicast.join(joinOptions({ group: "239.255.1.1", port, iface: LO }), ear);
  });
  afterEach(async () => {
    await Promise.all([sender.close(), membership.leave()]);
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    should(system.timers).equal(0);
  });

  it("opens nothing before the first message", () => {
    should(multicast.sockets.sending).equal(0);
    should(sender.state.kind).equal("closed");
  });

  it("hands over a datagram within the call, and tells when the system has taken it", async () => {
    should(await say("hello")).be.undefined();
    await ear.count(1);
    should(states).deepEqual([{ kind: "joined", interfaces: ["lo"], warnings: [] }]);
  });

  for (const [what, payload] of [
    ["no bytes at all", Buffer.alloc(0)],
    ["65507 bytes", Buffer.alloc(65507, 7)],
    ["bytes that are no text", Buffer.from([0xff, 0xfe, 0, 0x80])],
  ] as const) {
    it(`carries ${what}`, async () => {
      await say(payload);
      const [heard] = await ear.count(1);
      should(heard?.payload.equals(payload)).be.true();
    });
  }

  it("shares a socket among all who send the same way, and tells other ways apart", async () => {
    const other = multicast.sender();
    await say("one");
    await new Promise((resolve) => other.send(to({ group: "239.255.1.2", port: port + 1 }), Buffer.from("two"), resolve));
    should(multicast.sockets.sending).equal(1);
    await say("three", { ttl: 2 });
    await say("four", { loopback: false });
    should(multicast.sockets.sending).equal(3);
    await other.close();
    should(multicast.sockets.sending).equal(3);
  });

  it("sends two datagrams of one tick each with its own TTL and loopback", async () => {
    const settings: unknown[] = [];
    const open = system.open.bind(system);
    system.open = (opening) => {
      const socket = open(opening);
      return Object.assign(socket, {
        setMulticastTTL: (ttl: number) => settings.push(ttl),
        setMulticastLoopback: (loopback: boolean) => settings.push(loopback),
      });
    };
    await Promise.all([say("near", { ttl: 1 }), say("far", { ttl: 3, loopback: false })]);
    should(settings).deepEqual([1, true, 3, false]);
    const ports = (await ear.count(2)).map(({ sender }) => sender.port);
    should(new Set(ports).size).equal(2);
  });

  it("loses nothing of what was handed over when it is closed in the same tick", async () => {
    const sent: unknown[] = [];
    for (let each = 0; each < 50; each += 1) sender.send(to(), Buffer.from(String(each)), (error) => sent.push(error));
    await sender.close();
    should(sent).deepEqual(new Array(50).fill(undefined));
    await ear.count(50);
  });

  it("refuses what comes after it was closed", async () => {
    await say("one");
    await sender.close();
    should(await say("two")).containEql({ code: "ERR_MCAST_CLOSED" });
  });

  it("keeps a message that comes before its interface, and sends it when that is there, in order", async () => {
    const sent = [say("one", { iface: "eth0" }), say("two", { iface: "eth0" })];
    should(sender.state).have.propertyByPath("reason", "message").equal("waiting for eth0");
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/8")] };
    system.pass();
    should(await Promise.all(sent)).deepEqual([undefined, undefined]);
    await ear.count(2);
    should(ear.texts).deepEqual(["one", "two"]);
    should(states.map(({ kind }) => kind)).deepEqual(["waiting", "joined"]);
  });

  it("keeps it ten seconds, and then tells what it waited for", async () => {
    let error: McastError | undefined;
    sender.send(to({ iface: "eth0" }), Buffer.from("late"), (refusal) => {
      error = refusal;
    });
    system.pass(8_000);
    should(error).be.undefined();
    system.pass(4_000);
    should(error).containEql({ code: "ERR_MCAST_INTERFACE", message: "not sent, after 10 s of waiting for eth0" });
  });

  it("tells of a message for which there was no network at all, and of one for which an interface is to be chosen", () => {
    const errors: unknown[] = [];
    const give = () => sender.send(to({ iface: "default" }), Buffer.from("late"), (error) => errors.push(error?.message));
    system.interfaces = {};
    give();
    system.pass(12_000);
    system.interfaces = { eth0: [ipv4("127.0.0.2/8")], eth1: [ipv4("127.0.0.3/8")] };
    system.pass();
    give();
    system.pass(12_000);
    should(errors).deepEqual(["not sent, after 10 s of waiting for a network", "choose an interface: no route decides between eth0, eth1"]);
  });

  it("tells of a message what else kept it: an interface without an address of its family, or a port that is held", () => {
    const errors: unknown[] = [];
    const give = (fields: object) => sender.send(to(fields), Buffer.from("late"), (error) => errors.push([error?.code, error?.message]));
    give({ group: "ff02::1:7", iface: "lo" });
    give({ iface: "eth0", sourcePort: 5000 });
    system.pass(6_000);
    system.refuse = ({ port: wanted }) => (wanted === 5000 ? "EADDRINUSE" : undefined);
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/8")] };
    system.pass(6_000);
    should(errors).deepEqual([
      ["ERR_MCAST_INTERFACE", "waiting for an IPv6 address on lo"],
      ["ERR_MCAST_BIND", "port 5000 is held by a program that does not share it"],
    ]);
  });

  it("keeps a thousand messages and no more, and tells those that it keeps when it is closed", async () => {
    const kept: unknown[] = [];
    for (let each = 0; each < 1_000; each += 1) sender.send(to({ iface: "eth0" }), Buffer.from("x"), (error) => kept.push(error?.code));
    should(await say("one too many", { iface: "eth0" })).containEql({ code: "ERR_MCAST_SEND" });
    should(kept).be.empty();
    await sender.close();
    should(new Set(kept)).deepEqual(new Set(["ERR_MCAST_CLOSED"]));
    should(kept).have.length(1_000);
  });

  it("keeps a copy of a message: five from one Buffer arrive as five", async () => {
    const reused = Buffer.from("0");
    const sent = ["1", "2", "3", "4", "5"].map((text) => {
      reused.write(text);
      return new Promise((resolve) => sender.send(to({ iface: "eth0" }), reused, resolve));
    });
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/8")] };
    system.pass();
    await Promise.all(sent);
    await ear.count(5);
    should(ear.texts).deepEqual(["1", "2", "3", "4", "5"]);
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
    should(ends).deepEqual(["256 messages wait already for an interface: this one is not sent"]);
    system.pass(12_000);
    should(ends).have.length(257);
    sender.send(to({ iface: "eth0" }), large, (error) => ends.push(error?.code));
    should(ends).have.length(257);
  });

  it("fails what a slow link can't take at once, and warns with its number while that lasts", async () => {
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
    const message = "the link on lo is slower than what is sent: 0 MiB (10000 datagrams) are waiting";
    should(await say("one too many")).containEql({ code: "ERR_MCAST_SEND", message });
    should(await say("and another")).containEql({ code: "ERR_MCAST_SEND" });
    system.pass(1_000);
    const warningsOf = (state: State | undefined) =>
      state && "warnings" in state ? state.warnings.map((warning) => warning.message) : undefined;
    should(states.map(({ kind }) => kind)).deepEqual(["joined", "joined", "joined"]);
    should(states.map(warningsOf)).deepEqual([[], ["link too slow: 1 not sent"], ["link too slow: 2 not sent"]]);
    for (const sent of held.splice(0)) sent(null);
    system.pass(4_000);
    should(sender.state).deepEqual({ kind: "joined", interfaces: ["lo"], warnings: [] });
  });

  it("sends a copy on each of several interfaces, each from its own address", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/8")], eth1: [ipv4("127.0.0.3/8")] };
    should(await say("hello", { iface: "all" })).be.undefined();
    const heard = await ear.count(2);
    should(heard.map(({ sender: { address } }) => address).sort()).deepEqual(["127.0.0.2", "127.0.0.3"]);
  });

  it("sends on one interface although another fails, and tells of it once", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/8")], eth1: [ipv4("127.0.0.3/8")] };
    await say("first", { iface: "all" });
    const broken = system.sockets.at(-1);
    should(broken).be.ok();
    if (broken) broken.send = (...args: readonly unknown[]) => answer(args, systemRefusal("EPERM"));
    should(await say("second", { iface: "all" })).containEql({
      code: "ERR_MCAST_SEND",
      message: "sending on eth1 is blocked by the local firewall",
    });
    should((await ear.count(3)).map(({ text }) => text)).deepEqual(["first", "first", "second"]);
    should(states.at(-1)).containEql({ kind: "waiting", interfaces: ["eth0"] });
  });

  it("asks nothing any more once it is closed", async () => {
    const requester = new Requester(multicast, () => {});
    await requester.close();
    let error: McastError | undefined;
    requester.request(to(), Buffer.from("who?"), 1_000, (refusal) => {
      error = refusal;
    });
    should(error).containEql({ code: "ERR_MCAST_CLOSED" });
    should(multicast.sockets.sending).equal(0);
  });

  it("collects answers where one interface took the question, although another refused", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/8")], eth1: [ipv4("127.0.0.3/8")] };
    const open = system.open.bind(system);
    system.open = (opening) => {
      const socket = open(opening);
      if (system.sockets.length > 2) socket.send = (...args: readonly unknown[]) => answer(args, systemRefusal("EPERM"));
      return socket;
    };
    const requester = new Requester(multicast, () => {});
    const answers = new Promise<readonly unknown[]>((resolve) => {
      requester.request(to({ iface: "all" }), Buffer.from("who?"), 1_000, (error, { replies }) =>
        resolve([error, ...replies.map(({ payload }) => String(payload))]),
      );
    });
    const [heard] = await ear.count(1);
    const device = createSocket("udp4");
    await new Promise((resolve) => device.send("me", heard?.sender.port, heard?.sender.address, resolve));
    device.close();
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate); // what is in the socket is read by then
    system.pass(1_000);
    should(await answers).deepEqual([undefined, "me"]);
    await requester.close();
  });

  it("tells why the system refuses, and that it does so no longer", async () => {
    await say("one");
    const socket = system.sockets.at(-1);
    const send = socket?.send;
    if (!socket || !send) throw new Error("no socket was opened");
    socket.send = (...args: readonly unknown[]) => answer(args, systemRefusal("ENETUNREACH"));
    should(await say("two")).containEql({ code: "ERR_MCAST_SEND", message: "no network, or no route, on lo" });
    should(states.at(-1)?.kind).equal("refused");
    socket.send = send;
    should(await say("three")).be.undefined();
    should(states.at(-1)?.kind).equal("joined");
  });

  it("knows what it has sent although its interface got another address since", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/8")] };
    await say("one", { iface: "eth0" });
    const [{ sender: first } = { sender: undefined }] = await ear.count(1);
    if (!first) throw new Error("nothing was heard");
    const later = { ...first, address: "127.0.0.3" };
    should([sender.isSourceOf(first), sender.isSourceOf(later)]).deepEqual([true, false]);
    system.interfaces = { eth0: [ipv4("127.0.0.2/8"), ipv4("127.0.0.3/8")] };
    system.pass();
    should([sender.isSourceOf(first), sender.isSourceOf(later)]).deepEqual([true, true]);
  });

  it("opens anew when the address was replaced, and not even that datagram is lost", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/8")] };
    await say("one", { iface: "eth0" });
    const socket = system.sockets.at(-1);
    if (socket) socket.send = (...args: readonly unknown[]) => answer(args, systemRefusal("EADDRNOTAVAIL"));
    system.interfaces = { eth0: [ipv4("127.0.0.3/8")] };
    should(await say("two", { iface: "eth0" })).be.undefined();
    should((await ear.count(2))[1])
      .have.propertyByPath("sender", "address")
      .equal("127.0.0.3");
  });

  it("changes its state a few times between two beats, however often a firewall changes its mind", async () => {
    await say("one");
    const socket = system.sockets.at(-1);
    const send = socket?.send;
    if (!socket || !send) throw new Error("no socket was opened");
    let count = 0;
    socket.send = (...args: readonly unknown[]) => {
      count += 1;
      setImmediate(callbackOf(args), count % 2 ? systemRefusal("EPERM") : null);
    };
    for (let each = 0; each < 100; each += 1) await say("every other");
    should(states.length).be.belowOrEqual(5);
    await say("refused");
    system.pass();
    should(sender.state.kind).equal("refused");
    socket.send = send;
    await say("sent");
    should(sender.state.kind).equal("joined");
  });

  it("looks at the interfaces once between two beats, however many sends fail", async () => {
    await say("one");
    const socket = system.sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    socket.send = (...args: readonly unknown[]) => answer(args, systemRefusal("EPERM"));
    let scans = 0;
    system.networkInterfaces = () => {
      scans += 1;
      return system.interfaces;
    };
    for (let each = 0; each < 100; each += 1) await say("refused");
    should(scans).equal(1);
  });

  it("shows nobody the errors of another who shares the socket", async () => {
    const others: State[] = [];
    const other = multicast.sender({ onState: (state) => others.push(state) });
    await say("one");
    const socket = system.sockets.at(-1);
    const send = socket?.send;
    if (!socket || !send) throw new Error("no socket was opened");
    socket.send = (...args: readonly unknown[]) => answer(args, systemRefusal("EPERM"));
    await new Promise((resolve) => other.send(to(), Buffer.from("blocked"), resolve));
    socket.send = send;
    await say("two");
    should(states.map(({ kind }) => kind)).deepEqual(["joined"]);
    should(others.map(({ kind }) => kind)).deepEqual(["joined", "refused"]);
    await other.close();
  });

  it("survives an error of a socket that sends", async () => {
    await say("one");
    system.sockets.at(-1)?.emit("error", systemRefusal("ENETDOWN"));
    should(await say("two")).be.undefined();
  });

  it("closes a socket that does nothing but fail, and opens it anew at the next beat", async () => {
    await say("one");
    const socket = system.sockets.at(-1);
    let isClosed = false;
    socket?.on("close", () => {
      isClosed = true;
    });
    const opened = system.openings.length;
    for (let each = 0; each < 1_000; each += 1) socket?.emit("error", systemRefusal("EIO"));
    await new Promise(setImmediate);
    should(isClosed).be.true();
    should(system.openings.length).equal(opened);
    should(await say("lost")).containEql({ code: "ERR_MCAST_SEND", message: "the system refuses to send on lo (EIO)" });
    system.pass();
    should(system.openings.length).equal(opened + 1);
    should(await say("two")).be.undefined();
  });

  it("has at most 256 ways, of which the one that was not used for the longest time is given up", async () => {
    for (let ttl = 0; ttl <= 255; ttl += 1) sender.send(to({ iface: "eth0", ttl }), Buffer.from("x"), () => {});
    should(multicast.sockets.sending).equal(256);
    const ends: unknown[] = [];
    sender.send(to({ iface: "eth0", ttl: 0 }), Buffer.from("used again"), (error) => ends.push(error));
    for (let ttl = 0; ttl <= 254; ttl += 1) sender.send(to({ iface: "eth1", ttl }), Buffer.from("x"), () => {});
    should(multicast.sockets.sending).equal(256);
    should(ends).be.empty();
    sender.send(to({ iface: "eth2" }), Buffer.from("x"), () => {});
    should(ends).match([{ code: "ERR_MCAST_CLOSED" }]);
  });

  it("has at most 4,096 sockets, and then one way", () => {
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

  it("opens nothing any more when it is closed, even where a send fails after the second that it had", async () => {
    await say("one");
    const opened = system.openings.length;
    const socket = system.sockets.at(-1);
    let fail: () => void = () => {};
    if (socket) {
      socket.send = (...args: readonly unknown[]) => {
        fail = () => answer(args, systemRefusal("ECANCELED"));
      };
    }
    const sent = say("two");
    const closed = sender.close();
    system.pass(1_000);
    await new Promise(setImmediate);
    system.pass(100);
    await closed;
    fail();
    should(await sent).containEql({ code: "ERR_MCAST_CLOSED" });
    should(system.openings.length).equal(opened);
  });

  it("calls back once even where the socket throws", async () => {
    await say("one");
    const socket = system.sockets.at(-1);
    if (socket)
      socket.send = () => {
        throw systemRefusal("ERR_SOCKET_DGRAM_NOT_RUNNING");
      };
    should(await say("two")).containEql({ code: "ERR_MCAST_SEND" });
  });

  it("gives up a way that no message has asked for in a minute", async () => {
    await say("odd", { ttl: 7 });
    await say("usual");
    should(multicast.sockets.sending).equal(2);
    system.pass(70_000);
    should(multicast.sockets.sending).equal(1);
    should(await say("usual again")).be.undefined();
  });

  it("takes an IPv6 interface by its zone alone", async () => {
    system.interfaces = { eth0: [ipv6("fe80::1/64", 7)] };
    const chosen: string[] = [];
    const open = system.open.bind(system);
    system.open = (opening) => {
      const socket = open({ ...opening, type: "udp4", address: "0.0.0.0" });
      return Object.assign(socket, { setMulticastInterface: (zone: string) => chosen.push(zone) });
    };
    sender.send(destination({ group: "ff02::1:7%eth0", port }), Buffer.from("x"), () => {});
    should(chosen).deepEqual(["::%eth0"]);
  });
});

// Answers a dgram send as the system would, a tick later.
function answer(args: readonly unknown[], error: Error): void {
  setImmediate(callbackOf(args), error);
}
