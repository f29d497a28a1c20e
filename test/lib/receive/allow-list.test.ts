import { randomInt } from "node:crypto";
import should from "should";
import { GroupSubscription } from "../../../src/lib/group-subscription";
import { Multicast } from "../../../src/lib/multicast";
import { hearOptions, joinOptions, readAllow } from "../../../src/lib/options/options";
import { AllowList } from "../../../src/lib/receive/allow-list";
import { LoopGuard } from "../../../src/lib/relay/loop-guard";
import { Relay } from "../../../src/lib/relay/relay";
import { freePort, LO, ownGroup, RecordingListener, sayFrom, sourcesInKernel } from "../../support/loopback";
import { TestSystem } from "../../support/test-system";

describe("a list of senders to allow", () => {
  for (const [allow, address, isAllowed] of [
    ["192.168.1.5", "192.168.1.5", true],
    ["192.168.1.5", "192.168.1.50", false],
    ["192.168.1.0/24", "192.168.1.50", true],
    ["192.168.1.77/24", "192.168.1.50", true],
    ["192.168.1.0/24", "192.168.2.50", false],
    ["10.0.0.1, 192.168.1.0/24", "10.0.0.1", true],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "fd00::1", false],
    ["fd00::/8", "fd12:3456::1", true],
    ["fd00::/8", "fe80::1%eth0", false],
    ["fe80::1", "fe80::1%eth0", true],
    ["FE80:0::0001", "fe80::1", true],
    ["::ffff:10.0.0.1", "10.0.0.1", true],
    ["fd00::1", "10.0.0.1", false],
    ["::/0", "10.0.0.1", false],
    ["::/0", "fd00::1", true],
  ] as const) {
    it(`of ${allow} ${isAllowed ? "lets in" : "keeps out"} ${address}`, () => {
      const list = new AllowList(readAllow(allow));
      should([list.admits(address), list.admits("198.51.100.1"), list.admits(address)]).deepEqual([
        isAllowed,
        allow === "0.0.0.0/0",
        isAllowed,
      ]);
    });
  }
});

describe("allowing certain senders", () => {
  const [ONE, TWO, OTHER] = ["127.0.0.2", "127.0.0.3", "127.0.0.4"] as const;
  let system: TestSystem;
  let multicast: Multicast;
  let port: number;
  let open: { close(): Promise<void> }[];

  const join = (group: string, listener: RecordingListener, fields = {}) => {
    const membership = multicast.join(joinOptions({ group, port, iface: LO, ...fields }), listener);
    open.push({ close: () => membership.leave() });
    return membership;
  };
  const all = async (group: string, text?: string) => {
    for (const sender of [OTHER, TWO, ONE]) await sayFrom(sender, group, port, text);
  };

  beforeEach(async () => {
    system = new TestSystem();
    multicast = new Multicast(system);
    port = await freePort();
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((each) => each.close()));
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
  });

  it("hears them and nobody else, while another node on the same socket hears everyone", async () => {
    const group = ownGroup();
    const [some, everyone] = [new RecordingListener(), new RecordingListener()];
    join(group, some, { allow: [ONE, "127.0.0.3/32"] });
    join(group, everyone);
    should(multicast.sockets.receiving).equal(1);
    await all(group);
    await Promise.all([everyone.count(3), some.count(2)]);
    should(everyone.texts).deepEqual([OTHER, TWO, ONE]);
    should(some.texts).deepEqual([TWO, ONE]);
  });

  it("keeps strangers out of what is sent to this host itself as well", async () => {
    const listener = new RecordingListener();
    const groups = new GroupSubscription(multicast, listener, { unicast: true });
    open.push(groups);
    groups.join([joinOptions({ group: ownGroup(), port, iface: LO, allow: ONE })]);
    await all(LO);
    should((await listener.count(1)).map(({ text }) => text)).deepEqual([ONE]);
  });

  it("echoes, acknowledges and tells nothing of strangers", async () => {
    const [group, bind] = [ownGroup(), ownGroup()];
    const [listener, target] = [new RecordingListener(), new RecordingListener()];
    const fields = { group: bind, groups: [group], port, iface: LO, echoIface: LO, allow: ONE, acknowledge: true };
    open.push(new Relay({ multicast, loopGuard: new LoopGuard() }, hearOptions(fields), listener));
    join(bind, target);
    await all(group);
    await Promise.all([listener.count(1), target.count(1)]);
    should([...listener.texts, ...target.texts]).deepEqual([ONE, ONE]);
  });

  describe("of a source-specific group", () => {
    let group: string;
    beforeEach(() => {
      group = `232.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`;
    });

    it("joins it from them, as the kernel lists", async () => {
      const listener = new RecordingListener();
      const membership = join(group, listener, { allow: [TWO, ONE] });
      should(membership.state).deepEqual({ kind: "joined", interfaces: ["lo"], warnings: [] });
      should(sourcesInKernel(group)).deepEqual([ONE, TWO]);
      await all(group);
      await listener.count(2);
      should(listener.texts).deepEqual([TWO, ONE]);
      should(listener.heard[0]?.arrival).deepEqual({ group, port, interface: "lo" });
      await membership.leave();
      should(sourcesInKernel(group)).be.empty();
    });

    it("leaves others alone who join it from other senders, or from everyone", async () => {
      const listeners = [new RecordingListener(), new RecordingListener(), new RecordingListener()] as const;
      const one = join(group, listeners[0], { allow: ONE });
      join(group, listeners[1], { allow: TWO });
      join(group, listeners[2]);
      should(multicast.sockets.receiving).equal(3);
      await all(group);
      await Promise.all([listeners[0].count(1), listeners[1].count(1), listeners[2].count(3)]);
      await one.leave();
      await all(group);
      await Promise.all([listeners[1].count(2), listeners[2].count(6)]);
      should(listeners.map(({ texts }) => texts.join(" "))).deepEqual([
        ONE,
        `${TWO} ${TWO}`,
        `${OTHER} ${TWO} ${ONE} ${OTHER} ${TWO} ${ONE}`,
      ]);
    });

    it("shares a socket with those who allow the same, in whatever order", async () => {
      join(group, new RecordingListener(), { allow: [ONE, TWO] });
      join(group, new RecordingListener(), { allow: `${TWO}, ${ONE}` });
      should(multicast.sockets.receiving).equal(1);
    });

    it("finds it out when a source was lost, and joins again within a heartbeat", async () => {
      join(group, new RecordingListener(), { allow: [ONE, TWO] });
      system.sockets[0]?.dropSourceSpecificMembership(ONE, group, LO);
      should(sourcesInKernel(group)).deepEqual([TWO]);
      system.pass();
      should(sourcesInKernel(group)).deepEqual([ONE, TWO]);
      should(system.openings.length).equal(2);
      system.pass();
      should(system.openings.length).equal(2);
    });

    it("refreshes it with all its sources, and loses nothing", async () => {
      const listener = new RecordingListener();
      join(group, listener, { allow: [ONE, TWO], refresh: 10 });
      await all(group);
      system.pass(20_000);
      should(sourcesInKernel(group)).deepEqual([ONE, TWO]);
      await all(group);
      await listener.count(4);
      should(listener.texts).deepEqual([TWO, ONE, TWO, ONE]);
      should(system.openings.length).equal(1);
    });

    it("says why not where there are more than the system takes, and tries again", async () => {
      const allow = Array.from({ length: 11 }, (_, number) => `127.0.0.${number + 1}`);
      const membership = join(group, new RecordingListener(), { allow });
      should(membership.state).containEql({ kind: "refused" });
      const { state } = membership;
      should("reason" in state && state.reason).containEql({
        code: "ERR_MCAST_JOIN",
        message: `11 allowed senders are too many for ${group}: allow fewer, or raise net.ipv4.igmp_max_msf`,
      });
      should(sourcesInKernel(group)).be.empty();
      system.pass();
      should(system.openings.length).equal(2);
    });
  });
});
