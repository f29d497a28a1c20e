import { createSocket } from "node:dgram";
import should from "should";
import type { Multicast } from "../../src/lib/multicast";
import { destination, joinOptions } from "../../src/lib/options/options";
import type { Membership } from "../../src/lib/receive/membership";
import { joinedInKernel, LO, ownGroup, RecordingListener } from "../support/loopback";
import { TestMulticast } from "../support/test-multicast";
import { failSend, ipv4, systemRefusal, type TestSystem } from "../support/test-system";

describe("the multicast of a process", () => {
  let test: TestMulticast;
  let system: TestSystem;
  let multicast: Multicast;
  let port: number;
  let memberships: readonly Membership[];
  let join: TestMulticast["join"];
  let say: TestMulticast["say"];
  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ system, multicast, port, memberships, join, say } = test);
  });
  afterEach(() => test.close());

  it("joins within the call, so that the listener gets a datagram of the next line", async () => {
    const listener = new RecordingListener();
    should(join("239.255.1.1", listener).state).deepEqual({ kind: "joined", interfaces: ["lo"], warnings: [], standBy: [] });
    await say("239.255.1.1", "hello");
    const [heard] = await listener.count(1);
    should(heard?.text).equal("hello");
    should(heard?.arrival).deepEqual({ group: "239.255.1.1", port, interface: "lo" });
    should(heard?.sender).containEql({ address: LO, family: "IPv4" });
  });

  it("shares one socket among users of the same group, and gives each its own copy of the payload", async () => {
    const group = ownGroup();
    const listeners = [new RecordingListener(), new RecordingListener(), new RecordingListener()];
    for (const listener of listeners) join(group, listener);
    should(multicast.sockets.receiving).equal(1);
    should(joinedInKernel(group)).equal(1);
    await say(group, "once");
    const payloads = await Promise.all(listeners.map(async (listener) => (await listener.count(1))[0]?.payload));
    payloads[0]?.fill("x");
    should(payloads.map(String)).deepEqual(["xxxx", "once", "once"]);
  });

  it("keeps the group joined for the second user when the first leaves, even twice", async () => {
    const [first, second] = [new RecordingListener(), new RecordingListener()];
    const membership = join("239.255.1.1", first);
    join("239.255.1.1", second);
    await membership.leave();
    await membership.leave();
    await say("239.255.1.1", "still there?");
    await second.count(1);
    should(first.texts).be.empty();
  });

  it("leaves the group with the last user", async () => {
    const group = ownGroup();
    const both = [join(group, new RecordingListener()), join(group, new RecordingListener())];
    should(joinedInKernel(group)).equal(1);
    await both[0]?.leave();
    should(joinedInKernel(group)).equal(1);
    await both[1]?.leave();
    should(joinedInKernel(group)).equal(0);
  });

  it("joins more groups than one socket could", async () => {
    const listener = new RecordingListener();
    for (let each = 0; each < 100; each += 1) join(`239.255.3.${each}`, listener);
    should(memberships.every((membership) => membership.state.kind === "joined")).be.true();
    await say("239.255.3.99", "the hundredth");
    await listener.count(1);
  });

  it("shares one socket among users that allow the same senders, in whatever order", async () => {
    join("232.255.1.1", new RecordingListener(), { allow: ["127.0.0.2", "127.0.0.3"] });
    join("232.255.1.1", new RecordingListener(), { allow: "127.0.0.3, 127.0.0.2" });
    should(multicast.sockets.receiving).equal(1);
  });

  it("opens one socket each for users of another group, port or interface", () => {
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/32")] };
    join("239.255.1.1", new RecordingListener());
    join("239.255.1.2", new RecordingListener());
    join("239.255.1.1", new RecordingListener(), { port: port + 1 });
    join("239.255.1.1", new RecordingListener(), { iface: "eth0" });
    should(multicast.sockets).deepEqual({ receiving: 4, sending: 0 });
  });

  it("listens for unicast on the interface's own address, and gives the port back when the last listener leaves", async () => {
    const [one, two] = [new RecordingListener(), new RecordingListener()];
    const options = joinOptions({ group: "239.255.1.1", port, iface: LO });
    const open = [one, two].map((listener) => multicast.listenUnicast(options, listener));
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 1 });
    const socket = createSocket("udp4");
    socket.send("to the host", port, LO, () => socket.close());
    for (const listener of [one, two]) should((await listener.count(1))[0]?.arrival).deepEqual({ port, interface: "lo" });
    should(system.openings.at(-1)).containEql({ address: LO, port, shared: true });
    await Promise.all(open.map((membership) => membership.leave()));
    should(multicast.sockets.sending).equal(0);
  });

  it("gives senders one socket that send in the same way, and a private one to a sender that wants replies", async () => {
    const to = destination({ group: "239.255.1.1", port, iface: LO });
    const senders = [multicast.sender(), multicast.sender(), multicast.sender({}, { isPrivate: true })];
    for (const sender of senders) await new Promise((resolve) => sender.send(to, Buffer.from("hello"), resolve));
    should(multicast.sockets.sending).equal(2);
    await Promise.all(senders.map((sender) => sender.close()));
  });

  it("lists the interfaces that are up and have an address", () => {
    should(multicast.network().interfaces.map(({ name }) => name)).deepEqual(["lo"]);
  });

  it("has the clock and the timer of the system", () => {
    const called: number[] = [];
    const begun = multicast.now();
    multicast.after(500, () => called.push(multicast.now() - begun));
    const cancel = multicast.after(600, () => called.push(0));
    cancel();
    system.pass(1_000);
    should(called).deepEqual([500]);
  });

  it("lists the interfaces once between two beats for failed sends, however many sockets fail", async () => {
    const sender = multicast.sender();
    const send = (ttl: number) =>
      new Promise((resolve) => sender.send(destination({ group: "239.255.1.1", port, iface: LO, ttl }), Buffer.from("x"), resolve));
    for (const ttl of [1, 2]) await send(ttl);
    for (const socket of system.sockets) socket.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("EPERM"));
    let scans = 0;
    system.networkInterfaces = () => {
      scans += 1;
      return system.interfaces;
    };
    for (let each = 0; each < 100; each += 1) await send(1 + (each % 2));
    should(scans).equal(1);
    await sender.close();
  });

  it("has no timer without a listener and a sender", async () => {
    const membership = join("239.255.1.1", new RecordingListener());
    should(system.timers).equal(1);
    await membership.leave();
    should(system.timers).equal(0);
  });
});
