import { once } from "node:events";
import should from "should";
import type { Membership } from "../../../src/lib/receive/membership";
import { LO, ownGroup, RecordingListener, sayFrom } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { ipv4, type TestSystem } from "../../support/test-system";

describe("a membership", () => {
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

  it("waits for a named interface, with the state waiting, and joins when the interface appears", async () => {
    const listener = new RecordingListener();
    const membership = join("239.255.1.1", listener, { iface: "eth0" });
    should(membership.state).have.propertyByPath("reason", "message").equal("waiting for eth0");
    should(system.openings).be.empty();
    system.interfaces = { lo: [ipv4("127.0.0.1/8", true)], eth0: [ipv4("127.0.0.2/32")] };
    system.pass();
    should(listener.states).deepEqual([{ kind: "joined", interfaces: ["eth0"], warnings: [], standBy: [] }]);
  });

  it("begins without any network, and joins when there is one", () => {
    system.interfaces = {};
    const membership = join("239.255.1.1", new RecordingListener(), { iface: "all" });
    should(membership.state)
      .have.propertyByPath("reason", "message")
      .match(/waiting for a network/);
    system.interfaces = { eth0: [ipv4("127.0.0.1/8")] };
    system.pass();
    should(membership.state).deepEqual({ kind: "joined", interfaces: ["eth0"], warnings: [], standBy: [] });
  });

  it("delivers nothing after it was left", async () => {
    const [gone, there] = [new RecordingListener(), new RecordingListener()];
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

  it("is closed after it was left, and gives no state any more", async () => {
    const listener = new RecordingListener();
    const membership = join("239.255.1.1", listener, { iface: "eth0" });
    await membership.leave();
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")] };
    system.pass();
    should(membership.state).deepEqual({ kind: "closed" });
    should(listener.states).be.empty();
  });

  it("gives a state only when it differs from the last one", () => {
    const listener = new RecordingListener();
    join("239.255.1.1", listener, { iface: "all" });
    for (const address of ["127.0.0.2/8", "127.0.0.3/8"]) {
      system.interfaces = { eth0: [ipv4(address)] };
      system.pass(4_000);
    }
    should(listener.states).deepEqual([{ kind: "joined", interfaces: ["eth0"], warnings: [], standBy: [] }]);
  });

  it("uses the interfaces that its choice selects, working or not", () => {
    const membership: Membership = join("239.255.1.1", new RecordingListener(), { iface: `${LO}, eth7` });
    should(["lo", "eth7", "eth0"].map((name) => membership.uses(name))).deepEqual([true, true, false]);
  });

  it("is refreshed at the interval of its options, and never at 0", () => {
    const intervals = [10, 0].map((refresh) => join("239.255.1.1", new RecordingListener(), { refresh }).refreshEvery);
    should(intervals).deepEqual([10_000, Number.POSITIVE_INFINITY]);
  });

  it("takes datagrams of an unknown interface from the socket of one interface only: the first that works", () => {
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/32")] };
    const membership: Membership = join("239.255.1.1", new RecordingListener(), { iface: "eth7, lo, eth0" });
    should(["eth7", "lo", "eth0"].map((name) => membership.acceptsUnknownInterface(name))).deepEqual([false, true, false]);
    const failed: Membership = join("239.255.1.1", new RecordingListener(), { iface: "eth7, eth8" });
    should(["eth7", "eth8"].map((name) => failed.acceptsUnknownInterface(name))).deepEqual([true, false]);
  });

  describe("with a listener that throws", () => {
    const group = ownGroup();
    beforeEach(() => {
      system.interfaces = {};
    });

    it("reports a fault of onState as a warning, and the beat goes on to the next listener", async () => {
      const [broken, sound] = [new RecordingListener(), new RecordingListener()];
      broken.onState = () => {
        throw new Error("broken onState");
      };
      for (const listener of [broken, sound]) join(group, listener, { iface: "lo" });
      const warning = once(process, "warning");
      system.interfaces = { lo: [ipv4("127.0.0.1/8", true)] };
      system.pass();
      should(sound.states.map(({ kind }) => kind)).deepEqual(["joined"]);
      const [{ message }] = await warning;
      should(message).match(/A multicast listener threw: Error: broken onState/);
    });

    it("reports a fault of onDatagram as a warning, and the next listener gets the datagram", async () => {
      system.interfaces = { lo: [ipv4("127.0.0.1/8", true)] };
      const sound = new RecordingListener();
      const broken = Object.assign(new RecordingListener(), {
        onDatagram: () => {
          throw new Error("broken onDatagram");
        },
      });
      for (const listener of [broken, sound]) join(group, listener);
      const warning = once(process, "warning");
      await sayFrom(LO, group, port, "hello");
      await sound.count(1);
      should(sound.texts).deepEqual(["hello"]);
      const [{ message }] = await warning;
      should(message).match(/A multicast listener threw: Error: broken onDatagram/);
    });
  });
});
