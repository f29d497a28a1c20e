import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { GroupSocket } from "../../../src/lib/sockets/group-socket";
import { MembershipRefresh } from "../../../src/lib/sockets/membership-refresh";
import {
  freePort,
  joinedInKernel,
  LO,
  ONE,
  ownGroup,
  ownSourceSpecificGroup,
  RecordingListener,
  sayFromEach,
  sourcesInKernel,
  TWO,
} from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { snapshotOf, TestSystem } from "../../support/test-system";

describe("the membership refresh", () => {
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

  it("finds a lost membership, and joins again within a heartbeat", async () => {
    const group = ownGroup();
    const listener = new RecordingListener();
    join(group, listener);
    system.sockets[0]?.dropMembership(group, LO);
    should(joinedInKernel(group)).equal(0);
    system.pass();
    should(joinedInKernel(group)).equal(1);
    should(system.sockets).have.length(2);
    await say(group, "back");
    await listener.count(1);
  });

  it("finds within a heartbeat that an interface has lost all of very many memberships", () => {
    const groups = Array.from({ length: 100 }, (_, index) => `239.255.4.${index}`);
    for (const group of groups) join(group, new RecordingListener());
    for (const [index, group] of groups.entries()) system.sockets[index]?.dropMembership(group, LO);
    system.pass();
    should(groups.map((group) => joinedInKernel(group))).deepEqual(groups.map(() => 1));
  });

  it("finds one lost membership among very many within some heartbeats", () => {
    const groups = Array.from({ length: 100 }, (_, index) => `239.255.4.${index}`);
    for (const group of groups) join(group, new RecordingListener());
    system.sockets[61]?.dropMembership("239.255.4.61", LO);
    system.pass(4 * 2_000);
    should(joinedInKernel("239.255.4.61")).equal(1);
    should(system.sockets).have.length(101);
  });

  it("leaves a healthy socket alone", () => {
    join("239.255.1.1", new RecordingListener());
    system.pass(60_000);
    should(system.sockets).have.length(1);
  });

  it("refreshes a group on all ports at once, at the shortest interval", () => {
    const group = ownGroup();
    const order: string[] = [];
    join(group, new RecordingListener(), { refresh: 10 });
    join(group, new RecordingListener(), { port: port + 1, refresh: 0 });
    join("239.255.1.2", new RecordingListener(), { refresh: 0 });
    for (const [position, socket] of system.sockets.entries()) {
      const { dropMembership, addMembership } = socket;
      socket.dropMembership = (...args) => {
        order.push(`drop ${position}`);
        dropMembership.apply(socket, args);
      };
      socket.addMembership = (...args) => {
        addMembership.apply(socket, args); // a probe is refused here, since the membership is alive
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

  it("never refreshes a group whose refresh is off, not even after it has joined again", () => {
    const group = ownGroup();
    join(group, new RecordingListener(), { refresh: 0 });
    system.sockets[0]?.dropMembership(group, LO);
    const open = system.open.bind(system);
    let drops = 0;
    system.open = (opening) => Object.assign(open(opening), { dropMembership: () => (drops += 1) });
    system.pass(60_000);
    should(system.sockets).have.length(2);
    should(drops).equal(0);
  });

  it("does not refresh while the kernel receives queries of IGMP version 1 or 2", () => {
    join("239.255.1.1", new RecordingListener(), { refresh: 10 });
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
});

describe("the membership refresh of a source-specific group", () => {
  let test: TestMulticast;
  let system: TestSystem;
  let port: number;
  let join: TestMulticast["join"];
  let group: string;
  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ system, port, join } = test);
    group = ownSourceSpecificGroup();
  });
  afterEach(() => test.close());

  it("finds that a source was lost, and joins again within a heartbeat", async () => {
    join(group, new RecordingListener(), { allow: [ONE, TWO] });
    system.sockets[0]?.dropSourceSpecificMembership(ONE, group, LO);
    should(sourcesInKernel(group)).deepEqual([TWO]);
    system.pass();
    should(sourcesInKernel(group)).deepEqual([ONE, TWO]);
    should(system.openings.length).equal(2);
    system.pass();
    should(system.openings.length).equal(2);
  });

  it("refreshes the group with all its sources, and loses no datagram", async () => {
    const listener = new RecordingListener();
    join(group, listener, { allow: [ONE, TWO], refresh: 10 });
    await sayFromEach(group, port);
    system.pass(20_000);
    should(sourcesInKernel(group)).deepEqual([ONE, TWO]);
    await sayFromEach(group, port);
    await listener.count(4);
    should(listener.texts).deepEqual([TWO, ONE, TWO, ONE]);
    should(system.openings.length).equal(1);
  });
});

describe("the membership refresh of many sockets", () => {
  it("probes at most sixty-four sockets at a beat, in turns", async () => {
    const system = new TestSystem();
    const port = await freePort();
    const probed: string[] = [];
    const sockets = Array.from({ length: 100 }, (_, index) => {
      const socket = new GroupSocket({ group: parseGroup(`239.255.5.${index}`), port, interface: "lo", sources: [] }, "linux");
      return Object.assign(socket, { probe: () => probed.push(socket.key.group.address) > 0 });
    });
    const refresh = new MembershipRefresh(sockets);
    const counts = Array.from({ length: 4 }, () => {
      const before = probed.length;
      refresh.beat(snapshotOf(system), false);
      return probed.length - before;
    });
    for (const socket of sockets) socket.close();
    should(Math.max(...counts)).be.belowOrEqual(64);
    should(new Set(probed).size).equal(100);
  });
});
