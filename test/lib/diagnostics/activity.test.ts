import should from "should";
import { type Activity, activityOf } from "../../../src/lib/diagnostics/activity";
import { destination, hearOptions } from "../../../src/lib/options/options";
import { LoopGuard } from "../../../src/lib/relay/loop-guard";
import { Relay } from "../../../src/lib/relay/relay";
import { Requester } from "../../../src/lib/requester";
import { LO, RecordingListener } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";

const [A, B] = ["239.255.1.1", "239.255.1.2"] as const;
const labelled = (label: string) => Object.assign(new RecordingListener(), { label });

describe("the activity of a process", () => {
  let test: TestMulticast;
  let loopGuard: LoopGuard;
  let activity: () => Activity;
  beforeEach(async () => {
    test = await TestMulticast.create();
    loopGuard = new LoopGuard();
    activity = () => activityOf({ multicast: test.multicast, loopGuard });
  });
  afterEach(() => test.close());

  it("is empty where nothing is joined or sent, and leaves nothing behind", async () => {
    const membership = test.join(A, new RecordingListener());
    await test.say(A, "hello");
    await membership.leave();
    const { time, ...rest } = activity();
    should(rest).deepEqual({ groups: [], destinations: [], relays: [], others: [] });
    should(Math.abs(time - Date.now())).be.below(1_000);
  });

  it("has a row for each destination of a sender, and for one of requests between them", async () => {
    const sender = test.multicast.sender({ label: "say" });
    const requester = new Requester(test.multicast, { onState: () => {} }, "ask");
    const to = destination({ group: A, port: test.port, iface: LO });
    await new Promise<void>((sent) => sender.send(to, Buffer.from("hello"), () => sent()));
    const replied = new Promise((replies) => requester.request(to, Buffer.from("who?"), 1_000, (_error, all) => replies(all)));
    await new Promise(setImmediate);
    test.system.pass(1_000);
    await replied;
    const [said, asked] = activity().destinations;
    should(said).containEql({ group: A, port: test.port, sent: 1, bytes: 5, failed: 0, state: "joined", label: "say" });
    should(said?.interfaces).deepEqual(["lo"]);
    should(Math.abs((said?.lastAt ?? 0) - Date.now())).be.below(1_500);
    should(asked).containEql({ sent: 1, bytes: 4, state: "closed", label: "ask" });
    await Promise.all([sender.close(), requester.close()]);
    should(activity().destinations).be.empty();
  });

  it("has a row for each relay, and none for its echoes as a destination", async () => {
    const listener = labelled("hear");
    const fields = { group: B, groups: [A, B], port: test.port, iface: LO, echoIface: LO, maxRate: 1 };
    const relay = new Relay({ multicast: test.multicast, loopGuard }, hearOptions(fields), listener);
    for (let count = 0; count < 3; count += 1) await test.say(A, `hello ${count}`);
    await listener.count(4);
    const { relays, destinations } = activity();
    should(relays.length).equal(1);
    should(relays[0]).containEql({ to: `${B}:${test.port}`, state: "joined", label: "hear", loop: false });
    should(relays[0]?.from).deepEqual([`${A}:${test.port}`, `${B}:${test.port}`]);
    should(relays[0]).containEql({ echoed: 1, heldBack: 2, repeats: 0, acknowledged: 0, failed: 0 });
    should(destinations).be.empty();
    await relay.close();
    should(activity().relays).be.empty();
  });

  it("lists the groups of other programs, without the sockets of this process", () => {
    test.join(A, new RecordingListener());
    test.join(B, new RecordingListener());
    test.system.igmp =
      "1\tlo        :     3      V3\n\t0101FFEF     3 0:00000000\t\t0\n\t0201FFEF     1 0:00000000\t\t0\n\t010000E0     1 0:00000000\t\t0\n";
    should(activity().others).deepEqual([
      { interface: "lo", group: A, sockets: 2 },
      { interface: "lo", group: "224.0.0.1", sockets: 1 },
    ]);
  });

  it("can be written as JSON and read again", () => {
    test.join(A, labelled("one"), { iface: "eth9" });
    should(JSON.parse(JSON.stringify(activity())).groups[0].problem.message).equal("waiting for eth9");
  });
});
