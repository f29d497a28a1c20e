import should from "should";
import { McastError } from "../../../src/lib/errors";
import { destination } from "../../../src/lib/options/options";
import { SentCounts } from "../../../src/lib/send/sent-counts";
import { CLOSED } from "../../../src/lib/state";
import { LO } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";

describe("the counts of sent datagrams", () => {
  const path = { state: CLOSED };
  const to = (port: number) => destination({ group: "239.255.1.1", port, iface: LO });

  it("are kept for each destination, with the time at which the last datagram was noted", () => {
    const counts = new SentCounts("a node", new Set());
    counts.of(to(5000), path).add(undefined, Buffer.alloc(10));
    counts.of(to(5001), path).add(new McastError("send-size"), Buffer.alloc(10));
    counts.noteTime(1_000);
    counts.of(to(5000), path).add(undefined, Buffer.alloc(5));
    should([...counts.destinations].map(({ sent, bytes, failed, lastAt }) => [sent, bytes, failed, lastAt])).deepEqual([
      [2, 15, 0, 1_000],
      [0, 0, 1, undefined],
    ]);
  });

  it("are listed while they have a user", () => {
    const listed = new Set<SentCounts>();
    const counts = new SentCounts(undefined, listed);
    const [one, other] = [{}, {}];
    counts.add(one);
    counts.add(other);
    counts.delete(one);
    should(listed.has(counts)).be.true();
    counts.delete(other);
    should(listed.size).equal(0);
  });

  it("are kept for 256 destinations, and no longer for the first one when another one comes", () => {
    const counts = new SentCounts(undefined, new Set());
    for (let port = 5_000; port <= 5_256; port += 1) counts.of(to(port), path);
    const ports = [...counts.destinations].map((each) => each.destination.port);
    should([ports.length, ports[0], ports.at(-1)]).deepEqual([256, 5_001, 5_256]);
  });

  it("of a sender show the datagrams that the system took, and those that were not sent", async () => {
    const test = await TestMulticast.create();
    const sender = test.multicast.sender({ label: "a node" });
    const say = (iface: string) =>
      new Promise((sent) => sender.send(destination({ group: "239.255.1.1", port: test.port, iface }), Buffer.from("hello"), sent));
    await say(LO);
    const late = say("eth9");
    test.system.pass(12_000);
    await late;
    const [counts] = [...test.multicast.sentCounts];
    should(counts?.label).equal("a node");
    should([...(counts?.destinations ?? [])].map(({ sent, bytes, failed, state }) => [sent, bytes, failed, state.kind])).deepEqual([
      [1, 5, 0, "joined"],
      [0, 0, 1, "waiting"],
    ]);
    await sender.close();
    should([...test.multicast.sentCounts]).be.empty();
    await test.close();
  });
});
