import { once } from "node:events";
import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { GroupSubscription } from "../../../src/lib/group-subscription";
import type { Multicast } from "../../../src/lib/multicast";
import { joinOptions } from "../../../src/lib/options/options";
import { AllowList } from "../../../src/lib/receive/allow-list";
import { ReceiveInlet } from "../../../src/lib/receive/receive-inlet";
import { createKey } from "../../../src/lib/sealed/group-key";
import { SealedGroup } from "../../../src/lib/sealed/sealed-group";
import { Sealer } from "../../../src/lib/sealed/sealer";
import { readSealing } from "../../../src/lib/sealed/sealing-options";
import { LO, ONE, OTHER, ownGroup, RecordingListener, sayFromEach, TWO } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { TestSystem } from "../../support/test-system";

describe("the inlet of received datagrams", () => {
  const payload = Buffer.from("hello");
  const sender = { address: "192.168.1.5", family: "IPv4", port: 5000, size: 5 } as const;
  const arrival = { group: "239.255.1.1", port: 5000, interface: "lo" };
  const membership = { refreshEvery: 120_000, acceptsUnknownInterface: () => true, onChange: () => {} };

  it("passes the datagram on as it is", () => {
    const listener = new RecordingListener();
    new ReceiveInlet(listener, undefined, membership).receive(payload, sender, arrival);
    const [heard] = listener.heard;
    should(heard?.payload).equal(payload);
    should(heard?.sender).equal(sender);
    should(heard?.arrival).equal(arrival);
  });

  it("drops a datagram whose sender is not on the allow list", () => {
    const listener = new RecordingListener();
    const inlet = new ReceiveInlet(listener, new AllowList(["10.0.0.0/8"]), membership);
    inlet.receive(payload, sender, arrival);
    inlet.receive(payload, { ...sender, address: "10.1.2.3" }, arrival);
    should(listener.heard.map(({ sender: { address } }) => address)).deepEqual(["10.1.2.3"]);
  });

  it("counts received and filtered datagrams, and notes the last sender", () => {
    const inlet = new ReceiveInlet(new RecordingListener(), new AllowList(["10.0.0.0/8"]), membership);
    const allowed = { ...sender, address: "10.1.2.3" };
    inlet.receive(payload, allowed, arrival);
    inlet.receive(payload, sender, arrival);
    inlet.receive(Buffer.alloc(0), allowed, arrival);
    should(inlet.counts).containEql({ received: 2, bytes: 5, lastSender: allowed });
    should([inlet.filtered, inlet.refused]).deepEqual([1, 0]);
  });

  it("opens sealed datagrams after the allow list, and drops those that do not open", () => {
    const sealing = readSealing({ key: createKey() });
    if (!sealing) throw new Error("no key was read");
    const [system, to] = [new TestSystem(), { group: parseGroup("239.255.1.1"), port: 5000 }];
    const calls: unknown[][] = [];
    const sealed = new SealedGroup(to, sealing, system);
    const listener = { onDatagram: (...call: unknown[]) => calls.push(call) };
    const inlet = new ReceiveInlet(listener, new AllowList(["192.168.1.5"]), { ...membership, sealed });
    const datagram = new Sealer({ key: sealing.key, clock: system }).seal(payload, to.group, to.port);
    inlet.receive(datagram, { ...sender, address: "10.1.2.3" }, arrival);
    inlet.receive(payload, sender, arrival);
    inlet.receive(datagram, sender, arrival);
    should(calls).deepEqual([[payload, sender, arrival, undefined, system.utc()]]);
    should([inlet.filtered, inlet.refused]).deepEqual([1, 1]);
    should(inlet.counts).containEql({ received: 1, bytes: payload.length });
    should(sealed.refused).containEql({ unsealed: 1, repeated: 0 });
  });

  it("reports an error of its listener as a warning of the process", async () => {
    const warning = once(process, "warning");
    const throwing = {
      onDatagram: () => {
        throw new Error("broken behind the inlet");
      },
    };
    new ReceiveInlet(throwing, undefined, membership).receive(payload, sender, arrival);
    const [{ message }] = await warning;
    should(message).match(/broken behind the inlet/);
  });
});

describe("the allow list of a listener", () => {
  let test: TestMulticast;
  let multicast: Multicast;
  let port: number;
  let join: TestMulticast["join"];
  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ multicast, port, join } = test);
  });
  afterEach(() => test.close());

  it("is its own, while another listener on the same socket gets every datagram", async () => {
    const group = ownGroup();
    const [some, everyone] = [new RecordingListener(), new RecordingListener()];
    join(group, some, { allow: [ONE, "127.0.0.3/32"] });
    join(group, everyone);
    should(multicast.sockets.receiving).equal(1);
    await sayFromEach(group, port);
    await Promise.all([everyone.count(3), some.count(2)]);
    should(everyone.texts).deepEqual([OTHER, TWO, ONE]);
    should(some.texts).deepEqual([TWO, ONE]);
  });

  it("also applies to unicast datagrams", async () => {
    const listener = new RecordingListener();
    const groups = new GroupSubscription(multicast, listener, { unicast: true });
    groups.join([joinOptions({ group: ownGroup(), port, iface: LO, allow: ONE })]);
    await sayFromEach(LO, port);
    should((await listener.count(1)).map(({ text }) => text)).deepEqual([ONE]);
    await groups.close();
  });
});
