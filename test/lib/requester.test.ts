import should from "should";
import { Multicast } from "../../src/lib/multicast";
import { destination } from "../../src/lib/options/options";
import { type Replies, Requester } from "../../src/lib/requester";
import { freePort, LO } from "../support/loopback";
import { TestSystem } from "../support/test-system";

describe("a requester", () => {
  let system: TestSystem;
  let requester: Requester;
  let port: number;

  beforeEach(async () => {
    system = new TestSystem();
    requester = new Requester(new Multicast(system), () => {});
    port = await freePort();
  });
  afterEach(async () => {
    await requester.close();
    should(system.timers).equal(0);
  });

  // Sends a request, and gives it replies as its socket would.
  const ask = async () => {
    const collected = new Promise<Replies>((resolve) =>
      requester.request(destination({ group: "239.255.1.1", port, iface: LO }), Buffer.from("who?"), 1_000, (_error, all) => resolve(all)),
    );
    const socket = system.sockets.at(-1);
    await new Promise(setImmediate); // the request is sent
    const reply = (count: number, size: number): void => {
      const payload = Buffer.alloc(size);
      for (let each = 0; each < count; each += 1) {
        socket?.emit("message", payload, { address: LO, port: each, family: "IPv4", size });
      }
    };
    return { collected, reply };
  };

  it("keeps the first 10,000 replies to a request, and says that there were more", async () => {
    const { collected, reply } = await ask();
    reply(10_000, 1);
    reply(5, 1);
    system.pass(1_000);
    const { replies, isTruncated } = await collected;
    should(replies).have.length(10_000);
    should(isTruncated).be.true();
  });

  it("does not say so of 10,000", async () => {
    const { collected, reply } = await ask();
    reply(10_000, 1);
    system.pass(1_000);
    should((await collected).isTruncated).be.false();
  });

  it("keeps 16 MiB of replies to a request", async () => {
    const { collected, reply } = await ask();
    reply(300, 65_507);
    reply(1, 1);
    system.pass(1_000);
    const { replies, isTruncated } = await collected;
    should(replies).have.length(256);
    should(isTruncated).be.true();
  });

  it("keeps 64 MiB of replies to all open requests, and has that room again when they end", async () => {
    const asked = [await ask(), await ask(), await ask(), await ask(), await ask()];
    for (const { reply } of asked) reply(256, 65_507);
    system.pass(1_000);
    const kept = (await Promise.all(asked.map(({ collected }) => collected))).map(({ replies }) => replies.length);
    should(kept).deepEqual([256, 256, 256, 256, 0]);
    const { collected, reply } = await ask();
    reply(256, 65_507);
    system.pass(1_000);
    should((await collected).replies).have.length(256);
  });
});
