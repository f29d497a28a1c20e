import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { joinOptions } from "../../../src/lib/options/options";
import { GroupSocket, type GroupSocketListener } from "../../../src/lib/sockets/group-socket";
import {
  freePort,
  joinedInKernel,
  LO,
  ONE,
  OTHER,
  ownGroup,
  ownSourceSpecificGroup,
  RecordingListener,
  sayFrom,
  sayFromEach,
  TWO,
} from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { ipv4, ipv6, snapshotOf, systemRefusal, TestSystem } from "../../support/test-system";

describe("the socket of a group", () => {
  let test: TestMulticast;
  let system: TestSystem;
  let port: number;
  let join: TestMulticast["join"];
  let say: TestMulticast["say"];
  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ system, port, join, say } = test);
  });
  afterEach(() => test.close());

  it("receives its own group only, although another group is joined on the same port", async () => {
    const one = new RecordingListener();
    const two = new RecordingListener();
    join("239.255.1.1", one);
    join("239.255.1.2", two);
    await say("239.255.1.1", "for one");
    await say("239.255.1.2", "for two");
    await Promise.all([one.count(1), two.count(1)]);
    should([one.texts, two.texts]).deepEqual([["for one"], ["for two"]]);
  });

  it("gives the second listener the datagram as it arrived, although the first listener changed its copy", async () => {
    const second = new RecordingListener();
    const first = test.multicast.join(joinOptions({ group: "239.255.1.1", port, iface: LO }), {
      onDatagram: (payload) => payload.fill("x"),
    });
    test.memberships.push(first);
    join("239.255.1.1", second);
    await say("239.255.1.1", "mine");
    await second.count(1);
    should(second.texts).deepEqual(["mine"]);
  });

  it("does not give a datagram to a listener that joined because of it", async () => {
    const late = new RecordingListener();
    const first = new RecordingListener();
    join("239.255.1.1", Object.assign(first, { onDatagram: () => join("239.255.1.1", late) }));
    const last = new RecordingListener();
    join("239.255.1.1", last);
    await say("239.255.1.1", "hello");
    await last.count(1);
    should(late.heard).be.empty();
  });

  it("is opened anew after an error event", () => {
    join("239.255.1.1", new RecordingListener());
    system.sockets[0]?.emit("error", systemRefusal("ENETDOWN"));
    system.pass();
    should(system.sockets).have.length(2);
    should(test.memberships[0]?.state.kind).equal("joined");
  });

  it("closes a socket that does nothing but fail, so that it does not take the CPU, and opens one at each beat", () => {
    const listener = new RecordingListener();
    join("239.255.1.1", listener);
    for (let beat = 1; beat <= 3; beat += 1) {
      for (let each = 0; each < 1_000; each += 1) system.sockets.at(-1)?.emit("error", systemRefusal("EIO"));
      should(() => system.sockets.at(-1)?.address()).throw(); // it is closed
      should(test.memberships[0]?.state).have.propertyByPath("reason", "message").equal(`The system refused to open port ${port} (EIO)`);
      should(system.sockets).have.length(beat);
      system.pass();
      should(system.sockets).have.length(beat + 1);
    }
    should(test.memberships[0]?.state.kind).equal("joined");
    should(listener.states.map(({ kind }) => kind)).deepEqual(["refused", "joined", "refused", "joined", "refused", "joined"]);
  });

  it("receives from senders on its own link only, given a zone with the name of the interface or, on Windows, with its index", () => {
    system.platform = "win32";
    system.interfaces = { Ethernet: [ipv6("fe80::1/64", 12)] };
    const open = system.open.bind(system);
    system.open = (opening) => Object.assign(open(opening), { addMembership: () => {} });
    const listener = new RecordingListener();
    join("ff02::1:7", listener, { iface: "Ethernet" });
    for (const zone of ["Ethernet", "12", "13"]) {
      system.sockets[0]?.emit("message", Buffer.from(zone), { address: `fe80::2%${zone}`, family: "IPv6", port: 5000, size: 1 });
    }
    should(listener.texts).deepEqual(["Ethernet", "12"]);
  });

  it("passes the sender's address on where Node.js gives the family as a number, as 18.0 to 18.3 do", () => {
    const listener = new RecordingListener();
    join("239.255.1.1", listener);
    for (const [address, family] of [
      ["192.0.2.55", 4],
      ["::ffff:192.0.2.55", 6],
    ]) {
      system.sockets[0]?.emit("message", Buffer.from("one"), { address, family, port: 5000, size: 3 });
    }
    should(listener.heard.map(({ sender }) => sender.address)).deepEqual(["192.0.2.55", "192.0.2.55"]);
  });

  describe("that could not be bound in the exact way", () => {
    beforeEach(() => {
      system.refuse = ({ type }) => (type === "udp6" ? "EAFNOSUPPORT" : undefined);
    });

    it("is a plain one, and finds by the sender's subnet on which interface a datagram arrived", async () => {
      const listener = new RecordingListener();
      should(join("239.255.1.1", listener).state.kind).equal("joined");
      should(system.openings.map(({ type, address }) => `${type} ${address}`)).deepEqual(["udp6 ::ffff:239.255.1.1", "udp4 239.255.1.1"]);
      await say("239.255.1.1", "from our subnet");
      should((await listener.count(1))[0]?.arrival.interface).equal("lo");
    });

    it("does not deliver a datagram of another interface, and names no interface for a datagram that came through a router", async () => {
      system.interfaces = { eth0: [ipv4("127.0.0.1/32")], eth1: [ipv4("127.1.0.0/16")] };
      const listener = new RecordingListener();
      join("239.255.1.1", listener, { iface: "eth0" });
      for (const source of ["127.1.0.5", "127.2.0.5", "127.0.0.1"]) await sayFrom(source, "239.255.1.1", port);
      await listener.count(2);
      should(listener.heard.map(({ text, arrival }) => [text, arrival.interface])).deepEqual([
        ["127.2.0.5", undefined],
        ["127.0.0.1", "eth0"],
      ]);
    });

    it("also recognises datagrams of an interface that appeared later", async () => {
      system.interfaces = { eth0: [ipv4("127.0.0.1/32")] };
      const listener = new RecordingListener();
      join("239.255.1.1", listener, { iface: "eth0" });
      system.interfaces = { ...system.interfaces, eth1: [ipv4("127.1.0.1/16")] };
      system.pass();
      for (const source of ["127.1.0.5", "127.0.0.1"]) await sayFrom(source, "239.255.1.1", port);
      await listener.count(1);
      should(listener.texts).deepEqual(["127.0.0.1"]);
    });

    it("receives a routed datagram on an interface that works, although an interface named before it does not", async () => {
      system.interfaces = { eth1: [ipv4("127.1.0.1/16")] };
      const listener = new RecordingListener();
      join("239.255.1.1", listener, { iface: "eth0, eth1" });
      await sayFrom("127.9.0.5", "239.255.1.1", port);
      await listener.count(1);
      should(listener.texts).deepEqual(["127.9.0.5"]);
    });

    it("receives a routed datagram although the only interface has lost its address", async () => {
      system.interfaces = { eth0: [ipv4("127.1.0.1/16")] };
      const listener = new RecordingListener();
      join("239.255.1.1", listener, { iface: "eth0" });
      system.interfaces = {};
      system.pass();
      await sayFrom("127.9.0.5", "239.255.1.1", port);
      await listener.count(1);
    });

    it("delivers a routed datagram once, although the socket of each interface gets it", async () => {
      system.interfaces = { eth0: [ipv4("127.0.0.1/32")], eth1: [ipv4("127.1.0.1/16")] };
      const listener = new RecordingListener();
      join("239.255.1.1", listener, { iface: "all" });
      for (const source of ["127.9.0.5", "127.0.0.1"]) await sayFrom(source, "239.255.1.1", port);
      await listener.count(2);
      should(listener.heard.map(({ text, arrival }) => [text, arrival.interface])).deepEqual([
        ["127.9.0.5", undefined],
        ["127.0.0.1", "eth0"],
      ]);
    });
  });
});

describe("a group socket", () => {
  let system: TestSystem;
  let group: string;
  let socket: GroupSocket;
  const check = () => socket.check(snapshotOf(system), true);
  const listener = (refreshEvery: number, onChange = () => {}): GroupSocketListener => ({
    refreshEvery,
    onChange,
    receive: () => {},
    acceptsUnknownInterface: () => true,
  });

  beforeEach(async () => {
    system = new TestSystem();
    group = ownGroup();
    socket = new GroupSocket({ group: parseGroup(group), port: await freePort(), interface: "lo", sources: [] }, system.platform);
  });
  afterEach(() => socket.close());

  it("notifies all listeners of a change", () => {
    let changes = 0;
    for (let each = 0; each < 3; each += 1) {
      socket.listeners.add(
        listener(1_000, () => {
          changes += 1;
        }),
      );
    }
    check();
    should(changes).equal(3);
    should(socket.failure).be.undefined();
  });

  it("is due for a refresh after the shortest of the listeners' intervals", () => {
    for (const interval of [10_000, 5_000, Number.POSITIVE_INFINITY]) socket.listeners.add(listener(interval));
    check();
    const now = system.now();
    should([4_999, 5_000].map((later) => socket.isRefreshDue(now + later))).deepEqual([false, true]);
    socket.markRefreshed(now + 5_000);
    should([9_999, 10_000].map((later) => socket.isRefreshDue(now + later))).deepEqual([false, true]);
  });

  it("is never due for a refresh where every listener has turned it off", () => {
    socket.listeners.add(listener(Number.POSITIVE_INFINITY));
    check();
    should(socket.isRefreshDue(Number.MAX_SAFE_INTEGER)).be.false();
  });

  it("is due for a refresh at once after it was opened anew", () => {
    socket.listeners.add(listener(60_000));
    check();
    should(socket.isRefreshDue(system.now())).be.false();
    system.sockets[0]?.emit("error", systemRefusal("ENETDOWN"));
    check();
    should(socket.isRefreshDue(system.now())).be.true();
  });

  it("drops and adds the membership in two steps", () => {
    check();
    should(joinedInKernel(group)).equal(1);
    socket.dropMembership();
    should(joinedInKernel(group)).equal(0);
    socket.addMembership();
    should(joinedInKernel(group)).equal(1);
  });

  it("is opened anew when the membership cannot be added again", () => {
    check();
    const [first] = system.sockets;
    Object.assign(first ?? {}, {
      addMembership: () => {
        throw systemRefusal("ENODEV");
      },
    });
    socket.dropMembership();
    socket.addMembership();
    should(joinedInKernel(group)).equal(0);
    check();
    should(system.sockets).have.length(2);
    should(joinedInKernel(group)).equal(1);
  });

  it("leaves no open socket behind when the group cannot be joined", () => {
    const open = system.open.bind(system);
    let isClosed = false;
    system.open = (opening) => {
      const opened = open(opening);
      opened.on("close", () => {
        isClosed = true;
      });
      return Object.assign(opened, {
        addMembership: () => {
          throw systemRefusal("ENOBUFS");
        },
      });
    };
    check();
    should(socket.failure).containEql({ code: "ERR_MCAST_JOIN" });
    return new Promise<void>((resolve) => {
      setImmediate(() => {
        should(isClosed).be.true();
        resolve();
      });
    });
  });
});

describe("the socket of a source-specific group", () => {
  let test: TestMulticast;
  let port: number;
  let join: TestMulticast["join"];
  let group: string;
  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ port, join } = test);
    group = ownSourceSpecificGroup();
  });
  afterEach(() => test.close());

  it("leaves other sockets alone that join it from other senders or from every sender", async () => {
    const listeners = [new RecordingListener(), new RecordingListener(), new RecordingListener()] as const;
    const one = join(group, listeners[0], { allow: ONE });
    join(group, listeners[1], { allow: TWO });
    join(group, listeners[2]);
    should(test.multicast.sockets.receiving).equal(3);
    await sayFromEach(group, port);
    await Promise.all([listeners[0].count(1), listeners[1].count(1), listeners[2].count(3)]);
    await one.leave();
    await sayFromEach(group, port);
    await Promise.all([listeners[1].count(2), listeners[2].count(6)]);
    should(listeners.map(({ texts }) => texts.join(" "))).deepEqual([
      ONE,
      `${TWO} ${TWO}`,
      `${OTHER} ${TWO} ${ONE} ${OTHER} ${TWO} ${ONE}`,
    ]);
  });
});
