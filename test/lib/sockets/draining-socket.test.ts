import should from "should";
import type { Socket } from "../../../src/lib/host/system";
import { DrainingSocket, MAX_UNDERWAY } from "../../../src/lib/sockets/draining-socket";
import { LO } from "../../support/loopback";
import { callbackOf, systemRefusal, TestSystem } from "../../support/test-system";

describe("a socket that sends", () => {
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

  it("has at most 10,000 datagrams underway", async () => {
    block();
    for (let each = 0; each < MAX_UNDERWAY.count; each += 1) should(send(1)).be.true();
    should(send(1)).be.false();
    should(held).have.length(MAX_UNDERWAY.count);
    held.pop()?.(null);
    should(send(1)).be.true();
    for (const sent of held.splice(0)) sent(null);
    await draining.close();
  });

  it("has at most 16 MiB underway, but always room for datagrams that fit", async () => {
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

  it("takes more than that in one tick while the link takes it too", async () => {
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

  it("waits 1 s for datagrams underway when it is closed, and until the system has ended the others", async () => {
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

  it("is closed although the system never tells what became of a datagram", async () => {
    block();
    send(1);
    const closed = draining.close();
    system.pass(1_000);
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    system.pass(100);
    await closed;
  });
});
