import { once } from "node:events";
import should from "should";
import { GroupSubscription } from "../../src/lib/group-subscription";
import { Multicast } from "../../src/lib/multicast";
import { type JoinOptions, joinOptions } from "../../src/lib/options/options";
import { freePort, LO, RecordingListener } from "../support/loopback";
import { TestMulticast } from "../support/test-multicast";
import { ipv4, ipv6, systemRefusal, TestSystem } from "../support/test-system";

describe("a subscription of groups", () => {
  let system: TestSystem;
  let multicast: Multicast;
  let groups: GroupSubscription;
  let port: number;
  const options = (group: string, iface?: string): JoinOptions => joinOptions({ group, port, iface });
  const joined = () => groups.joins.map(({ group, zone }) => (zone === undefined ? group.address : `${group.address}%${zone}`));

  beforeEach(async () => {
    system = new TestSystem({ eth0: [ipv6("fe80::5/64", 2)], eth1: [ipv6("fe80::6/64", 3)] });
    system.refuse = () => "EAFNOSUPPORT";
    multicast = new Multicast(system);
    port = await freePort();
    groups = new GroupSubscription(multicast, new RecordingListener());
  });
  afterEach(async () => {
    await groups.close();
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    should(system.timers).equal(0);
  });

  it("has at most 4,096 groups: one more is refused, and joins nothing", () => {
    const all = Array.from({ length: 4_096 }, (_, each) => options(`239.255.${each >> 8}.${each & 255}`, "eth7"));
    groups.join(all);
    should(() => groups.join([options("239.254.1.1", "eth7")])).throw(/at most 4096/, { code: "ERR_MCAST_JOIN" });
    should(groups.joins).have.length(4_096);
    groups.leave(all.slice(0, 1));
    groups.join([options("239.254.1.1", "eth7")]);
    should(groups.joins).have.length(4_096);
  });

  it("stays in a group on one interface when the group on another interface is left", () => {
    groups.join([options("ff02::1:7%eth1")]);
    groups.leave([options("ff02::1:7%eth0")]);
    should(joined()).deepEqual(["ff02::1:7%eth1"]);
  });

  it("leaves a group on every interface when it is left without a zone", () => {
    groups.join([options("ff02::1:7%eth0"), options("ff02::1:7%eth1")]);
    groups.leave([options("ff02::1:7")]);
    should(joined()).be.empty();
  });

  it("leaves only the group on the named interface where that is joined too", () => {
    groups.join([options("ff02::1:7%eth0"), options("ff02::1:7%eth1")]);
    groups.leave([options("ff02::1:7%eth0")]);
    should(joined()).deepEqual(["ff02::1:7%eth1"]);
  });
});

describe("a subscription of groups on the loopback interface", () => {
  let test: TestMulticast;
  let multicast: Multicast;
  let listener: RecordingListener;
  let groups: GroupSubscription;
  let port: number;
  let say: TestMulticast["say"];
  const options = (group: string, fields = {}): JoinOptions => joinOptions({ group, port, iface: LO, ...fields });
  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ multicast, port, say } = test);
    listener = new RecordingListener();
    groups = new GroupSubscription(multicast, listener);
  });
  afterEach(async () => {
    await groups.close();
    await test.close();
  });

  it("delivers a datagram once although its group was joined on one interface under two names", async () => {
    groups.join(["lo", LO].map((iface) => options("239.255.1.1", { iface })));
    should(groups.joins).have.length(2);
    await say("239.255.1.1", "one");
    await say("239.255.1.1", "two");
    await listener.count(2);
    should(listener.texts).deepEqual(["one", "two"]);
  });

  it("leaves a group unchanged that is joined again", () => {
    groups.join([options("239.255.1.1")]);
    const [membership] = groups.memberships;
    groups.join([options("239.255.1.1", { refresh: 10 }), options("239.255.1.2")]);
    should(groups.memberships[0]).equal(membership);
    should(groups.memberships).have.length(2);
  });

  it("has one state for all groups, and reports each change once", () => {
    groups.join([options("239.255.1.1"), options("239.255.1.2", { iface: "eth0" })]);
    should(groups.state).containEql({ kind: "waiting", interfaces: ["lo"] });
    should(listener.states).be.empty();
    test.system.interfaces = { ...test.system.interfaces, eth0: [ipv4("127.0.0.2/32")] };
    test.system.pass();
    should(listener.states).deepEqual([{ kind: "joined", interfaces: ["lo", "eth0"], warnings: [], standBy: [] }]);
  });

  it("is closed while no group is joined", () => {
    should(groups.state).deepEqual({ kind: "closed" });
    groups.join([options("239.255.1.1")]);
    groups.leave([options("239.255.1.1")]);
    should(groups.state).deepEqual({ kind: "closed" });
  });

  it("listens for unicast once for all groups of a family on the same interfaces, until the last of them is left", async () => {
    const both = new GroupSubscription(multicast, listener, { unicast: true });
    both.join([options("239.255.1.1"), options("239.255.1.2")]);
    should(multicast.sockets).deepEqual({ receiving: 2, sending: 1 });
    both.leave([options("239.255.1.1")]);
    should(multicast.sockets).deepEqual({ receiving: 1, sending: 1 });
    both.leave([options("239.255.1.2")]);
    should(multicast.sockets.sending).equal(0);
    await both.close();
  });

  it("reports a fault of onState as a warning of the process", async () => {
    listener.onState = () => {
      throw new Error("broken onState of a subscription");
    };
    groups.join([options("239.255.1.1")]);
    const warning = once(process, "warning");
    test.system.sockets[0]?.emit("error", systemRefusal("ENETDOWN"));
    test.system.refuse = () => "EACCES";
    test.system.pass();
    const [{ message }] = await warning;
    should(message).match(/broken onState of a subscription/);
  });
});
