import { once } from "node:events";
import should from "should";
import type { Socket } from "../../../src/lib/host/system";
import { DrainingSocket, MAX_UNDERWAY } from "../../../src/lib/sockets/draining-socket";
import { freePort, LO } from "../../support/loopback";
import { TestSender } from "../../support/test-sender";
import { callbackOf, failSend, systemRefusal, TestSystem } from "../../support/test-system";

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
    await new Promise(setImmediate);
    should(isClosed).be.true();
    system.pass(100); // the system never says what became of the datagram
    await closed;
  });

  it("reports an error of a callback as a warning, and still closes", async () => {
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
  let test: TestSender;
  let system: TestSender["system"];
  let sender: TestSender["sender"];
  let listener: TestSender["listener"];
  let to: TestSender["to"];
  let say: TestSender["say"];

  beforeEach(async () => {
    test = await TestSender.create();
    ({ system, sender, listener, to, say } = test);
  });
  afterEach(() => test.close());

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

describe("the number of datagrams underway on a draining socket", () => {
  let system: TestSystem;
  let socket: Socket;
  let draining: DrainingSocket;
  let held: ((error: Error | null) => void)[];

  const send = (size: number, sent: (error: Error | null) => void = () => {}) =>
    draining.send({ bytes: Buffer.alloc(size), address: LO, port: 9, ttl: 1, loopback: true }, sent);

  // A link that takes nothing: what is sent stays with the system, which counts it.
  const block = (): void => {
    let bytes = 0;
    Object.assign(socket, {
      send: (payload: Buffer, ...rest: readonly unknown[]) => {
        bytes += payload.length;
        held.push(callbackOf(rest));
      },
      getSendQueueCount: () => held.length,
      getSendQueueSize: () => bytes,
    });
  };

  beforeEach(() => {
    system = new TestSystem();
    socket = system.open({ type: "udp4", address: LO, port: 0, shared: false });
    draining = new DrainingSocket(socket, system);
    held = [];
  });

  it("is at most 10,000 datagrams", async () => {
    block();
    for (let each = 0; each < MAX_UNDERWAY.count; each += 1) should(send(1)).be.true();
    should(send(1)).be.false();
    should(held).have.length(MAX_UNDERWAY.count);
    held.pop()?.(null);
    should(send(1)).be.true();
    for (const sent of held.splice(0)) sent(null);
    await draining.close();
  });

  it("is at most 16 MiB, in which a small datagram may still fit", async () => {
    block();
    let taken = 0;
    while (send(65_000)) taken += 65_000;
    should(taken).be.within(MAX_UNDERWAY.bytes - 65_000, MAX_UNDERWAY.bytes);
    should(draining.underway).deepEqual({ count: held.length, bytes: taken });
    should(send(MAX_UNDERWAY.bytes - taken)).be.true();
    should(send(1)).be.false();
    for (const sent of held.splice(0)) sent(null);
    await draining.close();
  });

  it("may be more in one tick, while the link takes it", async () => {
    let left = 12_000;
    await new Promise<void>((resolve) => {
      const sent = (error: Error | null): void => {
        should(error).be.null();
        left -= 1;
        if (left === 0) resolve();
      };
      for (let each = 0; each < 12_000; each += 1) should(send(1, sent)).be.true();
    });
    await draining.close();
  });

  it("delays the close of the socket: by 1 s, and until the system has ended the datagrams", async () => {
    block();
    const ends: unknown[] = [];
    send(1, (error) => ends.push(error));
    let isClosed = false;
    const closed = draining.close().then(() => {
      isClosed = true;
    });
    system.pass(999);
    await Promise.resolve();
    should(isClosed).be.false();
    system.pass(1);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    should(isClosed).be.false();
    const error = systemRefusal("ECANCELED");
    held.pop()?.(error);
    await closed;
    should(ends).deepEqual([error]);
    should(system.timers).equal(0);
  });

  it("does not keep the socket from closing if the system never reports its result", async () => {
    block();
    send(1);
    const closed = draining.close();
    system.pass(1_000);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    system.pass(100);
    await closed;
  });
});
