import { once } from "node:events";
import should from "should";
import type { McastError } from "../../../src/lib/errors";
import type { Multicast } from "../../../src/lib/multicast";
import { destination } from "../../../src/lib/options/options";
import type { Sender } from "../../../src/lib/send/sender";
import { DrainingSocket } from "../../../src/lib/sockets/draining-socket";
import type { State } from "../../../src/lib/state";
import { freePort, LO, RecordingListener } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { failSend, systemRefusal, TestSystem } from "../../support/test-system";

describe("a draining socket", () => {
  let system: TestSystem;
  let draining: DrainingSocket;
  let port: number;
  let isClosed: boolean;
  const send = (fields = {}) =>
    new Promise<Error | null>((resolve) => {
      const datagram = { bytes: Buffer.from("hello"), address: "239.255.1.1", port, ttl: 1, loopback: true, ...fields };
      draining.send(datagram, resolve);
    });

  beforeEach(async () => {
    system = new TestSystem();
    port = await freePort();
    const socket = system.open({ type: "udp4", address: LO, port: 0, shared: false });
    socket.setMulticastInterface(LO);
    isClosed = false;
    socket.on("close", () => {
      isClosed = true;
    });
    draining = new DrainingSocket(socket, system);
  });
  afterEach(async () => {
    if (!isClosed) await draining.close();
    should(system.timers).equal(0);
  });

  it("sets TTL and loopback before a datagram, and only when they differ from the last one's", async () => {
    const calls: unknown[] = [];
    Object.assign(draining.socket, {
      setMulticastTTL: (ttl: number) => calls.push(ttl),
      setMulticastLoopback: (loopback: boolean) => calls.push(loopback),
    });
    for (const fields of [{}, {}, { ttl: 3 }, { ttl: 3, loopback: false }]) should(await send(fields)).be.null();
    should(calls).deepEqual([1, true, 3, true, 3, false]);
  });

  it("gives the system's error, and an error that the socket throws, to the callback once", async () => {
    const { socket } = draining;
    socket.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("EPERM"));
    should(await send()).containEql({ code: "EPERM" });
    socket.send = () => {
      throw systemRefusal("ERR_SOCKET_DGRAM_NOT_RUNNING");
    };
    should(await send()).containEql({ code: "ERR_SOCKET_DGRAM_NOT_RUNNING" });
  });

  it("closes only after the datagrams underway are sent", async () => {
    const results: unknown[] = [];
    for (let each = 0; each < 10; each += 1) void send().then((error) => results.push(error));
    const closed = draining.close();
    should(isClosed).be.false();
    await closed;
    should(results).deepEqual(new Array(10).fill(null));
  });

  it("closes at once when no datagram is underway", async () => {
    await send();
    await draining.close();
    should(system.timers).equal(0);
  });

  it("closes after a second although a datagram is still underway", async () => {
    draining.socket.send = () => {};
    void send();
    const closed = draining.close();
    system.pass(999);
    await new Promise(setImmediate);
    should(isClosed).be.false();
    system.pass(1);
    await closed;
    await new Promise(setImmediate);
    should(isClosed).be.true();
  });

  it("reports what a callback throws as a warning, and still closes", async () => {
    const warning = once(process, "warning");
    const datagram = { bytes: Buffer.from("hello"), address: "239.255.1.1", port, ttl: 1, loopback: true };
    draining.send(datagram, () => {
      throw new Error("broken callback of a send");
    });
    await draining.close();
    const [{ message }] = await warning;
    should(message).match(/broken callback of a send/);
  });
});

describe("a sender with a draining socket", () => {
  let test: TestMulticast;
  let system: TestSystem;
  let multicast: Multicast;
  let port: number;
  let sender: Sender;
  let states: State[];
  let listener: RecordingListener;

  const to = (fields = {}) => destination({ group: "239.255.1.1", port, iface: LO, ...fields });
  const say = (text: string | Buffer, fields = {}) =>
    new Promise<McastError | undefined>((resolve) => sender.send(to(fields), Buffer.from(text), resolve));

  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ system, multicast, port } = test);
    states = [];
    sender = multicast.sender({ onState: (state) => states.push(state) });
    listener = new RecordingListener();
    test.join("239.255.1.1", listener);
  });
  afterEach(async () => {
    await sender.close();
    await test.close();
  });
  it("loses no datagram when it is closed in the tick in which they were sent", async () => {
    const sent: unknown[] = [];
    for (let each = 0; each < 50; each += 1) sender.send(to(), Buffer.from(String(each)), (error) => sent.push(error));
    await sender.close();
    should(sent).deepEqual(new Array(50).fill(undefined));
    await listener.count(50);
  });

  it("sends two datagrams of one tick each with its own TTL and loopback", async () => {
    const settings: unknown[] = [];
    const open = system.open.bind(system);
    system.open = (opening) => {
      const socket = open(opening);
      return Object.assign(socket, {
        setMulticastTTL: (ttl: number) => settings.push(ttl),
        setMulticastLoopback: (loopback: boolean) => settings.push(loopback),
      });
    };
    await Promise.all([say("near", { ttl: 1 }), say("far", { ttl: 3, loopback: false })]);
    should(settings).deepEqual([1, true, 3, false]);
    const ports = (await listener.count(2)).map(({ sender }) => sender.port);
    should(new Set(ports).size).equal(2);
  });

  it("calls back once although the socket throws", async () => {
    await say("one");
    const socket = system.sockets.at(-1);
    if (socket)
      socket.send = () => {
        throw systemRefusal("ERR_SOCKET_DGRAM_NOT_RUNNING");
      };
    should(await say("two")).containEql({ code: "ERR_MCAST_SEND" });
  });
});
