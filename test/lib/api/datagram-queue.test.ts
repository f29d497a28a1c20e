import should from "should";
import { DatagramQueue } from "../../../src/lib/api/datagram-queue";

interface Numbered {
  readonly payload: Uint8Array;
  readonly number: number;
}

describe("a queue of datagrams", () => {
  const numbered = (number: number, bytes = 1): Numbered => ({ payload: new Uint8Array(bytes), number });
  const filled = (count: number, fields = {}): DatagramQueue<Numbered> => {
    const queue = new DatagramQueue<Numbered>(fields);
    for (let number = 1; number <= count; number += 1) queue.push(numbered(number));
    return queue;
  };

  it("gives out datagrams in the order in which they came, before and after they are asked for", async () => {
    const queue = filled(2);
    const third = [queue.take(), queue.take(), queue.take(), queue.take()];
    queue.push(numbered(3));
    queue.push(numbered(4));
    should((await Promise.all(third)).map((each) => each?.number)).deepEqual([1, 2, 3, 4]);
    should(queue.dropped).equal(0);
  });

  it("drops and counts datagrams beyond its number, and takes more when there is room", async () => {
    const queue = filled(5, { maxQueued: 3 });
    should(queue.dropped).equal(2);
    await queue.take();
    queue.push(numbered(6));
    queue.end();
    should((await queue.takeAtEnd()).map(({ number }) => number)).deepEqual([2, 3, 6]);
    should(queue.dropped).equal(2);
  });

  it("drops and counts datagrams beyond its bytes, and frees the bytes of taken ones", async () => {
    const queue = new DatagramQueue<Numbered>({ maxQueuedBytes: 65_527 });
    queue.push(numbered(1, 65_527));
    queue.push(numbered(2));
    queue.push(numbered(3, 0));
    should(queue.dropped).equal(1);
    await queue.take();
    queue.push(numbered(4, 65_527));
    should(queue.dropped).equal(1);
  });

  it("wakes one that takes datagrams, although another waits for the end", async () => {
    const queue = filled(0);
    const [all, first] = [queue.takeAtEnd(), queue.take()];
    queue.push(numbered(1));
    should((await first)?.number).equal(1);
    queue.push(numbered(2));
    queue.end();
    should((await all).map(({ number }) => number)).deepEqual([2]);
  });

  it("keeps the order, and its bounds, over many datagrams", async () => {
    const queue = new DatagramQueue<Numbered>({ maxQueued: 2500 });
    let taken = 0;
    for (let number = 1; number <= 10_000; number += 1) {
      queue.push(numbered(number));
      if (number % 5 === 0) continue;
      taken += 1;
      should((await queue.take())?.number).equal(taken);
    }
    queue.end();
    should((await queue.takeAtEnd()).map(({ number }) => number)).deepEqual(Array.from({ length: 2000 }, (_, at) => at + 8001));
  });

  it("gives out the waiting datagrams before it ends, then its error once", async () => {
    const queue = filled(1);
    queue.end(new Error("refused"));
    queue.push(numbered(2));
    should((await queue.take())?.number).equal(1);
    await should(queue.take()).be.rejectedWith("refused");
    should(await queue.take()).equal(undefined);
  });

  it("throws its error each time that all datagrams are asked for, also after the loop got it", async () => {
    const queue = filled(1);
    const waiting = should(queue.takeAtEnd()).be.rejectedWith("refused");
    queue.end(new Error("refused"));
    await waiting;
    await queue.take();
    await should(queue.take()).be.rejectedWith("refused");
    await should(queue.takeAtEnd()).be.rejectedWith("refused");
  });

  it("wakes every waiting reader when it ends, and can discard the waiting datagrams", async () => {
    const queue = filled(0);
    const waiting = [queue.take(), queue.take()];
    queue.end();
    should(await Promise.all(waiting)).deepEqual([undefined, undefined]);
    const discarded = filled(3);
    discarded.discard();
    should(await discarded.take()).equal(undefined);
  });

  it("refuses limits that are out of range, and names them", () => {
    should(() => new DatagramQueue({ maxQueued: 0 })).throw("maxQueued must be 1 to 1000000, not 0", { code: "ERR_MCAST_OPTION" });
    should(() => new DatagramQueue({ maxQueuedBytes: 100 })).throw("maxQueuedBytes must be 65527 to 1073741824, not 100");
  });
});
