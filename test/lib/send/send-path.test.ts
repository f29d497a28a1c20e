import should from "should";
import type { McastError } from "../../../src/lib/errors";
import { destination } from "../../../src/lib/options/options";
import { Quota } from "../../../src/lib/quota";
import { SendPath, type SendSockets } from "../../../src/lib/send/send-path";
import { SentCounts } from "../../../src/lib/send/sent-counts";
import { MAX_WAITING } from "../../../src/lib/send/waiting-datagrams";
import { Heartbeat } from "../../../src/lib/sockets/heartbeat";
import { SendSocket } from "../../../src/lib/sockets/send-socket";
import { SocketPool } from "../../../src/lib/sockets/socket-pool";
import { freePort, LO } from "../../support/loopback";
import { TestSender } from "../../support/test-sender";
import { callbackOf, failSend, ipv4, systemRefusal, TestSystem } from "../../support/test-system";

describe("a send path", () => {
  let test: TestSender;
  let system: TestSender["system"];
  let sender: TestSender["sender"];
  let states: TestSender["states"];
  let listener: TestSender["listener"];
  let to: TestSender["to"];
  let say: TestSender["say"];

  beforeEach(async () => {
    test = await TestSender.create();
    ({ system, sender, states, listener, to, say } = test);
  });
  afterEach(() => test.close());

  it("keeps datagrams that come before their interface, and sends them in order when it appears", async () => {
    const sent = [say("one", { iface: "eth0" }), say("two", { iface: "eth0" })];
    should(sender.state).have.propertyByPath("reason", "message").equal("waiting for eth0");
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/32")] };
    system.pass();
    should(await Promise.all(sent)).deepEqual([undefined, undefined]);
    await listener.count(2);
    should(listener.texts).deepEqual(["one", "two"]);
    should(states.map(({ kind }) => kind)).deepEqual(["waiting", "joined"]);
  });

  it("fails a datagram after ten seconds of waiting, and names the missing interface", async () => {
    let error: McastError | undefined;
    sender.send(to({ iface: "eth0" }), Buffer.from("late"), (refusal) => {
      error = refusal;
    });
    system.pass(8_000);
    should(error).be.undefined();
    system.pass(4_000);
    should(error).containEql({ code: "ERR_MCAST_INTERFACE", message: "Not sent: waited 10 s for eth0" });
  });

  it("fails a datagram for which there was no network, or more than one interface without a route", () => {
    const errors: unknown[] = [];
    const give = () => sender.send(to({ iface: "default" }), Buffer.from("late"), (error) => errors.push(error?.message));
    system.interfaces = {};
    give();
    system.pass(12_000);
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")], eth1: [ipv4("127.0.0.3/32")] };
    system.pass();
    give();
    system.pass(12_000);
    should(errors).deepEqual(["Not sent: waited 10 s for a network", "choose an interface: no route selects one of eth0, eth1"]);
  });

  it("fails a datagram with the reason: no address of its family on the interface, or a port that another program does not share", () => {
    const errors: unknown[] = [];
    const give = (fields: object) => sender.send(to(fields), Buffer.from("late"), (error) => errors.push([error?.code, error?.message]));
    give({ group: "ff02::1:7", iface: "lo" });
    give({ iface: "eth0", sourcePort: 5000 });
    system.pass(6_000);
    system.refuse = ({ port: wanted }) => (wanted === 5000 ? "EADDRINUSE" : undefined);
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/32")] };
    system.pass(6_000);
    should(errors).deepEqual([
      ["ERR_MCAST_INTERFACE", "waiting for an IPv6 address on lo"],
      ["ERR_MCAST_BIND", "Port 5000 is held by a program that does not share it: stop that program or choose another port"],
    ]);
  });

  it("keeps a thousand datagrams and no more, and fails them when it is closed", async () => {
    const kept: unknown[] = [];
    for (let each = 0; each < 1_000; each += 1) sender.send(to({ iface: "eth0" }), Buffer.from("x"), (error) => kept.push(error?.code));
    should(await say("one too many", { iface: "eth0" })).containEql({ code: "ERR_MCAST_SEND" });
    should(kept).be.empty();
    await sender.close();
    should(new Set(kept)).deepEqual(new Set(["ERR_MCAST_CLOSED"]));
    should(kept).have.length(1_000);
  });

  it("sends a copy on each of several interfaces, each from its own address", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")], eth1: [ipv4("127.0.0.3/32")] };
    should(await say("hello", { iface: "all" })).be.undefined();
    const heard = await listener.count(2);
    should(heard.map(({ sender: { address } }) => address).sort()).deepEqual(["127.0.0.2", "127.0.0.3"]);
  });

  it("fails at once a datagram that the system would refuse, instead of waiting", async () => {
    system.refuse = ({ port: wanted }) => (wanted === 5000 ? "EACCES" : undefined);
    should(await say("refused", { sourcePort: 5000 })).containEql({ code: "ERR_MCAST_BIND" });
  });

  it("fails a datagram that is too large without a change of its state", async () => {
    await say("one");
    const socket = system.sockets.at(-1);
    if (socket) socket.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("EMSGSIZE"));
    should(await say("too large")).containEql({ code: "ERR_MCAST_SEND", reason: "send-size" });
    should(states.map(({ kind }) => kind)).deepEqual(["joined"]);
  });

  it("calls back once for several interfaces: without an error where one took the datagram, and with their number", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")], eth1: [ipv4("127.0.0.3/32")], eth2: [ipv4("127.0.0.4/32")] };
    await say("first", { iface: "all" });
    const [, first, second] = system.sockets.slice(-3);
    if (first) first.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("EPERM"));
    if (second) second.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("ENETUNREACH"));
    const calls: unknown[] = [];
    await new Promise<void>((resolve) =>
      sender.send(to({ iface: "all" }), Buffer.from("second"), (error, taken) => {
        calls.push([error?.reason, taken]);
        resolve();
      }),
    );
    should(calls).deepEqual([[undefined, 1]]);
    should(sender.state).match({
      kind: "joined",
      interfaces: ["eth0"],
      warnings: [{ reason: "send-firewall" }, { reason: "send-route" }],
    });
  });

  it("calls back once for several interfaces of which none took the datagram: with the first refusal", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")], eth1: [ipv4("127.0.0.3/32")] };
    await say("first", { iface: "all" });
    const [first, second] = system.sockets.slice(-2);
    if (first) first.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("EPERM"));
    if (second) second.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("ENETUNREACH"));
    const calls: unknown[] = [];
    await new Promise<void>((resolve) =>
      sender.send(to({ iface: "all" }), Buffer.from("second"), (error, taken) => {
        calls.push([error?.reason, taken]);
        resolve();
      }),
    );
    should(calls).deepEqual([["send-firewall", 0]]);
    should(sender.state).match({ kind: "refused", reason: { reason: "send-firewall" } });
  });

  it("changes its state a few times between two beats, although a firewall refuses every other datagram", async () => {
    await say("one");
    const socket = system.sockets.at(-1);
    const send = socket?.send;
    if (!socket || !send) throw new Error("no socket was opened");
    let count = 0;
    socket.send = (...args: readonly unknown[]) => {
      count += 1;
      setImmediate(callbackOf(args), count % 2 ? systemRefusal("EPERM") : null);
    };
    for (let each = 0; each < 100; each += 1) await say("every other");
    should(states.length).be.belowOrEqual(5);
    await say("refused");
    system.pass();
    should(sender.state.kind).equal("refused");
    socket.send = send;
    await say("sent");
    should(sender.state.kind).equal("joined");
  });
});

describe("a send path on its own", () => {
  let system: TestSystem;
  let heartbeat: Heartbeat;
  let sockets: SendSockets;
  let changes: number;
  let path: SendPath;

  beforeEach(async () => {
    system = new TestSystem();
    heartbeat = new Heartbeat(system, { beat: () => {} });
    sockets = new SocketPool((key) => new SendSocket(key, system, () => heartbeat.refresh()));
    changes = 0;
    path = new SendPath({
      destination: destination({ group: "239.255.1.1", port: await freePort(), iface: LO }),
      owner: "",
      sockets,
      system,
      heartbeat,
      waiting: new Quota(MAX_WAITING),
      counts: new SentCounts(undefined, new Set()),
      listener: {
        receive: () => {},
        onDropped: () => {},
        onChange: () => {
          changes += 1;
        },
      },
    });
  });
  afterEach(async () => {
    await path.close();
    should(sockets.size).equal(0);
  });

  it("opens its sockets at once, and names their interfaces", () => {
    should(path.interfaces).deepEqual(["lo"]);
    should(path.state).containEql({ kind: "joined", interfaces: ["lo"] });
    should(sockets.size).equal(1);
  });

  it("is idle after thirty beats without a datagram, and no longer when one is sent", async () => {
    const beat = (count: number) => {
      for (let each = 0; each < count; each += 1) path.beat(heartbeat.refresh());
    };
    beat(30);
    should(path.isIdle).be.false();
    beat(1);
    should(path.isIdle).be.true();
    const to = destination({ group: "239.255.1.1", port: await freePort(), iface: LO });
    await new Promise((resolve) => path.send(to, Buffer.from("hello"), resolve));
    should(path.isIdle).be.false();
  });

  it("calls onChange when its interface gets another address", () => {
    system.interfaces = { lo: [ipv4("127.0.0.2/8", true)] };
    const before = changes;
    path.beat(heartbeat.refresh());
    should(changes).be.above(before);
  });
});
