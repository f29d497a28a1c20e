import should from "should";
import type { NetworkSnapshot } from "../../../src/lib/host/interfaces";
import { SocketPool } from "../../../src/lib/sockets/socket-pool";
import { TestSystem } from "../../support/test-system";

interface Key {
  readonly port: number;
}

/** A socket that records its calls. */
class RecordedSocket {
  readonly listeners = new Set<string>();
  readonly calls: string[] = [];
  isClosed = false;

  check(_snapshot: NetworkSnapshot, eager: boolean): void {
    this.calls.push(`check with ${[...this.listeners]}${eager ? ", eager" : ""}`);
  }

  async close(): Promise<void> {
    await new Promise(setImmediate);
    this.isClosed = true;
  }
}

describe("a pool of sockets", () => {
  const snapshot: NetworkSnapshot = { system: new TestSystem(), interfaces: [], unlisted: undefined };
  let pool: SocketPool<Key, string, RecordedSocket>;
  beforeEach(() => {
    pool = new SocketPool(() => new RecordedSocket());
  });

  it("gives users with equal keys one socket, and users with other keys another", () => {
    const sockets = [5000, 5000, 5001].map((port, index) => pool.acquire({ port }, `user ${index}`, snapshot));
    should(sockets[0]).equal(sockets[1]);
    should(sockets[0]).not.equal(sockets[2]);
    should(pool.size).equal(2);
    should([...pool]).deepEqual([sockets[0], sockets[2]]);
  });

  it("opens a new socket at once, after its first listener is added", () => {
    const { calls } = pool.acquire({ port: 5000 }, "first", snapshot);
    pool.acquire({ port: 5000 }, "second", snapshot);
    should(calls).deepEqual(["check with first, eager"]);
  });

  it("closes a socket when its last user releases it, and waits until it is closed", async () => {
    const socket = pool.acquire({ port: 5000 }, "first", snapshot);
    pool.acquire({ port: 5000 }, "second", snapshot);
    await pool.release({ port: 5000 }, "first");
    should([pool.size, socket.isClosed]).deepEqual([1, false]);
    const released = pool.release({ port: 5000 }, "second");
    should([pool.size, socket.isClosed]).deepEqual([0, false]);
    await released;
    should(socket.isClosed).be.true();
  });

  it("gives a new socket to a user that comes while the old one closes", async () => {
    const old = pool.acquire({ port: 5000 }, "user", snapshot);
    const released = pool.release({ port: 5000 }, "user");
    const next = pool.acquire({ port: 5000 }, "user", snapshot);
    await released;
    should(next).not.equal(old);
    should([old.isClosed, next.isClosed]).deepEqual([true, false]);
  });

  it("ignores a release by a listener that does not use the socket", async () => {
    const socket = pool.acquire({ port: 5000 }, "user", snapshot);
    await pool.release({ port: 5000 }, "stranger");
    await pool.release({ port: 5001 }, "user");
    should([pool.size, socket.isClosed]).deepEqual([1, false]);
    await pool.release({ port: 5000 }, "user");
    await pool.release({ port: 5000 }, "user");
    should(pool.size).equal(0);
  });
});
