import should from "should";
import type { NetworkSnapshot } from "../../../src/lib/host/interfaces";
import { Heartbeat, type HeartbeatListener } from "../../../src/lib/sockets/heartbeat";
import { RecordingListener } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { ipv4, TestSystem } from "../../support/test-system";

describe("the heartbeat", () => {
  let system: TestSystem;
  let beats: string[];
  let heartbeat: Heartbeat;
  const listener = (name: string): HeartbeatListener => ({
    beat: ({ interfaces }: NetworkSnapshot, changed: boolean) => {
      beats.push(`${name}: ${interfaces.map((local) => local.name)}${changed ? ", changed" : ""}`);
    },
  });

  beforeEach(() => {
    system = new TestSystem();
    beats = [];
    heartbeat = new Heartbeat(system, listener("last"));
  });

  it("calls its listeners every two seconds, and the last one after all others", () => {
    heartbeat.add(listener("first"));
    heartbeat.add(listener("second"));
    system.pass(1_999);
    should(beats).be.empty();
    system.pass(2_001);
    should(beats).deepEqual([...each(), ...each()]);
  });

  it("has a timer only while it has a listener", () => {
    const [one, two] = [listener("one"), listener("two")];
    should(system.timers).equal(0);
    for (const each of [one, two]) heartbeat.add(each);
    should(system.timers).equal(1);
    heartbeat.delete(one);
    should(system.timers).equal(1);
    heartbeat.delete(two);
    should(system.timers).equal(0);
    heartbeat.add(one);
    system.pass();
    should(beats).deepEqual(["one: lo", "last: lo"]);
  });

  it("passes a new snapshot at the beat after a change of the interfaces, and at no other beat", () => {
    heartbeat.add(listener("first"));
    system.pass();
    system.interfaces = { eth0: [ipv4("192.168.1.5/24")] };
    system.pass();
    system.pass();
    should(beats.filter((beat) => beat.startsWith("last"))).deepEqual(["last: lo", "last: eth0, changed", "last: eth0"]);
  });

  it("does so although a snapshot between the beats already had the change", () => {
    heartbeat.add(listener("first"));
    system.interfaces = { eth0: [ipv4("192.168.1.5/24")] };
    should(heartbeat.refresh().interfaces.map(({ name }) => name)).deepEqual(["eth0"]);
    system.pass();
    should(beats[0]).equal("first: eth0, changed");
  });

  it("uses a snapshot again for 50 ms, and takes a new one when asked to refresh", () => {
    let asked = 0;
    system.networkInterfaces = () => {
      asked += 1;
      return {};
    };
    for (let each = 0; each < 3; each += 1) heartbeat.snapshot();
    should(asked).equal(1);
    system.pass(49);
    heartbeat.snapshot();
    should(asked).equal(1);
    system.pass(1);
    heartbeat.snapshot();
    heartbeat.refresh();
    should(asked).equal(3);
  });

  it("gives the same list while nothing in it changes, and another one when something does", () => {
    const first = heartbeat.refresh().interfaces;
    should(heartbeat.refresh().interfaces).equal(first);
    system.interfaces = { lo: [ipv4("127.0.0.2/8", true)] };
    should(heartbeat.refresh().interfaces).not.equal(first);
  });

  it("reaches a listener that was added at a beat, and not one that was removed at it", () => {
    const late = listener("late");
    const early = listener("early");
    heartbeat.add({
      beat: () => {
        heartbeat.add(late);
        heartbeat.delete(early);
      },
    });
    heartbeat.add(early);
    system.pass();
    should(beats).deepEqual(["late: lo", "last: lo"]);
  });

  function each(): readonly string[] {
    return ["first: lo", "second: lo", "last: lo"];
  }
});

describe("an interface that came back between two beats", () => {
  let test: TestMulticast;
  let system: TestSystem;
  let join: TestMulticast["join"];
  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ system, join } = test);
  });
  afterEach(() => test.close());

  it("is found at the next beat although a group was joined in between", () => {
    system.interfaces = { lo: [ipv4("127.0.0.1/8", true)], eth0: [ipv4("127.0.0.2/32")] };
    const before = join("239.255.1.1", new RecordingListener(), { iface: "all" });
    system.interfaces = { lo: [ipv4("127.0.0.1/8", true)] };
    const between = join("239.255.1.1", new RecordingListener(), { iface: "all" });
    should(between.state).containEql({ interfaces: ["lo"] });
    system.interfaces = { lo: [ipv4("127.0.0.1/8", true)], eth0: [ipv4("127.0.0.2/32")] };
    system.pass();
    should([before.state, between.state]).matchEach((state: object) => should(state).containEql({ interfaces: ["eth0"] }));
  });
});
