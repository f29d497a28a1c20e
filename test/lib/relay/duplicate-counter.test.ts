import should from "should";
import { digest } from "../../../src/lib/relay/digest";
import { DuplicateCounter } from "../../../src/lib/relay/duplicate-counter";

describe("the duplicate counter", () => {
  let counter: DuplicateCounter;
  // One copy of a payload, from a port of an address; true if the counter admits it.
  const admits = (payload: string, port: number, now: number, address = "127.0.0.1"): boolean =>
    counter.admits(digest(Buffer.from(payload), 1), { address, family: "IPv4", port, size: payload.length }, now);

  beforeEach(() => {
    counter = new DuplicateCounter();
  });

  // Copies of one payload: how many, from how many endpoints in turn, how many a second, and how many of them are admitted.
  const TABLE = [
    ["one sender that repeats a payload at 100/s", 1_000, 1, 100, 1_000],
    ["one sender that repeats a payload at 200/s", 1_000, 1, 200, 1_000],
    ["one sender that repeats a payload at 1000/s, as a loop of amplifiers may look", 1_000, 1, 1_000, 200],
    ["two redundant senders at 8/s each", 100, 2, 16, 100],
    ["a loop of two relays at 100/s", 100, 2, 100, 17],
    ["a ring of three relays at 1000/s", 100, 3, 1_000, 13],
    ["a hundred programs of one host that send at once, or a loop in which each echo has a new port", 100, 100, 10_000, 9],
  ] as const;
  for (const [claim, count, endpoints, rate, most] of TABLE) {
    it(`admits ${most} of ${count} copies from ${claim}`, () => {
      const admitted = Array.from({ length: count }, (_, copy) => admits("same", 100 + (copy % endpoints), (copy * 1000) / rate));
      should(admitted.filter(Boolean).length).equal(most);
    });
  }

  it("admits the same reply of a hundred devices at once, and holds a payload that goes round among them", () => {
    const fromDevice = (device: number) => admits("here", 5000, device / 10, `192.168.1.${device}`);
    const all = Array.from({ length: 100 }, (_, device) => fromDevice(device + 1));
    should(all).matchEach(true);
    const round = Array.from({ length: 9 }, () => fromDevice(100));
    should(round.filter(Boolean).length).equal(7);
  });

  it("holds a payload for three seconds, and then admits it again", () => {
    const loop = (start: number) => Array.from({ length: 10 }, (_, copy) => admits("same", 100 + copy, start + copy));
    should(loop(0).at(-1)).be.false();
    should(admits("same", 100, 2_900)).be.false();
    should(admits("same", 100, 3_009)).be.true();
    should(loop(3_010).at(-1)).be.false();
  });

  it("counts the copies of a second from the first copy on", () => {
    admits("something earlier", 100, 0);
    const admitted = Array.from({ length: 12 }, (_, copy) => admits("same", 100 + copy, 500 + copy * 80));
    should(admitted.filter(Boolean).length).equal(9);
  });

  it("holds one payload and no other", () => {
    for (let copy = 0; copy < 20; copy += 1) admits("same", 100 + copy, copy);
    should(admits("same", 100, 21)).be.false();
    should(admits("another", 100, 21)).be.true();
  });

  it("admits ten thousand different payloads a second, and forgets them", () => {
    for (let number = 0; number < 50_000; number += 1) should(admits(`number ${number}`, 100, number / 10)).be.true();
  });

  it("counts a million payloads that all seem to go round, in ten seconds, within two seconds", () => {
    const begun = performance.now();
    for (let count = 0; count < 1_000_000; count += 1) admits(String(Math.floor(count / 10)), count % 10, count / 100);
    should(performance.now() - begun).be.below(2_000);
    should(admits("99999", 7, 10_001)).be.false();
    should(admits("99999", 7, 13_001)).be.true();
  });
});
