import should from "should";
import { destination } from "../../../src/lib/options/options";
import { sendSocketKey, unicastSocketKey } from "../../../src/lib/sockets/send-socket";
import { freePort, LO } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { TestSender } from "../../support/test-sender";
import { failSend, ipv4, ipv6, systemRefusal } from "../../support/test-system";

describe("the key of a send socket", () => {
  const key = (fields = {}, owner = "") =>
    sendSocketKey(destination({ group: "239.255.1.1", port: 5000, ...fields }), { name: "eth0" }, owner);

  it("is the same for every group and port of a family", () => {
    should(key({ group: "239.255.1.2", port: 5001 })).deepEqual(key());
    should(key({ group: "ff02::1" })).not.deepEqual(key());
  });

  it("differs by TTL, loopback and owner while the source port is any", () => {
    for (const other of [key({ ttl: 2 }), key({ loopback: false }), key({}, "7")]) should(other).not.deepEqual(key());
  });

  it("of a fixed source port is that of the unicast listener, whatever the TTL, the loopback and the owner", () => {
    const fixed = unicastSocketKey("IPv4", { name: "eth0" }, 4000);
    should(key({ sourcePort: 4000, ttl: 2, loopback: false }, "7")).deepEqual(fixed);
    should(key({ sourcePort: "group" })).deepEqual(unicastSocketKey("IPv4", { name: "eth0" }, 5000));
  });

  it("of an optional source port is not that of the unicast listener, which must have its port", () => {
    const optional = { ...destination({ group: "239.255.1.1", port: 5000, sourcePort: 4000 }), isPortOptional: true };
    should(sendSocketKey(optional, { name: "eth0" }, "")).not.deepEqual(unicastSocketKey("IPv4", { name: "eth0" }, 4000));
  });
});

describe("a send socket", () => {
  let test: TestSender;
  let system: TestSender["system"];
  let multicast: TestSender["multicast"];
  let port: TestSender["port"];
  let sender: TestSender["sender"];
  let listener: TestSender["listener"];
  let to: TestSender["to"];
  let say: TestSender["say"];

  beforeEach(async () => {
    test = await TestSender.create();
    ({ system, multicast, port, sender, listener, to, say } = test);
  });
  afterEach(() => test.close());

  it("takes any port in place of an optional one that another program does not share, and reports it", async () => {
    const held = await freePort();
    const sayFrom = (text: string) =>
      new Promise((resolve) => sender.send({ ...to({ sourcePort: held }), isPortOptional: true }, Buffer.from(text), resolve));
    system.refuse = ({ port: asked }) => (asked === held ? "EADDRINUSE" : undefined);
    await sayFrom("from any port");
    await listener.count(1);
    should(listener.heard[0]?.sender.port).not.equal(held);
    should(sender.hasFixedPort).be.false();
  });

  it("sends from an optional port that is free, and shares it with other processes", async () => {
    const shared = await freePort();
    const other = await TestMulticast.create();
    const elsewhere = other.multicast.sender();
    for (const each of [sender, elsewhere]) {
      await new Promise((resolve) => each.send({ ...to({ sourcePort: shared }), isPortOptional: true }, Buffer.from("hello"), resolve));
      should(each.hasFixedPort).be.true();
    }
    await listener.count(2);
    should(listener.heard.map(({ sender: from }) => from.port)).deepEqual([shared, shared]);
    await elsewhere.close();
    await other.close();
  });

  it("is shared by senders that send in the same way, and by no others", async () => {
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

  it("recognises its datagrams although its interface has got another address since", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")] };
    await say("one", { iface: "eth0" });
    const [{ sender: first } = { sender: undefined }] = await listener.count(1);
    if (!first) throw new Error("nothing was heard");
    const later = { ...first, address: "127.0.0.3" };
    should([sender.isSourceOf(first), sender.isSourceOf(later)]).deepEqual([true, false]);
    system.interfaces = { eth0: [ipv4("127.0.0.2/32"), ipv4("127.0.0.3/32")] };
    system.pass();
    should([sender.isSourceOf(first), sender.isSourceOf(later)]).deepEqual([true, true]);
  });

  it("is opened anew when the address was replaced, so that not even that datagram is lost", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")] };
    await say("one", { iface: "eth0" });
    const socket = system.sockets.at(-1);
    if (socket) socket.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("EADDRNOTAVAIL"));
    system.interfaces = { eth0: [ipv4("127.0.0.3/32")] };
    should(await say("two", { iface: "eth0" })).be.undefined();
    should((await listener.count(2))[1])
      .have.propertyByPath("sender", "address")
      .equal("127.0.0.3");
  });

  it("works after an error event", async () => {
    await say("one");
    system.sockets.at(-1)?.emit("error", systemRefusal("ENETDOWN"));
    should(await say("two")).be.undefined();
  });

  it("is closed when it does nothing but fail, and opened anew at the next beat", async () => {
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
    should(await say("lost")).containEql({ code: "ERR_MCAST_SEND", message: "The system refused to send on lo (EIO)" });
    system.pass();
    should(system.openings.length).equal(opened + 1);
    should(await say("two")).be.undefined();
  });

  it("is not opened again after it was closed, although a send fails after the second that it had", async () => {
    await say("one");
    const opened = system.openings.length;
    const socket = system.sockets.at(-1);
    let fail: () => void = () => {};
    if (socket) {
      socket.send = (...args: readonly unknown[]) => {
        fail = () => failSend(args, systemRefusal("ECANCELED"));
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

  it("selects an IPv6 interface by its zone", async () => {
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

  it("binds a fixed source port on the interface's own address, and shares it with other programs", async () => {
    const sourcePort = await freePort();
    await say("fixed", { sourcePort });
    should(system.openings.at(-1)).deepEqual({ type: "udp4", address: LO, port: sourcePort, shared: true });
    await say("any", { iface: "lo" });
    should(system.openings.at(-1)).deepEqual({ type: "udp4", address: "0.0.0.0", port: 0, shared: false });
  });

  it("is bound to a named address, which is then the source of its datagrams", async () => {
    await say("named", { iface: LO });
    should(system.openings.at(-1)).deepEqual({ type: "udp4", address: LO, port: 0, shared: false });
  });

  it("is opened anew when its interface was re-created, which the system shows by refusing to select it", async () => {
    await say("one");
    const socket = system.sockets.at(-1);
    if (socket) {
      socket.setMulticastInterface = () => {
        throw systemRefusal("EADDRNOTAVAIL");
      };
    }
    system.pass();
    should(system.sockets.at(-1)).not.equal(socket);
    should(await say("two")).be.undefined();
    await listener.count(2);
  });
});
