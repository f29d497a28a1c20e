import { randomInt } from "node:crypto";
import should from "should";
import { Multicast } from "../../../src/lib/multicast";
import { destination, hearOptions, joinOptions } from "../../../src/lib/options/options";
import type { Membership } from "../../../src/lib/receive/membership";
import { LoopGuard } from "../../../src/lib/relay/loop-guard";
import { Relay } from "../../../src/lib/relay/relay";
import { freePort, LO, ONE, RecordingListener, sayFromEach } from "../../support/loopback";
import { callbackOf, ipv4, systemRefusal, TestSystem } from "../../support/test-system";

const [A, B, C, D] = ["239.255.1.1", "239.255.1.2", "239.255.1.3", "239.255.1.4"] as const;

/** A listener that also records if a datagram was echoed. */
class RelayRecorder extends RecordingListener {
  readonly echoed: boolean[] = [];
  override onDatagram(...[payload, sender, arrival, echoed]: [...Parameters<RecordingListener["onDatagram"]>, echoed?: boolean]): void {
    this.echoed.push(echoed ?? false);
    super.onDatagram(payload, sender, arrival);
  }
}

describe("a relay", () => {
  let system: TestSystem;
  let multicast: Multicast;
  let loopGuard: LoopGuard;
  let port: number;
  let open: { close(): Promise<void> }[];

  const relay = (bind: string, groups: readonly unknown[], fields = {}) => {
    const listener = new RelayRecorder();
    const made = new Relay(
      { multicast, loopGuard },
      hearOptions({ group: bind, groups, port, iface: LO, echoIface: LO, ...fields }),
      listener,
    );
    open.push(made);
    return { listener, relay: made };
  };
  const join = (group: string) => {
    const listener = new RecordingListener();
    const membership: Membership = multicast.join(joinOptions({ group, port, iface: LO }), listener);
    open.push({ close: () => membership.leave() });
    return listener;
  };
  const say = async (group: string, ...payloads: readonly (string | Buffer)[]) => {
    const sender = multicast.sender();
    await Promise.all(
      payloads.map(
        (payload) => new Promise((resolve) => sender.send(destination({ group, port, iface: LO }), Buffer.from(payload), resolve)),
      ),
    );
    await sender.close();
  };

  beforeEach(async () => {
    system = new TestSystem();
    multicast = new Multicast(system);
    loopGuard = new LoopGuard();
    port = await freePort();
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((each) => each.close()));
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    should(system.timers).equal(0);
  });

  it("leaves nothing open where it is refused for too many groups", () => {
    const groups = Array.from({ length: 4097 }, (_, at) => `239.255.${at >> 8}.${at & 255}`);
    should(() => relay("239.254.1.1", groups, { acknowledge: true })).throw({ code: "ERR_MCAST_JOIN" });
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    should(system.timers).equal(0);
  });

  it("is refused where the system refuses its groups, and waits where they wait, although it could send", () => {
    system.refuse = (opening) => (opening.port === port ? "EADDRINUSE" : undefined);
    const refused = relay(B, [A]).relay;
    should(refused.state).match({ kind: "refused", reason: { code: "ERR_MCAST_BIND" } });
    system.refuse = () => undefined;
    const waiting = relay(B, [A], { iface: "absent0" }).relay;
    should(waiting.state).match({ kind: "waiting", interfaces: [], reason: { reason: "interface-absent" } });
  });

  it("echoes its own bind group only between named interfaces, and has no echoes otherwise", () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/8")], eth1: [ipv4("127.0.0.3/8")] };
    const echoesOf = (groups: readonly string[], iface: string, echoIface: string) => relay(B, groups, { iface, echoIface }).relay.echoesOn;
    should(echoesOf([B], "all", "eth0")).be.empty();
    should(echoesOf([B], "eth0", "eth1")).deepEqual(["eth1"]);
    should(echoesOf([A, B], "all", "eth1")).deepEqual(["eth1"]);
  });

  it("emits and echoes a datagram once although its group is joined on one interface under two names", async () => {
    const echoes = join(B);
    const options = hearOptions({ group: B, groups: [A], port, iface: LO, echoIface: LO });
    const listener = new RelayRecorder();
    const twice = options.joins.flatMap((each) => [each, { ...each, iface: ["lo"] }]);
    open.push(new Relay({ multicast, loopGuard }, { ...options, joins: twice }, listener));
    await say(A, "one", "two");
    await echoes.count(2);
    should(listener.texts).deepEqual(["one", "two"]);
    should(echoes.texts).deepEqual(["one", "two"]);
  });

  it("emits a datagram once and echoes it although only one of the two names of its group is marked", async () => {
    const echoes = join(B);
    const options = hearOptions({ group: B, groups: [A], port, iface: LO, echoIface: LO });
    const listener = new RelayRecorder();
    const twoNames = options.joins.flatMap((each) => [
      { ...each, iface: ["lo"], echo: false },
      { ...each, echo: true },
    ]);
    open.push(new Relay({ multicast, loopGuard }, { ...options, joins: twoNames }, listener));
    await say(A, "one", "two");
    await echoes.count(2);
    should(listener.texts).deepEqual(["one", "two"]);
    should(listener.echoed).deepEqual([true, true]);
    should(echoes.texts).deepEqual(["one", "two"]);
  });

  it("echoes, acknowledges and emits nothing of a sender that is not allowed", async () => {
    const { listener } = relay(D, [A], { allow: ONE, acknowledge: true });
    const target = join(D);
    await sayFromEach(A, port);
    await Promise.all([listener.count(1), target.count(1)]);
    should([...listener.texts, ...target.texts]).deepEqual([ONE, ONE]);
  });

  it("waits, and does not turn red, while an interface is missing and a loop is suspected", async () => {
    const { relay: made } = relay(D, [A], { iface: `${LO}, eth0`, maxRate: 1 });
    await say(A, "first", "above the cap");
    await until(() => "warnings" in made.state && made.state.warnings.length > 0);
    should(made.state).containEql({ kind: "waiting", interfaces: ["lo"] });
  });

  it("echoes datagrams of every marked group, and emits those of the others too", async () => {
    const { listener } = relay(D, [A, B, { group: C, echo: false }]);
    const target = join(D);
    await say(A, "a");
    await say(B, "b");
    await say(C, "c");
    await Promise.all([listener.count(3), target.count(2)]);
    should(listener.texts).deepEqual(["a", "b", "c"]);
    should(listener.echoed).deepEqual([true, true, false]);
    should(target.texts).deepEqual(["a", "b"]);
  });

  it("echoes bytes unchanged: none, 65507, and bytes that are no text", async () => {
    relay(D, [A]);
    const target = join(D);
    const payloads = [Buffer.alloc(0), Buffer.alloc(65507, 0xe9), Buffer.from([0xff, 0x00, 0x80, 0x0a])];
    await say(A, ...payloads);
    const heard = await target.count(3);
    should(heard.map(({ payload }, position) => payloads[position]?.equals(payload))).deepEqual([true, true, true]);
  });

  it("emits datagrams of the bind group if it is listed, and never echoes them", async () => {
    const { listener } = relay(D, [A, { group: D, echo: true }]);
    const target = join(D);
    await say(D, "on the bind group");
    await say(A, "on another");
    await Promise.all([listener.count(3), target.count(2)]);
    const reported = listener.heard.map(({ text, arrival }, position) => `${text}, ${arrival.group}, ${listener.echoed[position]}`);
    should(reported.sort()).deepEqual([`on another, ${A}, true`, `on another, ${D}, false`, `on the bind group, ${D}, false`]);
  });

  it("echoes nothing if echo is off, and opens no send socket", async () => {
    const { listener } = relay(D, [A], { echo: "off" });
    await say(A, "hello");
    await listener.count(1);
    should(listener.echoed).deepEqual([false]);
    should(multicast.sockets.sending).equal(0);
  });

  it("forwards through a chain of relays", async () => {
    relay(B, [A]);
    relay(C, [B]);
    relay(D, [C]);
    const target = join(D);
    await say(A, "through", "through", "through");
    should((await target.count(3)).map(({ text }) => text)).deepEqual(["through", "through", "through"]);
  });

  it("ends a loop of two relays, each of which receives a datagram of the other once", async () => {
    const one = relay(B, [A]);
    const two = relay(A, [B]);
    await say(A, "round");
    await Promise.all([one.listener.count(1), two.listener.count(1)]);
    await say(B, "the other way");
    await Promise.all([one.listener.count(2), two.listener.count(2)]);
    await say(C, "nobody's");
    should([...one.listener.texts].sort()).deepEqual(["round", "the other way"]);
    should([...two.listener.texts].sort()).deepEqual(["round", "the other way"]);
  });

  it("ends a ring of three relays, and a relay beside the ring still gets the datagrams", async () => {
    const ring = [relay(B, [A]), relay(C, [B]), relay(A, [C])];
    relay(D, [B]);
    const branch = join(D);
    await say(A, "round");
    should((await branch.count(1)).map(({ text }) => text)).deepEqual(["round"]);
    await say(A, "again");
    await branch.count(2);
    should(ring.map(({ listener }) => listener.heard.length)).matchEach((count: number) => should(count).be.belowOrEqual(2));
  });

  it("is not taken for another relay that echoes to the same bind group", async () => {
    relay(D, [A]);
    relay(D, [B]);
    const target = join(D);
    await say(A, "a");
    await say(B, "b");
    should((await target.count(2)).map(({ text }) => text)).deepEqual(["a", "b"]);
  });

  it("names the missing interface of its echoes, and echoes nothing late", async () => {
    const { listener, relay: made } = relay(D, [A], { echoIface: "eth0" });
    const target = join(D);
    should(made.state).containEql({ kind: "waiting", interfaces: ["lo"] });
    await say(A, "too early");
    await listener.count(1);
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/32")] };
    system.pass();
    should(made.state.kind).equal("joined");
    should(listener.states.at(-1)).deepEqual(made.state);
    await say(A, "now");
    await target.count(1);
    should(target.texts).deepEqual(["now"]);
    should(listener.echoed).deepEqual([false, true]);
  });

  it("still echoes after an echo that failed", async () => {
    const { listener, relay: made } = relay(D, [A]);
    const target = join(D);
    const sending = system.sockets.at(1);
    if (!sending) throw new Error("no socket was opened");
    const send = sending.send.bind(sending);
    Object.assign(sending, { send: (...args: readonly unknown[]) => setImmediate(callbackOf(args), systemRefusal("ENETUNREACH")) });
    await say(A, "lost");
    await listener.count(1);
    await until(() => made.state.kind === "waiting");
    Object.assign(sending, { send });
    await say(A, "heard");
    should((await target.count(1)).map(({ text }) => text)).deepEqual(["heard"]);
    await until(() => made.state.kind === "joined");
  });

  it("echoes from the first hop port, and a datagram from a hop port from the next one", async () => {
    relay(B, [A]);
    relay(C, [B]);
    const [first, second] = [join(B), join(C)];
    await say(A, "hello");
    await Promise.all([first.count(1), second.count(1)]);
    should([first, second].map(({ heard }) => heard[0]?.sender.port)).deepEqual([61_440, 61_441]);
  });

  it("opens the sockets of later hops when they are first needed, and shares them with the other relays of the process", async () => {
    const before = multicast.sockets.sending;
    relay(B, [A]);
    relay(C, [B]);
    relay(D, [B]);
    should(multicast.sockets.sending - before).equal(1);
    const ends = [join(C), join(D)];
    await say(A, "hello");
    await Promise.all(ends.map((end) => end.count(1)));
    should(multicast.sockets.sending - before).equal(2);
  });

  it("echoes from other hop ports where the library sets them", async () => {
    const hopPort = randomInt(20_000, 30_000); // below the ephemeral ports, one of which the test itself sends from
    relay(B, [A], { hopPort });
    const target = join(B);
    await say(A, "hello");
    await target.count(1);
    should(target.heard[0]?.sender.port).equal(hopPort);
    should(() => relay(B, [A], { hopPort: 65_529 })).throw(/^Hop port 65529 is out of range \(1 to 65528/);
  });

  it("echoes from any port if a program does not share the hop port", async () => {
    system.refuse = (opening) => (opening.port === 61_440 ? "EADDRINUSE" : undefined);
    const { relay: made } = relay(B, [A]);
    should(made.state.kind).equal("joined");
    const target = join(B);
    await say(A, "hello");
    await target.count(1);
    should(target.heard[0]?.sender.port).not.equal(61_440);
  });

  it("echoes from the hop port again within half a minute after a program has freed it", async () => {
    system.refuse = (opening) => (opening.port === 61_440 ? "EADDRINUSE" : undefined);
    const { relay: made } = relay(B, [A]);
    const target = join(B);
    system.refuse = () => undefined;
    for (let beat = 0; beat < 15; beat += 1) system.pass();
    should(made.state.kind).equal("joined");
    await say(A, "hello");
    await target.count(1);
    should(target.heard[0]?.sender.port).equal(61_440);
    const opened = system.openings.length;
    for (let beat = 0; beat < 30; beat += 1) system.pass();
    should(system.openings).have.length(opened);
  });

  it("sends the echo before it emits the datagram", async () => {
    const order: string[] = [];
    const made = new Relay({ multicast, loopGuard }, hearOptions({ group: D, groups: [A], port, iface: LO, echoIface: LO }), {
      onDatagram: () => order.push("reported"),
    });
    open.push(made);
    const sending = system.sockets.at(-1);
    if (!sending) throw new Error("no socket was opened");
    const send = sending.send.bind(sending);
    Object.assign(sending, {
      send: (...args: Parameters<typeof send>) => {
        order.push("echoed");
        send(...args);
      },
    });
    const listener = join(A);
    await say(A, "hello");
    await listener.count(1);
    should(order).deepEqual(["echoed", "reported"]);
  });
});

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}
