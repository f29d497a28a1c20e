import should from "should";
import { parseGroup } from "../../../src/lib/address";
import type { RemoteInfo } from "../../../src/lib/host/system";
import { digest } from "../../../src/lib/relay/digest";
import { formatHear, originalPayload } from "../../../src/lib/relay/hear-format";
import { type EchoPath, endpointKey, LoopGuard, seedOf, type Verdict } from "../../../src/lib/relay/loop-guard";
import { TokenBucket } from "../../../src/lib/relay/token-bucket";

const [A, B, C] = ["239.255.1.1", "239.255.1.2", "239.255.1.3"] as const;
const port = 5000;

/** A relay as the guard knows it: it echoes from a port of its own. */
function path(from: string, to: string, ownPort: number): EchoPath {
  const bindGroup = { group: parseGroup(to), port };
  return {
    bindGroup,
    seed: seedOf(bindGroup),
    sources: new Set([endpointKey(from, port, "lo")]),
    targets: new Set([endpointKey(to, port, "lo")]),
    isSourceOf: (sender) => sender.port === ownPort,
  };
}

const from = (endpoint: number, address = "127.0.0.1"): RemoteInfo => ({ address, family: "IPv4", port: endpoint, size: 1 });

describe("the relay guard", () => {
  let guard: LoopGuard;
  let ours: EchoPath;
  const hears = (what: string, endpoint: number, now: number, by = ours, group: string = A): Verdict =>
    guard.judge(by, { payload: Buffer.from(what), sender: from(endpoint), arrival: { group, port, interface: "lo" } }, now);

  beforeEach(() => {
    guard = new LoopGuard();
    ours = path(A, B, 1);
    guard.add(ours);
  });

  // Copies of one payload: how many, from how many endpoints in turn, how many a second, and how many of them may be echoed.
  const TABLE = [
    ["one sender that repeats itself at 100/s", 1_000, 1, 100, 1_000],
    ["one sender that repeats itself at 200/s", 1_000, 1, 200, 1_000],
    ["one sender that repeats itself at 1000/s, as a loop of amplifiers may look", 1_000, 1, 1_000, 200],
    ["two redundant senders at 8/s each", 100, 2, 16, 100],
    ["a loop of two at 100/s", 100, 2, 100, 17],
    ["a ring of three at 1000/s", 100, 3, 1_000, 13],
    ["a hundred programs of one machine that all speak at once, or a loop from ever new ports", 100, 100, 10_000, 9],
  ] as const;
  for (const [claim, count, endpoints, rate, most] of TABLE) {
    it(`passes ${most} of ${count} copies from ${claim}`, () => {
      const verdicts = Array.from({ length: count }, (_, copy) => hears("same", 100 + (copy % endpoints), (copy * 1000) / rate));
      should(verdicts.filter((verdict) => verdict === "echo").length).equal(most);
    });
  }

  it("passes what a hundred devices all answer at once, and not what goes round among them", () => {
    const answers = (device: number) => {
      const sender = from(5000, `192.168.1.${device}`);
      return guard.judge(ours, { payload: Buffer.from("here"), sender, arrival: { group: A, port, interface: "lo" } }, device / 10);
    };
    const all = Array.from({ length: 100 }, (_, device) => answers(device + 1));
    should(all).matchEach("echo");
    const round = Array.from({ length: 9 }, () => answers(100));
    should(round.filter((verdict) => verdict === "echo").length).equal(7);
  });

  it("holds a payload that goes round for three seconds, and then lets it through again", () => {
    const loop = (start: number) => Array.from({ length: 10 }, (_, copy) => hears("same", 100 + copy, start + copy));
    should(loop(0).at(-1)).equal("loop");
    should(hears("same", 100, 2_900)).equal("loop");
    should(hears("same", 100, 3_009)).equal("echo");
    should(loop(3_010).at(-1)).equal("loop");
  });

  it("counts the copies of any second, whenever that begins", () => {
    hears("something earlier", 100, 0);
    const verdicts = Array.from({ length: 12 }, (_, copy) => hears("same", 100 + copy, 500 + copy * 80));
    should(verdicts.filter((verdict) => verdict === "echo").length).equal(9);
  });

  it("holds that payload alone, for that endpoint alone", () => {
    for (let copy = 0; copy < 20; copy += 1) hears("same", 100 + copy, copy);
    should(hears("same", 100, 21)).equal("loop");
    should(hears("another", 100, 21)).equal("echo");
    const elsewhere = path(A, C, 2);
    guard.add(elsewhere);
    should(hears("same", 100, 21, elsewhere)).equal("echo");
  });

  it("passes ten thousand payloads a second that differ, and forgets them", () => {
    for (let number = 0; number < 50_000; number += 1) should(hears(`number ${number}`, 100, number / 10)).equal("echo");
  });

  it("takes a flood of payloads that all seem to go round, a million in ten seconds, in its stride", () => {
    const begun = performance.now();
    for (let count = 0; count < 1_000_000; count += 1) hears(String(Math.floor(count / 10)), count % 10, count / 100);
    should(performance.now() - begun).be.below(2_000);
    should(hears("99999", 7, 10_001)).equal("loop");
    should(hears("99999", 7, 13_001)).equal("echo");
  });

  it("knows what goes round in the words of HEAR, although it is longer each time and always from the same relay", () => {
    let told: Uint8Array = Buffer.from("hello");
    const verdicts: Verdict[] = [];
    for (let round = 0; round < 12; round += 1) {
      const sender = { ...from(100), size: told.byteLength };
      verdicts.push(guard.judge(ours, { payload: told, sender, arrival: { group: A, port, interface: "lo" } }, round));
      told = formatHear(told, sender, B) ?? told;
    }
    should(verdicts.at(-1)).equal("loop");
    should(verdicts.filter((verdict) => verdict === "echo").length).be.belowOrEqual(10);
  });

  it("echoes on what another relay of the process echoed, but nothing back to where that had it from", () => {
    const next = path(B, C, 2);
    guard.add(next);
    should(hears("chain", 1, 0, next, B)).equal("echo");
    const back = path(B, A, 3);
    guard.add(back);
    should(hears("circle", 1, 0, back, B)).equal("loop");
    guard.delete(ours);
    should(hears("chain", 1, 0, back, B)).equal("echo");
  });

  it("never has the bind group's own datagrams echoed", () => {
    should(hears("own", 100, 0, ours, B)).equal("own-target");
  });
});

describe("the digest of a payload", () => {
  it("differs by a single bit, by the length and by the seed", () => {
    for (const size of [1, 3, 4, 5, 64, 1400]) {
      const bytes = Buffer.alloc(size, 7);
      const plain = digest(bytes, 1);
      should([digest(bytes, 2), digest(bytes.subarray(1), 1)]).not.containEql(plain);
      for (let bit = 0; bit < size * 8; bit += 1) {
        const other = Buffer.from(bytes);
        other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        should(digest(other, 1)).not.equal(plain);
      }
    }
  });

  it("is the same wherever the bytes lie", () => {
    const bytes = Buffer.from("wherever they lie");
    for (const before of [0, 1, 2, 3]) {
      should(digest(Buffer.concat([Buffer.alloc(before), bytes]).subarray(before), 5)).equal(digest(bytes, 5));
    }
  });
});

describe("what was said, of a payload in the words of HEAR,", () => {
  for (const [claim, payload, said] of [
    ["is what stands between them", "HEAR [ HELLO SAID ('127.0.0.1', 48515) ] from 239.1.2.3", "HELLO"],
    [
      "is the same when it was told on",
      "HEAR [ HEAR [ HI SAID ('10.0.0.1', 1) ] FROM 239.1.2.3 SAID ('10.0.0.2', 2) ] from 239.1.2.4",
      "HI",
    ],
    ["may be nothing", "HEAR [  SAID ('127.0.0.1', 48515) ] from 239.1.2.3", ""],
    ["is all of it where the words are not complete", "HEAR [ HELLO", "HEAR [ HELLO"],
    ["is all of it where they do not come first", "I HEAR [ HELLO SAID ('127.0.0.1', 1) ]", "I HEAR [ HELLO SAID ('127.0.0.1', 1) ]"],
    ["is nothing of nothing", "", ""],
  ] as const) {
    it(claim, () => {
      should(Buffer.from(originalPayload(Buffer.from(payload))).toString()).equal(said);
    });
  }
});

describe("a rate", () => {
  it("admits a burst of as many as it allows a second, and then so many a second", () => {
    const rate = new TokenBucket(10);
    const admitted = (start: number, end: number) => {
      let count = 0;
      for (let now = start; now < end; now += 1) count += rate.take(now) ? 1 : 0;
      return count;
    };
    should(admitted(0, 10)).equal(10);
    should(admitted(10, 100)).equal(0);
    should(admitted(100, 1_100)).equal(10);
    should(admitted(60_000, 60_010)).equal(10);
  });

  it("admits everything where there is no cap", () => {
    const rate = new TokenBucket(Number.POSITIVE_INFINITY);
    for (let time = 0; time < 1_000; time += 1) should(rate.take(0)).be.true();
  });
});
