import should from "should";
import { ReceiveCounts } from "../../../src/lib/sockets/receive-counts";

describe("the counts of received datagrams", () => {
  const sender = (port: number) => ({ address: "192.0.2.7", family: "IPv4", port, size: 5 }) as const;

  it("begin with nothing, and no time", () => {
    const counts = new ReceiveCounts();
    counts.noteTime(1_000);
    should([counts.received, counts.bytes, counts.lastSender, counts.lastAt]).deepEqual([0, 0, undefined, undefined]);
  });

  it("are datagrams, bytes and the last sender", () => {
    const counts = new ReceiveCounts();
    counts.add(Buffer.alloc(5), sender(1));
    counts.add(Buffer.alloc(0), sender(2));
    should([counts.received, counts.bytes, counts.lastSender?.port]).deepEqual([2, 5, 2]);
  });

  it("have the time of the first note after the last datagram", () => {
    const counts = new ReceiveCounts();
    counts.add(Buffer.alloc(5), sender(1));
    counts.noteTime(1_000);
    counts.noteTime(3_000);
    should(counts.lastAt).equal(1_000);
    counts.add(Buffer.alloc(5), sender(1));
    counts.noteTime(5_000);
    should(counts.lastAt).equal(5_000);
  });
});
