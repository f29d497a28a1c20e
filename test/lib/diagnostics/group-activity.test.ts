import should from "should";
import { activityOf, activityOfMemberships } from "../../../src/lib/diagnostics/activity";
import { clockOf } from "../../../src/lib/diagnostics/clock";
import { bySocket, type GroupActivity, groupRow } from "../../../src/lib/diagnostics/group-activity";
import { GroupSubscription } from "../../../src/lib/group-subscription";
import { joinOptions } from "../../../src/lib/options/options";
import { LoopGuard } from "../../../src/lib/relay/loop-guard";
import { createKey } from "../../../src/lib/sealed/group-key";
import { readSealing } from "../../../src/lib/sealed/sealing-options";
import { LO, RecordingListener, sayFrom } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { ipv4 } from "../../support/test-system";

const [A, B] = ["239.255.1.1", "239.255.1.2"] as const;
const labelled = (label: string) => Object.assign(new RecordingListener(), { label });

describe("the activity of groups", () => {
  let test: TestMulticast;
  let activity: () => { readonly time: number; readonly groups: readonly GroupActivity[] };
  beforeEach(async () => {
    test = await TestMulticast.create();
    const loopGuard = new LoopGuard();
    activity = () => activityOf({ multicast: test.multicast, loopGuard });
  });
  afterEach(() => test.close());

  it("has a row for each socket, with its counts, its last datagram and the labels of its listeners", async () => {
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

  it("counts the datagrams that Allow kept from each listener, and shows a listener only its own counts", async () => {
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

  it("counts for a listener also the datagrams of interfaces that it no longer has", async () => {
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

  it("counts how often a membership was refreshed, healed, and opened anew", async () => {
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

  it("counts a membership as healed that the kernel had lost when its interface was back", () => {
    const { system } = test;
    system.interfaces = { eth0: [ipv4("127.0.0.1/8")] };
    test.join(A, new RecordingListener(), { iface: "eth0", refresh: 0 });
    const flap = () => {
      for (const addresses of [[], [ipv4("127.0.0.1/8")]]) {
        system.interfaces = { eth0: addresses };
        system.pass();
      }
    };
    flap(); // the system does not list the groups
    should(activity().groups[0]).containEql({ state: "joined", healed: 0, reopened: 0 });
    system.igmp = "2\teth0      :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n";
    flap();
    should(activity().groups[0]).containEql({ state: "joined", healed: 1, reopened: 0 });
  });

  it("warns of what a listener with a key refuses, on the rows of its group", async () => {
    const sealing = readSealing({ key: createKey() });
    const [sealed, plain] = [new GroupSubscription(test.multicast, new RecordingListener(), { sealing }), new RecordingListener()];
    sealed.join([joinOptions({ group: A, port: test.port, iface: LO })]);
    test.join(A, plain);
    test.join(B, plain);
    await test.say(A, "not sealed");
    await plain.count(1);
    const [first, second] = activity().groups;
    should(first).containEql({ received: 1, refused: 1 });
    should(first?.warning).containEql({ code: "ERR_MCAST_KEY", reason: "sealed-not", message: "1 refused: not sealed" });
    should(second).not.have.property("warning");
    await sealed.close();
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

  it("has one row for a socket, with the users that it is asked for", () => {
    test.join(A, labelled("one"));
    test.join(A, labelled("other"));
    const [[socket, uses] = []] = bySocket(test.multicast.memberships);
    should(uses).have.length(2);
    if (!socket || !uses) return;
    const row = groupRow(socket, uses.slice(1), socket.counts, clockOf(test.multicast));
    should(row).containEql({ group: A, listeners: 1 });
    should(row.labels).deepEqual(["other"]);
  });
});
