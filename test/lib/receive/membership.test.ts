import { once } from "node:events";
import should from "should";
import { Multicast } from "../../../src/lib/multicast";
import { joinOptions } from "../../../src/lib/options/options";
import type { Membership } from "../../../src/lib/receive/membership";
import { freePort, LO, ownGroup, RecordingListener, sayFrom } from "../../support/loopback";
import { ipv4, TestSystem } from "../../support/test-system";

describe("a membership whose listener throws", () => {
  let system: TestSystem;
  let multicast: Multicast;
  let port: number;
  let memberships: Membership[];
  const group = ownGroup();

  beforeEach(async () => {
    system = new TestSystem({});
    multicast = new Multicast(system);
    memberships = [];
    port = await freePort();
  });
  afterEach(async () => {
    await Promise.all(memberships.map((membership) => membership.leave()));
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
  });

  it("reports a fault of onState as a warning, and the beat goes on to the next listener", async () => {
    const [broken, sound] = [new RecordingListener(), new RecordingListener()];
    broken.onState = () => {
      throw new Error("broken onState");
    };
    for (const listener of [broken, sound]) memberships.push(multicast.join(joinOptions({ group, port, iface: "lo" }), listener));
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
    const broken = {
      onDatagram: () => {
        throw new Error("broken onDatagram");
      },
    };
    for (const listener of [broken, sound]) memberships.push(multicast.join(joinOptions({ group, port, iface: LO }), listener));
    const warning = once(process, "warning");
    await sayFrom(LO, group, port, "hello");
    await sound.count(1);
    should(sound.texts).deepEqual(["hello"]);
    const [{ message }] = await warning;
    should(message).match(/A multicast listener threw: Error: broken onDatagram/);
  });
});
