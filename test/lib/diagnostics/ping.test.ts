import should from "should";
import { LATE_MS, PingTally, pingQuestion, questionRepliedTo } from "../../../src/lib/diagnostics/ping";
import { formatHear } from "../../../src/lib/relay/hear-format";

const sender = { address: "192.168.1.5", port: 4000, family: "IPv4", size: 0 } as const;
const replyTo = (number: number) => formatHear(Buffer.from(pingQuestion(number)), sender, "239.255.1.3") ?? Buffer.alloc(0);

describe("a reply to a ping", () => {
  it("is the HEAR text of a question, and nothing else", () => {
    should(questionRepliedTo(replyTo(17))).equal(17);
    for (const text of ["", "who is there? 1", "HEAR [ HELLO SAID ('1.2.3.4', 5) ] from x", "HEAR [ WHO IS THERE? 1x SAID ('"]) {
      should(questionRepliedTo(Buffer.from(text))).be.undefined();
    }
  });
});

describe("the tally of a ping", () => {
  it("counts for each responder its replies and round trips", () => {
    const tally = new PingTally();
    should([tally.ask(100), tally.ask(1_000)]).deepEqual([1, 2]);
    for (const number of [1, 2]) tally.confirm(number);
    should(tally.take(replyTo(1), "10.0.0.1", 102)).deepEqual({ number: 1, milliseconds: 2, isDuplicate: false, isLate: false });
    tally.take(replyTo(2), "10.0.0.1", 1_006);
    tally.take(replyTo(2), "10.0.0.2", 1_001);
    should(tally.sent).equal(2);
    should(tally.responders).deepEqual([
      { ip: "10.0.0.1", replies: 2, duplicates: 0, late: 0, least: 2, average: 4, most: 6 },
      { ip: "10.0.0.2", replies: 1, duplicates: 0, late: 0, least: 1, average: 1, most: 1 },
    ]);
    should(tally.misses).be.true();
  });

  it("counts duplicates and late replies", () => {
    const tally = new PingTally();
    tally.ask(0);
    tally.take(replyTo(1), "10.0.0.1", 5);
    should(tally.take(replyTo(1), "10.0.0.1", 6)).containEql({ isDuplicate: true });
    should(tally.take(replyTo(1), "10.0.0.2", LATE_MS + 1)).containEql({ isLate: true });
    should(tally.responders.map(({ duplicates, late, replies }) => [replies, duplicates, late])).deepEqual([
      [1, 1, 0],
      [1, 0, 1],
    ]);
    should(tally.misses).be.false();
  });

  it("counts a question when the system takes it, and measures from then if the question had to wait", () => {
    const tally = new PingTally();
    tally.withdraw(tally.ask(0));
    should([tally.sent, tally.misses]).deepEqual([0, false]);
    should(tally.take(replyTo(1), "10.0.0.1", 1)).be.undefined();
    should(tally.ask(1_000)).equal(2);
    should(tally.sent).equal(0);
    tally.confirm(2, 3_000);
    should(tally.sent).equal(1);
    should(tally.take(replyTo(2), "10.0.0.1", 3_001)).containEql({ milliseconds: 1, isLate: false });
    should(tally.misses).be.false();
  });

  it("ignores replies to questions that were not asked, or that are long gone", () => {
    const tally = new PingTally();
    for (let count = 0; count < 65; count += 1) tally.ask(count);
    should(tally.take(replyTo(66), "10.0.0.1", 100)).be.undefined();
    should(tally.take(replyTo(1), "10.0.0.1", 100)).be.undefined();
    should(tally.take(replyTo(2), "10.0.0.1", 100)).containEql({ number: 2 });
  });

  it("keeps at most 4096 responders", () => {
    const tally = new PingTally();
    tally.ask(0);
    for (let count = 0; count < 5_000; count += 1) tally.take(replyTo(1), `10.0.${count >> 8}.${count & 255}`, 1);
    should(tally.responders).have.length(4_096);
  });
});
