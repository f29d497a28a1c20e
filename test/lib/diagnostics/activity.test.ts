import should from "should";
import { type Activity, activityOf, activityOfMemberships } from "../../../src/lib/diagnostics/activity";
import { GroupSubscription } from "../../../src/lib/group-subscription";
import { destination, hearOptions, joinOptions } from "../../../src/lib/options/options";
import { LoopGuard } from "../../../src/lib/relay/loop-guard";
import { Relay } from "../../../src/lib/relay/relay";
import { Requester } from "../../../src/lib/requester";
import { LO, RecordingListener, sayFrom } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { ipv4 } from "../../support/test-system";

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

  it("has a row for each socket, with what came, when and from whom, and the labels of its listeners", async () => {
    const [one, other] = [labelled("one"), labelled("other")];
    test.join(A, one);
    test.join(A, other);
    test.join(B, new RecordingListener());
    await sayFrom("127.0.0.2", A, test.port);
    await sayFrom("127.0.0.3", A, test.port);
    await Promise.all([one.count(2), other.count(2)]);
    const { groups } = activity();
    const [first, second] = groups;
    should(groups.length).equal(2);
    should(first).containEql({ group: A, port: test.port, interface: "lo", state: "joined", received: 2, listeners: 2 });
    should(first?.labels).deepEqual(["one", "other"]);
    should(first?.bytes).equal(one.heard.reduce((sum, { payload }) => sum + payload.length, 0));
    should(first?.lastFrom).match(/^127\.0\.0\.3:\d+$/);
    should(Math.abs((first?.lastAt ?? 0) - Date.now())).be.below(1_000);
    should(second).containEql({ group: B, received: 0, labels: [] });
    should(second).not.have.properties(["lastAt", "lastFrom", "problem"]);
  });

  it("keeps the time of the last datagram while others ask for it and none comes", async () => {
    const listener = new RecordingListener();
    test.join(A, listener);
    await test.say(A, "hello");
    await listener.count(1);
    const { time, groups } = activity();
    test.system.pass(10_000);
    should(time - (groups[0]?.lastAt ?? 0)).be.belowOrEqual(1);
    const [later] = activity().groups;
    should(Math.round((activity().time - (later?.lastAt ?? 0)) / 1_000)).equal(10);
  });

  it("counts what Allow kept from each listener, and shows a listener only what reached it", async () => {
    const [some, everyone] = [labelled("some"), new RecordingListener()];
    const membership = test.join(A, some, { allow: "127.0.0.2" });
    test.join(A, everyone);
    for (const sender of ["127.0.0.3", "127.0.0.2", "127.0.0.3"]) await sayFrom(sender, A, test.port);
    await everyone.count(3);
    should(activity().groups[0]).containEql({ received: 3, filtered: 2, refused: 0, listeners: 2 });
    const [own] = activityOfMemberships(test.multicast, [membership]).groups;
    should(own).containEql({ received: 1, filtered: 2, listeners: 1 });
    should(own?.labels).deepEqual(["some"]);
    should(own?.lastFrom).match(/^127\.0\.0\.2:/);
    should(membership.counts).containEql({ received: 1, filtered: 2 });
  });

  it("counts for a listener what came by interfaces that it no longer has", async () => {
    test.system.interfaces = { eth0: [ipv4("127.0.0.1/8")] };
    const listener = new RecordingListener();
    const membership = test.join(A, listener, { iface: "all" });
    await sayFrom("127.0.0.2", A, test.port);
    await listener.count(1);
    test.system.interfaces = { eth1: [ipv4("127.0.0.1/8")] };
    test.system.pass();
    should(activity().groups.map((row) => [row.interface, row.received])).deepEqual([["eth1", 0]]);
    should(membership.counts.received).equal(1);
  });

  it("has a row with the reason for a group that waits, and for one that the system refuses", () => {
    test.join(A, labelled("one"), { iface: "eth9" });
    test.system.refuse = () => "EMFILE";
    test.join(B, labelled("other"));
    const [waiting, refused] = activity().groups;
    should(waiting).containEql({ group: A, interface: "eth9", state: "waiting", labels: ["one"] });
    should(waiting?.problem).containEql({ code: "ERR_MCAST_INTERFACE", reason: "interface-absent", message: "waiting for eth9" });
    should(refused).containEql({ group: B, interface: "lo", state: "refused" });
    should(refused?.problem).containEql({ code: "ERR_MCAST_BIND" });
  });

  it("has a row for a group that waits for any network at all, with the choice as its interface", () => {
    test.system.interfaces = {};
    const membership = test.join(A, labelled("one"), { iface: "all" });
    const row = { group: A, port: test.port, interface: "all", state: "waiting", received: 0, labels: ["one"] };
    should(activity().groups).containDeep([row]);
    should(activityOfMemberships(test.multicast, [membership]).groups).containDeep([row]);
  });

  it("tells how often a membership was refreshed, healed, and opened anew", async () => {
    test.join(A, new RecordingListener(), { refresh: 10 });
    test.system.pass(10_000);
    should(activity().groups[0]).containEql({ refreshed: 1, healed: 0, reopened: 0 });
    test.system.sockets[0]?.dropMembership(A, LO);
    test.system.pass();
    should(activity().groups[0]).containEql({ healed: 1, reopened: 1 });
    test.system.sockets[1]?.emit("error", new Error("broken"));
    test.system.pass();
    should(activity().groups[0]).containEql({ healed: 1, reopened: 2 });
  });

  it("has a row for a socket that receives unicast, without a group", async () => {
    const listener = labelled("one");
    const groups = new GroupSubscription(test.multicast, listener, { unicast: true });
    groups.join([joinOptions({ group: A, port: test.port, iface: LO })]);
    await sayFrom("127.0.0.2", LO, test.port);
    await listener.count(1);
    const [, unicast] = activity().groups;
    should(unicast).containEql({ port: test.port, interface: "lo", received: 1, labels: ["one"] });
    should(unicast).not.have.property("group");
    should(activityOfMemberships(test.multicast, groups.allMemberships).groups.map(({ received }) => received)).deepEqual([0, 1]);
    should(groups.counts).containEql({ received: 1 });
    await groups.close();
  });

  it("has a row for each destination of a sender, and for one of requests between them", async () => {
    const sender = test.multicast.sender({ label: "say" });
    const requester = new Requester(test.multicast, () => {}, "ask");
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
