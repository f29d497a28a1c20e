import { createSocket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import { GroupSubscription } from "../../src/lib/group-subscription";
import { Multicast } from "../../src/lib/multicast";
import { destination, joinOptions } from "../../src/lib/options/options";
import type { Membership } from "../../src/lib/receive/membership";
import { Ear, freePort, joinedInKernel, LO, ownGroup, sayFrom } from "../support/loopback";
import { end, hog, joiner, otherProcess } from "../support/other-process";
import { ipv4, ipv6, systemRefusal, TestSystem } from "../support/test-system";

describe("joining", () => {
  let system: TestSystem;
  let multicast: Multicast;
  let port: number;
  let memberships: Membership[];

  const join = (group: string, ear: Ear, fields = {}) => {
    const membership = multicast.join(joinOptions({ group, port, iface: LO, ...fields }), ear);
    memberships.push(membership);
    return membership;
  };
  const say = async (group: string, text: string | Buffer) => {
    const sender = multicast.sender();
    await new Promise<void>((resolve, reject) =>
      sender.send(destination({ group, port, iface: LO }), Buffer.from(text), (error) => (error ? reject(error) : resolve())),
    );
    await sender.close();
  };

  beforeEach(async () => {
    system = new TestSystem();
    multicast = new Multicast(system);
    memberships = [];
    port = await freePort();
  });
  afterEach(async () => {
    await Promise.all(memberships.map((membership) => membership.leave()));
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    should(system.timers).equal(0);
  });

  it("is done within the call: what is said in the next line is heard", async () => {
    const ear = new Ear();
    should(join("239.255.1.1", ear).state).deepEqual({ kind: "joined", interfaces: ["lo"], warnings: [] });
    await say("239.255.1.1", "hello");
    const [heard] = await ear.count(1);
    should(heard?.text).equal("hello");
    should(heard?.arrival).deepEqual({ group: "239.255.1.1", port, interface: "lo" });
    should(heard?.sender).containEql({ address: LO, family: "IPv4" });
  });

  it("keeps two groups on one port apart", async () => {
    const one = new Ear();
    const two = new Ear();
    join("239.255.1.1", one);
    join("239.255.1.2", two);
    await say("239.255.1.1", "for one");
    await say("239.255.1.2", "for two");
    await Promise.all([one.count(1), two.count(1)]);
    should([one.texts, two.texts]).deepEqual([["for one"], ["for two"]]);
  });

  it("brings nothing of a group that another process joined", async () => {
    const other = await otherProcess(joiner("239.255.1.2", port));
    try {
      const ear = new Ear();
      join("239.255.1.1", ear);
      await say("239.255.1.2", "for the other process");
      await say("239.255.1.1", "for us");
      await ear.count(1);
      should(ear.texts).deepEqual(["for us"]);
    } finally {
      await end(other);
    }
  });

  it("shares one socket among all who want the same, and each has its own copy of the payload", async () => {
    const group = ownGroup();
    const ears = [new Ear(), new Ear(), new Ear()];
    for (const ear of ears) join(group, ear);
    should(multicast.sockets.receiving).equal(1);
    should(joinedInKernel(group)).equal(1);
    await say(group, "once");
    const payloads = await Promise.all(ears.map(async (ear) => (await ear.count(1))[0]?.payload));
    payloads[0]?.fill("x");
    should(payloads.map(String)).deepEqual(["xxxx", "once", "once"]);
  });

  it("gives the second listener what arrived, whatever the first does with its copy at once", async () => {
    const second = new Ear();
    const first = multicast.join(joinOptions({ group: "239.255.1.1", port, iface: LO }), { onDatagram: (payload) => payload.fill("x") });
    memberships.push(first);
    join("239.255.1.1", second);
    await say("239.255.1.1", "mine");
    await second.count(1);
    should(second.texts).deepEqual(["mine"]);
  });

  it("gives what arrived to nobody who joined because of it", async () => {
    const late = new Ear();
    const first = new Ear();
    join("239.255.1.1", Object.assign(first, { onDatagram: () => join("239.255.1.1", late) }));
    const last = new Ear();
    join("239.255.1.1", last);
    await say("239.255.1.1", "hello");
    await last.count(1);
    should(late.heard).be.empty();
  });

  it("hears once, as a set of groups, what comes in by an interface that was chosen under two names", async () => {
    const ear = new Ear();
    const groups = new GroupSubscription(multicast, ear);
    groups.join(["lo", LO].map((iface) => joinOptions({ group: "239.255.1.1", port, iface })));
    should(groups.joins).have.length(2);
    await say("239.255.1.1", "one");
    await say("239.255.1.1", "two");
    await ear.count(2);
    should(ear.texts).deepEqual(["one", "two"]);
    await groups.close();
  });

  it("leaves the second listener hearing when the first leaves, whichever came first", async () => {
    const [first, second] = [new Ear(), new Ear()];
    const membership = join("239.255.1.1", first);
    join("239.255.1.1", second);
    await membership.leave();
    await membership.leave();
    await say("239.255.1.1", "still there?");
    await second.count(1);
    should(first.texts).be.empty();
  });

  it("lets go of the group with the last listener", async () => {
    const group = ownGroup();
    const both = [join(group, new Ear()), join(group, new Ear())];
    should(joinedInKernel(group)).equal(1);
    await both[0]?.leave();
    should(joinedInKernel(group)).equal(1);
    await both[1]?.leave();
    should(joinedInKernel(group)).equal(0);
  });

  it("hears nothing after it has left", async () => {
    const [gone, there] = [new Ear(), new Ear()];
    const membership = join("239.255.1.1", gone);
    join("239.255.1.1", there);
    await say("239.255.1.1", "one");
    await there.count(1);
    const left = membership.leave();
    await say("239.255.1.1", "two");
    await there.count(2);
    await left;
    should(gone.texts).deepEqual(["one"]);
  });

  it("joins more groups than one socket could", async () => {
    const ear = new Ear();
    for (let each = 0; each < 100; each += 1) join(`239.255.3.${each}`, ear);
    should(memberships.every((membership) => membership.state.kind === "joined")).be.true();
    await say("239.255.3.99", "the hundredth");
    await ear.count(1);
  });

  it("tells of a port that is held by a program that does not share it, and joins when the port is free", async () => {
    const other = await otherProcess(hog(port));
    const ear = new Ear();
    const membership = join("239.255.1.1", ear);
    should(membership.state).containEql({ kind: "refused" });
    should(membership.state).have.property("reason").containEql({ code: "ERR_MCAST_BIND" });
    should(membership.state).have.propertyByPath("reason", "message").equal(`port ${port} is held by a program that does not share it`);
    system.pass();
    should(membership.state.kind).equal("refused");
    await end(other);
    system.pass(4_000);
    should(membership.state).deepEqual({ kind: "joined", interfaces: ["lo"], warnings: [] });
    await say("239.255.1.1", "at last");
    await ear.count(1);
  });

  it("asks ever more seldom, but at once when the interfaces change", () => {
    const asked: number[] = [];
    system.refuse = () => {
      asked.push(system.now());
      return "EACCES";
    };
    join("239.255.1.1", new Ear());
    system.pass(100_000);
    const gaps = asked.slice(1).map((time, position) => (time - (asked[position] ?? 0)) / 1_000);
    should(gaps).deepEqual([2, 2, 4, 8, 16, 30, 30]);
    system.refuse = () => undefined;
    system.pass();
    should(memberships[0]?.state.kind).equal("refused");
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/8")] };
    system.pass();
    should(memberships[0]?.state.kind).equal("joined");
  });

  it("finds a membership that was lost, and joins again within a heartbeat", async () => {
    const group = ownGroup();
    const ear = new Ear();
    join(group, ear);
    system.sockets[0]?.dropMembership(group, LO);
    should(joinedInKernel(group)).equal(0);
    system.pass();
    should(joinedInKernel(group)).equal(1);
    should(system.sockets).have.length(2);
    await say(group, "back");
    await ear.count(1);
  });

  it("finds that an interface lost all of very many memberships within a heartbeat", () => {
    const groups = Array.from({ length: 100 }, (_, index) => `239.255.4.${index}`);
    for (const group of groups) join(group, new Ear());
    for (const [index, group] of groups.entries()) system.sockets[index]?.dropMembership(group, LO);
    system.pass();
    should(groups.map((group) => joinedInKernel(group))).deepEqual(groups.map(() => 1));
  });

  it("finds one that was lost among very many within some heartbeats", () => {
    const groups = Array.from({ length: 100 }, (_, index) => `239.255.4.${index}`);
    for (const group of groups) join(group, new Ear());
    system.sockets[61]?.dropMembership("239.255.4.61", LO);
    system.pass(4 * 2_000);
    should(joinedInKernel("239.255.4.61")).equal(1);
    should(system.sockets).have.length(101);
  });

  it("leaves a socket that is well alone", () => {
    join("239.255.1.1", new Ear());
    system.pass(60_000);
    should(system.sockets).have.length(1);
  });

  it("leaves it alone on Windows too, where the system says of a membership that it is alive in another word", () => {
    system.platform = "win32";
    join("239.255.1.1", new Ear());
    Object.assign(system.sockets[0] ?? {}, {
      addMembership: () => {
        throw systemRefusal("EADDRNOTAVAIL");
      },
    });
    system.pass(60_000);
    should(system.sockets).have.length(1);
  });

  it("hears senders on its own link alone, whether their zone is the interface's name or, on Windows, its index", () => {
    system.platform = "win32";
    system.interfaces = { Ethernet: [ipv6("fe80::1/64", 12)] };
    const open = system.open.bind(system);
    system.open = (opening) => Object.assign(open(opening), { addMembership: () => {} });
    const ear = new Ear();
    join("ff02::1:7", ear, { iface: "Ethernet" });
    for (const zone of ["Ethernet", "12", "13"]) {
      system.sockets[0]?.emit("message", Buffer.from(zone), { address: `fe80::2%${zone}`, family: "IPv6", port: 5000, size: 1 });
    }
    should(ear.texts).deepEqual(["Ethernet", "12"]);
  });

  it("waits for a named interface, says so, and joins when it appears", async () => {
    const ear = new Ear();
    const membership = join("239.255.1.1", ear, { iface: "eth0" });
    should(membership.state).have.propertyByPath("reason", "message").equal("waiting for eth0");
    should(system.openings).be.empty();
    system.interfaces = { lo: [ipv4("127.0.0.1/8", true)], eth0: [ipv4("127.0.0.2/8")] };
    system.pass();
    should(ear.states).deepEqual([{ kind: "joined", interfaces: ["eth0"], warnings: [] }]);
  });

  it("starts with no network at all, and joins when there is one", () => {
    system.interfaces = {};
    const membership = join("239.255.1.1", new Ear(), { iface: "all" });
    should(membership.state)
      .have.propertyByPath("reason", "message")
      .match(/waiting for a network/);
    system.interfaces = { eth0: [ipv4("127.0.0.1/8")] };
    system.pass();
    should(membership.state).deepEqual({ kind: "joined", interfaces: ["eth0"], warnings: [] });
  });

  it("keeps the socket while its interface is away, and opens it anew when it is back with another address", () => {
    const group = ownGroup();
    system.interfaces = { eth0: [ipv4("127.0.0.1/8")] };
    const membership = join(group, new Ear(), { iface: "all" });
    system.interfaces = {};
    system.pass();
    should(membership.state).have.propertyByPath("reason", "message").equal("waiting for eth0");
    should(joinedInKernel(group)).equal(1);
    system.interfaces = { eth0: [ipv4("127.0.0.9/8")] };
    system.pass();
    should(membership.state).deepEqual({ kind: "joined", interfaces: ["eth0"], warnings: [] });
    should(system.sockets).have.length(2);
    should(joinedInKernel(group)).equal(1);
  });

  it("joins on every usable interface, and on those that come later, and leaves those that go", () => {
    system.interfaces = { lo: [ipv4("127.0.0.1/8", true)], eth0: [ipv4("127.0.0.2/8")], docker0: [ipv4("127.0.0.3/8")] };
    const membership = join("239.255.1.1", new Ear(), { iface: "all" });
    should(membership.state).containEql({ interfaces: ["eth0"] });
    system.interfaces = { ...system.interfaces, wlan0: [ipv4("127.0.0.4/8")] };
    system.pass();
    should(membership.state).containEql({ interfaces: ["eth0", "wlan0"] });
    system.interfaces = { wlan0: [ipv4("127.0.0.4/8")] };
    system.pass();
    should(membership.state).containEql({ interfaces: ["wlan0"] });
    should(multicast.sockets.receiving).equal(1);
  });

  it("is not stopped on one interface by the failure of another", () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/8")], eth1: [ipv4("10.255.255.1/8")] };
    const { state } = join("239.255.1.1", new Ear(), { iface: "all" });
    should(state).containEql({ kind: "waiting", interfaces: ["eth0"] });
    should(state).have.propertyByPath("reason", "code").equal("ERR_MCAST_INTERFACE");
  });

  it("follows the route of the system's choice when that moves", () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/8")], eth1: [ipv4("127.0.0.3/8")] };
    const membership = join("239.255.1.1", new Ear(), { iface: "default" });
    should(membership.state).have.propertyByPath("reason", "message").equal("choose an interface: no route decides between eth0, eth1");
    system.route = "127.0.0.2";
    system.pass();
    should(membership.state).deepEqual({ kind: "joined", interfaces: ["eth0"], warnings: [] });
    system.route = "127.0.0.3";
    system.pass();
    should(membership.state).deepEqual({ kind: "joined", interfaces: ["eth1"], warnings: [] });
    should(multicast.sockets.receiving).equal(1);
  });

  it("finds the right interface although it came back between two beats, in which somebody joined", () => {
    system.interfaces = { lo: [ipv4("127.0.0.1/8", true)], eth0: [ipv4("127.0.0.2/8")] };
    const before = join("239.255.1.1", new Ear(), { iface: "all" });
    system.interfaces = { lo: [ipv4("127.0.0.1/8", true)] };
    const between = join("239.255.1.1", new Ear(), { iface: "all" });
    should(between.state).containEql({ interfaces: ["lo"] });
    system.interfaces = { lo: [ipv4("127.0.0.1/8", true)], eth0: [ipv4("127.0.0.2/8")] };
    system.pass();
    should([before.state, between.state]).matchEach((state: object) => should(state).containEql({ interfaces: ["eth0"] }));
  });

  it("tells what the system refuses before what it waits for, in whatever order the interfaces were named", () => {
    system.refuse = () => "EACCES";
    const states = ["lo, eth7", "eth7, lo"].map((iface) => join("239.255.1.1", new Ear(), { iface }).state);
    should(states).matchEach((state: object) => should(state).containEql({ kind: "refused" }));
    should(states[0]).have.propertyByPath("reason", "message").equal(`the system refuses to open port ${port} (EACCES)`);
  });

  it("is tried again soon after a refusal, however long it had waited before", () => {
    const membership = join("239.255.1.1", new Ear(), { iface: "eth0" });
    system.pass(60_000);
    system.refuse = () => "EACCES";
    system.interfaces = { eth0: [ipv4("127.0.0.2/8")] };
    system.pass();
    should(membership.state.kind).equal("refused");
    system.refuse = () => undefined;
    system.pass();
    should(membership.state.kind).equal("joined");
  });

  it("takes a socket that failed for suspect, and opens it anew", () => {
    join("239.255.1.1", new Ear());
    system.sockets[0]?.emit("error", systemRefusal("ENETDOWN"));
    system.pass();
    should(system.sockets).have.length(2);
    should(memberships[0]?.state.kind).equal("joined");
  });

  it("closes a socket that does nothing but fail, so that it does not take the CPU, and opens one at each beat", () => {
    const ear = new Ear();
    join("239.255.1.1", ear);
    for (let beat = 1; beat <= 3; beat += 1) {
      for (let each = 0; each < 1_000; each += 1) system.sockets.at(-1)?.emit("error", systemRefusal("EIO"));
      should(() => system.sockets.at(-1)?.address()).throw(); // it is closed
      should(memberships[0]?.state).have.propertyByPath("reason", "message").equal(`the system refuses to open port ${port} (EIO)`);
      should(system.sockets).have.length(beat);
      system.pass();
      should(system.sockets).have.length(beat + 1);
    }
    should(memberships[0]?.state.kind).equal("joined");
    should(ear.states.map(({ kind }) => kind)).deepEqual(["refused", "joined", "refused", "joined", "refused", "joined"]);
  });

  it("refreshes a group on all ports in one go, and as often as asked", () => {
    const group = ownGroup();
    const order: string[] = [];
    join(group, new Ear(), { refresh: 10 });
    join(group, new Ear(), { port: port + 1, refresh: 0 });
    join("239.255.1.2", new Ear(), { refresh: 0 });
    for (const [position, socket] of system.sockets.entries()) {
      const { dropMembership, addMembership } = socket;
      socket.dropMembership = (...args) => {
        order.push(`drop ${position}`);
        dropMembership.apply(socket, args);
      };
      socket.addMembership = (...args) => {
        addMembership.apply(socket, args); // a check is refused here, since the membership is alive
        order.push(`add ${position}`);
      };
    }
    system.pass(9_000);
    should(order).be.empty();
    system.pass(2_000);
    should(order).deepEqual(["drop 0", "drop 1", "add 0", "add 1"]);
    should(joinedInKernel(group)).equal(2);
    system.pass(10_000);
    should(order).have.length(8);
  });

  it("never refreshes where that is off, not even after it has joined again", () => {
    const group = ownGroup();
    join(group, new Ear(), { refresh: 0 });
    system.sockets[0]?.dropMembership(group, LO);
    const open = system.open.bind(system);
    let drops = 0;
    system.open = (opening) => Object.assign(open(opening), { dropMembership: () => (drops += 1) });
    system.pass(60_000);
    should(system.sockets).have.length(2);
    should(drops).equal(0);
  });

  it("does not refresh while an old querier is heard", () => {
    join("239.255.1.1", new Ear(), { refresh: 10 });
    let drops = 0;
    for (const socket of system.sockets) {
      socket.dropMembership = () => {
        drops += 1;
      };
    }
    system.igmp = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n1\tlo        :     1      V2\n";
    system.pass(30_000);
    should(drops).equal(0);
  });

  it("keeps a program that binds every address of the port hearing its own", async () => {
    const wildcard = createSocket({ type: "udp4", reuseAddr: true });
    wildcard.bind(port);
    await once(wildcard, "listening");
    try {
      join("239.255.1.1", new Ear());
      const heard = once(wildcard, "message");
      const unicast = createSocket("udp4");
      unicast.send("to the program", port, LO, () => unicast.close());
      should(String((await heard)[0])).equal("to the program");
    } finally {
      wildcard.close();
    }
  });

  describe("where a socket can't be bound in the exact way", () => {
    beforeEach(() => {
      system.refuse = ({ type }) => (type === "udp6" ? "EAFNOSUPPORT" : undefined);
    });

    it("a plain one takes its place, and tells by the sender's subnet where a datagram came in", async () => {
      const ear = new Ear();
      should(join("239.255.1.1", ear).state.kind).equal("joined");
      should(system.openings.map(({ type, address }) => `${type} ${address}`)).deepEqual(["udp6 ::ffff:239.255.1.1", "udp4 239.255.1.1"]);
      await say("239.255.1.1", "from our subnet");
      should((await ear.count(1))[0]?.arrival.interface).equal("lo");
    });

    it("what came in by another interface is not delivered, and of what came through a router the interface is not told", async () => {
      system.interfaces = { eth0: [ipv4("127.0.0.1/32")], eth1: [ipv4("127.1.0.0/16")] };
      const ear = new Ear();
      join("239.255.1.1", ear, { iface: "eth0" });
      for (const source of ["127.1.0.5", "127.2.0.5", "127.0.0.1"]) await sayFrom(source, "239.255.1.1", port);
      await ear.count(2);
      should(ear.heard.map(({ text, arrival }) => [text, arrival.interface])).deepEqual([
        ["127.2.0.5", undefined],
        ["127.0.0.1", "eth0"],
      ]);
    });

    it("an interface that comes later is known for another too", async () => {
      system.interfaces = { eth0: [ipv4("127.0.0.1/32")] };
      const ear = new Ear();
      join("239.255.1.1", ear, { iface: "eth0" });
      system.interfaces = { ...system.interfaces, eth1: [ipv4("127.1.0.1/16")] };
      system.pass();
      for (const source of ["127.1.0.5", "127.0.0.1"]) await sayFrom(source, "239.255.1.1", port);
      await ear.count(1);
      should(ear.texts).deepEqual(["127.0.0.1"]);
    });

    it("what came through a router is heard by an interface that works, although one named before it does not", async () => {
      system.interfaces = { eth1: [ipv4("127.1.0.1/16")] };
      const ear = new Ear();
      join("239.255.1.1", ear, { iface: "eth0, eth1" });
      await sayFrom("127.9.0.5", "239.255.1.1", port);
      await ear.count(1);
      should(ear.texts).deepEqual(["127.9.0.5"]);
    });

    it("what came through a router is heard although the only interface has lost its address", async () => {
      system.interfaces = { eth0: [ipv4("127.1.0.1/16")] };
      const ear = new Ear();
      join("239.255.1.1", ear, { iface: "eth0" });
      system.interfaces = {};
      system.pass();
      await sayFrom("127.9.0.5", "239.255.1.1", port);
      await ear.count(1);
    });

    it("what came through a router is heard once, although each interface that was joined gets it", async () => {
      system.interfaces = { eth0: [ipv4("127.0.0.1/32")], eth1: [ipv4("127.1.0.1/16")] };
      const ear = new Ear();
      join("239.255.1.1", ear, { iface: "all" });
      for (const source of ["127.9.0.5", "127.0.0.1"]) await sayFrom(source, "239.255.1.1", port);
      await ear.count(2);
      should(ear.heard.map(({ text, arrival }) => [text, arrival.interface])).deepEqual([
        ["127.9.0.5", undefined],
        ["127.0.0.1", "eth0"],
      ]);
    });
  });
});

describe("how a socket is bound", () => {
  const interfaces = { eth0: [ipv4("127.0.0.1/8"), ipv6("fe80::1/64", 7), ipv6("fd00::1/64")] };
  const table: ReadonlyArray<readonly [NodeJS.Platform, string, readonly string[]]> = [
    ["linux", "239.255.1.1", ["udp6 ::ffff:239.255.1.1", "udp4 239.255.1.1"]],
    ["linux", "ff02::1:7", ["udp6 ff02::1:7%eth0"]],
    ["linux", "ff05::1:7", ["udp6 ff05::1:7"]],
    ["darwin", "239.255.1.1", ["udp4 239.255.1.1"]],
    ["darwin", "ff02::1:7", ["udp6 ff02::1:7%eth0"]],
    ["win32", "239.255.1.1", ["udp4 127.0.0.1", "udp4 0.0.0.0"]],
    ["win32", "ff02::1:7", ["udp6 ::"]],
    ["freebsd", "239.255.1.1", ["udp6 ::ffff:239.255.1.1", "udp4 239.255.1.1"]],
  ];
  for (const [platform, group, ways] of table) {
    it(`to ${group} on ${platform}: ${ways.join(", then ")}`, async () => {
      const system = new TestSystem(interfaces);
      system.platform = platform;
      system.refuse = () => "EINVAL";
      const membership = new Multicast(system).join(joinOptions({ group, iface: "eth0" }), new Ear());
      should(system.openings.map(({ type, address }) => `${type} ${address}`)).deepEqual(ways);
      should(system.openings.every(({ shared }) => shared)).be.true();
      should(membership.state)
        .have.propertyByPath("reason", "message")
        .match(/refuses to open port 59559 \(EINVAL\)/);
      await membership.leave();
    });
  }

  for (const [platform, zone] of [
    ["linux", "::%eth0"],
    ["win32", "::%7"],
  ] as const) {
    it(`and how the interface of an IPv6 group is told on ${platform}: ${zone}`, async () => {
      const system = new TestSystem(interfaces);
      system.platform = platform;
      const told: unknown[] = [];
      const open = system.open.bind(system);
      system.open = ({ port, shared }) => {
        const socket = open({ type: "udp4", address: LO, port, shared });
        return Object.assign(socket, { addMembership: (...membership: unknown[]) => told.push(membership) });
      };
      const membership = new Multicast(system).join(joinOptions({ group: "ff02::1:7", iface: "eth0", port: await freePort() }), new Ear());
      should(told).deepEqual([["ff02::1:7", zone]]);
      await membership.leave();
    });
  }
});
