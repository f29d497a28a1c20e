import fc from "fast-check";
import should from "should";
import { type Group, parseGroup } from "../../../src/lib/address";
import { createKey, readKey } from "../../../src/lib/sealed/group-key";
import { Opener, type OpenerOptions } from "../../../src/lib/sealed/opener";
import { Sealer, type SealerOptions } from "../../../src/lib/sealed/sealer";
import { SframeKey } from "../../../src/lib/sealed/sframe";
import { TestClock } from "../../support/test-clock";

const GROUP = parseGroup("239.255.1.1");
const PORT = 59559;
const SECOND = 1_000;
const HOUR = 3_600_000;
const keyText = createKey();
const key = readKey(keyText);

function openerFor(clock: TestClock, options: Partial<OpenerOptions> = {}): Opener {
  return new Opener({ key, group: GROUP, port: PORT, freshness: 30, clock, ...options });
}

/** A sender: gives what it says as the datagram that carries it. */
function senderFor(clock: TestClock, options: Partial<SealerOptions> = {}): (text?: string) => Buffer {
  const sealer = new Sealer({ key, clock, ...options });
  return (text = "hello") => sealer.seal(Buffer.from(text), GROUP, PORT);
}

/** A datagram with a CTR, in hex, that the sealer would not write. */
function foreignDatagram(ctr: string): Buffer {
  const kid = Buffer.from("0123456789abcdef", "hex");
  const header = Buffer.concat([Buffer.of(0xfe), kid, Buffer.from(ctr, "hex")]);
  const datagram = Buffer.concat([header, Buffer.alloc(16)]);
  const metadata = Buffer.concat([Buffer.from("mcast1"), Buffer.of(239, 255, 1, 1, 0xe8, 0xa7)]);
  new SframeKey(key.seals, kid).encrypt(Buffer.concat([header, metadata]), Buffer.alloc(0), datagram);
  return datagram;
}

function kinds(opener: Opener, datagrams: readonly Buffer[]): readonly string[] {
  return datagrams.map((datagram) => opener.open(datagram).kind);
}

describe("an opener", () => {
  let clock: TestClock;
  beforeEach(() => {
    clock = new TestClock();
  });

  it("opens the known datagram, with the time of its sealing", () => {
    clock = new TestClock(1_767_225_600_000);
    const known = "fe8123456789abcdef06474846204007f897971b79b20584c5e03aadf380b4f3149fe0112d";
    const opener = openerFor(clock, { key: readKey("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f") });
    const payload = Buffer.from("hello");
    should(opener.open(Buffer.from(known, "hex"))).deepEqual({ kind: "opened", payload, sealedAt: 1_767_225_600_000 });
  });

  it("opens any datagram of a sealer, from an empty one to the largest", () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 2_000 }), fc.constant(new Uint8Array(65475)));
    const sealer = new Sealer({ key, clock });
    const opener = openerFor(clock);
    fc.assert(
      fc.property(bytes, (payload) => {
        const result = opener.open(sealer.seal(payload, GROUP, PORT));
        if (result.kind !== "opened") throw new Error(result.kind);
        should(result.payload.equals(payload)).equal(true);
        should(result.sealedAt).equal(clock.utc());
      }),
    );
  });

  it("leaves the datagram as it was", () => {
    const datagram = senderFor(clock)();
    const before = Buffer.from(datagram);
    openerFor(clock).open(datagram);
    should(datagram.equals(before)).equal(true);
  });

  describe("refuses as not sealed", () => {
    it("a datagram of a sender without a key", () => {
      const plain = ["", "hello", "x".repeat(1_400)].map((text) => Buffer.from(text));
      for (const datagram of plain) should(openerFor(clock).open(datagram)).deepEqual({ kind: "unsealed", behind: 0 });
    });

    it("a datagram that is shorter than a sealed empty payload", () => {
      const datagram = senderFor(clock)("");
      for (let size = 0; size < 32; size += 1) should(openerFor(clock).open(datagram.subarray(0, size)).kind).equal("unsealed");
      should(openerFor(clock).open(datagram).kind).equal("opened");
    });
  });

  describe("refuses as another key's, or altered", () => {
    const elsewhere: ReadonlyArray<readonly [string, Partial<OpenerOptions>]> = [
      ["another key", { key: readKey(createKey()) }],
      ["two other keys", { key: readKey({ key: createKey(), previous: createKey() }) }],
      ["another group", { group: parseGroup("239.255.1.2") }],
      ["another port", { port: PORT + 256 }],
      ["another family", { group: parseGroup("ff02::1") }],
    ];
    for (const [claim, options] of elsewhere) {
      it(`a datagram that was sealed for ${claim}`, () => {
        should(openerFor(clock, options).open(senderFor(clock)())).deepEqual({ kind: "unopenable", behind: 0 });
        should(openerFor(clock).open(senderFor(clock)()).kind).equal("opened");
      });
    }

    it("each datagram with one bit flipped, of a sender that is known or not", () => {
      const send = senderFor(clock);
      const known = openerFor(clock);
      should(known.open(send()).kind).equal("opened");
      const datagram = send();
      for (let bit = 0; bit < datagram.length * 8; bit += 1) {
        const altered = Buffer.from(datagram);
        altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const refused = bit < 8 ? "unsealed" : "unopenable";
        should(kinds(known, [altered])).deepEqual([refused], `bit ${bit}`);
        should(kinds(openerFor(clock), [altered])).deepEqual([refused], `bit ${bit}`);
      }
      should(known.open(datagram).kind).equal("opened");
    });

    it("each datagram cut short, lengthened, or with its tag cut", () => {
      const send = senderFor(clock);
      const opener = openerFor(clock);
      opener.open(send());
      const datagram = send("some words that are longer than a tag");
      for (let size = 0; size < datagram.length; size += 1) {
        should(opener.open(datagram.subarray(0, size)).kind).equal(size < 32 ? "unsealed" : "unopenable");
      }
      should(opener.open(Buffer.concat([datagram, Buffer.of(0)])).kind).equal("unopenable");
      should(opener.open(Buffer.concat([datagram, datagram])).kind).equal("unopenable");
      should(opener.open(datagram).kind).equal("opened");
    });

    it("any bytes at all, without ever throwing", () => {
      const send = senderFor(clock);
      const opener = openerFor(clock);
      opener.open(send());
      const header = send().subarray(0, 16);
      const bytes = fc.uint8Array({ maxLength: 200 });
      fc.assert(
        fc.property(bytes, fc.constantFrom(Buffer.alloc(0), Buffer.of(0xfe), header), (random, start) => {
          should(["unsealed", "unopenable"]).containEql(opener.open(Buffer.concat([start, random])).kind);
        }),
        { numRuns: 1_000 },
      );
      should(opener.size).equal(1);
    });
  });

  describe("refuses as repeated", () => {
    it("a datagram that comes twice, from two interfaces or from a recording", () => {
      const send = senderFor(clock);
      const opener = openerFor(clock);
      const datagrams = [send(), send(), send()];
      should(
        kinds(
          opener,
          datagrams.flatMap((datagram) => [datagram, datagram]),
        ),
      ).deepEqual([...["opened", "repeated", "opened", "repeated", "opened", "repeated"]]);
      should(kinds(opener, datagrams)).deepEqual(["repeated", "repeated", "repeated"]);
    });

    it("one that more than 127 later ones overtook, but not one that 127 did", () => {
      for (const [overtaken, result] of [
        [127, "opened"],
        [129, "repeated"],
      ] as const) {
        const send = senderFor(clock);
        const opener = openerFor(clock);
        const [first, held] = [send(), send()];
        opener.open(first);
        for (let count = 0; count < overtaken; count += 1) should(opener.open(send()).kind).equal("opened");
        should(opener.open(held).kind).equal(result);
        should(opener.open(held).kind).equal("repeated");
      }
    });

    it("nothing that arrives in another order, within 127", () => {
      const order = fc.shuffledSubarray(Array.from({ length: 120 }, (_, at) => at));
      fc.assert(
        fc.property(order, (positions) => {
          const send = senderFor(clock);
          const datagrams = Array.from({ length: 120 }, () => send());
          const opener = openerFor(clock);
          const arrived = positions.flatMap((at) => datagrams[at] ?? []);
          should(kinds(opener, arrived).filter((kind) => kind !== "opened")).be.empty();
          should(kinds(opener, arrived).filter((kind) => kind !== "repeated")).be.empty();
        }),
        { numRuns: 30 },
      );
    });
  });

  describe("checks the time", () => {
    const FRESH: ReadonlyArray<readonly [number, string]> = [
      [-31 * SECOND, "late"],
      [-30 * SECOND - 1, "late"],
      [-30 * SECOND, "opened"],
      [-29 * SECOND, "opened"],
      [29 * SECOND, "opened"],
      [30 * SECOND, "opened"],
      [30 * SECOND + 1, "early"],
      [31 * SECOND, "early"],
    ];
    for (const [difference, kind] of FRESH) {
      it(`and finds ${kind} what is from ${difference / SECOND} s of now, of a known sender or not, at a freshness of 30 s`, () => {
        const opener = openerFor(clock);
        clock.pass(HOUR);
        const senders = new TestClock(clock.utc() + difference);
        const send = senderFor(senders);
        const result = opener.open(send());
        const behind = kind === "opened" ? undefined : -difference;
        should(result).match(behind === undefined ? { kind, sealedAt: senders.utc() } : { kind, behind });
        should(opener.size).equal(kind === "opened" ? 1 : 0);
        const known = senderFor(senders, { random: () => Buffer.alloc(8, 7) });
        const sync = senderFor(clock, { random: () => Buffer.alloc(8, 7) });
        should(opener.open(sync()).kind).equal("opened");
        should(opener.open(known()).kind).equal(kind);
      });
    }

    it("with the freshness that it was given", () => {
      const opener = openerFor(clock, { freshness: 86_400 });
      clock.pass(100 * HOUR);
      should(opener.open(senderFor(new TestClock(clock.utc() - 24 * HOUR))()).kind).equal("opened");
      should(opener.open(senderFor(new TestClock(clock.utc() - 24 * HOUR - 1))()).kind).equal("late");
    });

    it("only after the tag: a forged time is an altered datagram", () => {
      const datagram = senderFor(clock)();
      datagram.fill(0, 9, 16);
      should(openerFor(clock).open(datagram).kind).equal("unopenable");
    });

    for (const [ctr, result] of [
      ["ffffffffffffff", "early"],
      ["20000000000001", "early"],
      ["00000000000005", "late"],
    ] as const) {
      it(`and finds ${result} the CTR ${ctr}, as another implementation may seal it`, () => {
        should(openerFor(clock).open(foreignDatagram(ctr)).kind).equal(result);
      });
    }

    it("and finds early whatever is sealed now, where its own clock shows 1970", () => {
      const own = new TestClock(0);
      should(openerFor(own).open(senderFor(clock)())).match({ kind: "early", behind: -clock.utc() });
    });
  });

  describe("opens no replay of a recording", () => {
    it("after it restarted, but lets through what was on its way", () => {
      const send = senderFor(clock);
      const recorded = [send(), send()];
      clock.pass(900);
      const onItsWay = send();
      clock.pass(101);
      const restarted = openerFor(clock);
      should(kinds(restarted, recorded)).deepEqual(["late", "late"]);
      should(kinds(restarted, [onItsWay, send()])).deepEqual(["opened", "opened"]);
    });

    it("after it restarted without a clock, and got the time later", () => {
      const recorded = senderFor(clock)();
      const ownClock = new TestClock(0);
      clock.pass(5 * SECOND);
      const restarted = openerFor(ownClock);
      clock.pass(2 * SECOND);
      ownClock.pass(2 * SECOND);
      should(restarted.open(senderFor(clock)())).match({ kind: "early", behind: 2 * SECOND - clock.utc() });
      ownClock.set(clock.utc());
      should(restarted.open(recorded).kind).equal("late");
      should(restarted.open(senderFor(clock)()).kind).equal("opened");
    });

    it("after its clock was set back", () => {
      const opener = openerFor(clock);
      clock.pass(HOUR);
      const send = senderFor(clock);
      const recorded = Array.from({ length: 200 }, () => {
        clock.pass(10);
        return send();
      });
      for (const datagram of recorded) should(opener.open(datagram).kind).equal("opened");
      clock.pass(HOUR);
      clock.set(clock.utc() - HOUR);
      should(kinds(opener, recorded).filter((kind) => kind === "opened")).be.empty();
      should(opener.open(senderFor(clock)()).kind).equal("opened");
    });

    it("after its clock was set back to before its start, when what a sender with the right time sends still opens", () => {
      clock.pass(HOUR);
      const opener = openerFor(clock);
      const send = senderFor(new TestClock(clock.utc() - HOUR));
      should(opener.open(send()).kind).equal("late");
      clock.set(clock.utc() - HOUR);
      should(opener.open(send()).kind).equal("opened");
      clock.pass(1_001);
      const result = opener.open(send());
      should(result.kind).equal("late");
      should("behind" in result ? result.behind : 0).be.approximately(1_001, 0.01);
    });

    it("after it forgot the sender, and its clock was set back", () => {
      const opener = openerFor(clock);
      const recorded = senderFor(clock)();
      should(opener.open(recorded).kind).equal("opened");
      for (let count = 1; count < 1_024; count += 1) opener.open(senderFor(clock)());
      clock.pass(31 * SECOND);
      should(opener.open(senderFor(clock)()).kind).equal("opened");
      should(opener.size).equal(1);
      clock.set(clock.utc() - 31 * SECOND);
      should(opener.open(recorded).kind).equal("late");
    });

    it("whatever its clock does, and however many senders there are", () => {
      const event = fc.oneof(
        fc.record({ sender: fc.integer({ min: 0, max: 5 }), difference: fc.integer({ min: -40, max: 40 }) }),
        fc.record({ replay: fc.nat() }),
        fc.record({ pass: fc.integer({ min: 0, max: 20_000 }) }),
        fc.record({ step: fc.integer({ min: -100_000, max: 100_000 }) }),
      );
      fc.assert(
        fc.property(fc.array(event, { maxLength: 150 }), (events) => {
          const receivers = new TestClock();
          const opener = openerFor(receivers);
          const opened = new Set<Buffer>();
          const sent: Buffer[] = [];
          const arrive = (datagram: Buffer) => {
            if (opener.open(datagram).kind !== "opened") return;
            should(opened.has(datagram)).equal(false);
            opened.add(datagram);
          };
          const senders = Array.from({ length: 6 }, () => {
            const own = new TestClock();
            return { own, send: senderFor(own) };
          });
          for (const happened of events) {
            if ("sender" in happened) {
              const sender = senders[happened.sender];
              sender?.own.set(receivers.utc() + happened.difference * SECOND);
              const datagram = sender?.send() ?? Buffer.alloc(0);
              sent.push(datagram);
              arrive(datagram);
            } else if ("replay" in happened) arrive(sent[happened.replay % Math.max(1, sent.length)] ?? Buffer.alloc(0));
            else if ("pass" in happened) receivers.pass(happened.pass);
            else receivers.set(receivers.utc() + happened.step);
          }
          for (const datagram of sent) arrive(datagram);
        }),
      );
    });
  });

  describe("works with", () => {
    it("a one-way sender that it does not know yet, at any time", () => {
      const opener = openerFor(clock);
      for (let days = 0; days < 10; days += 1) {
        clock.pass(24 * HOUR);
        should(opener.open(senderFor(clock)()).kind).equal("opened");
      }
    });

    it("a sender that restarts, and so has a new KID", () => {
      const opener = openerFor(clock);
      for (let restarts = 0; restarts < 20; restarts += 1) {
        const send = senderFor(clock);
        should(kinds(opener, [send(), send()])).deepEqual(["opened", "opened"]);
      }
    });

    it("a sender whose clock is set back or forward while both run", () => {
      const senders = new TestClock();
      const send = senderFor(senders);
      const opener = openerFor(clock);
      should(opener.open(send()).kind).equal("opened");
      for (const [difference, kind] of [
        [20 * SECOND, "opened"],
        [-40 * SECOND, "late"],
        [40 * SECOND, "early"],
        [0, "opened"],
      ] as const) {
        clock.pass(60 * SECOND);
        senders.pass(60 * SECOND);
        senders.set(clock.utc() + difference);
        should(opener.open(send()).kind).equal(kind);
      }
    });

    it("a group in IPv6, whatever its zone", () => {
      const group: Group = parseGroup("ff02::1%eth0");
      const sealer = new Sealer({ key, clock });
      const datagram = sealer.seal(Buffer.from("hello"), group, PORT);
      should(openerFor(clock, { group: parseGroup("ff02:0::1%eth1") }).open(datagram).kind).equal("opened");
      should(openerFor(clock, { group: parseGroup("ff02::2") }).open(datagram).kind).equal("unopenable");
    });

    it("both keys of a rotation, with nothing lost at any step", () => {
      const newText = createKey();
      // Each host goes from the old key to both, and then to the new one; not all at once.
      const steps = [{ key: keyText }, { key: newText, previous: keyText }, { key: newText }].map(readKey);
      const pairs = [
        [0, 0],
        [0, 1],
        [1, 1],
        [1, 2],
        [2, 1],
        [2, 2],
      ] as const;
      for (const [sending, receiving] of pairs) {
        const send = senderFor(clock, { key: steps[sending] ?? key });
        const opener = openerFor(clock, { key: steps[receiving] ?? key });
        should(kinds(opener, [send(), send(), send()])).deepEqual(["opened", "opened", "opened"], `${sending} to ${receiving}`);
      }
      should(openerFor(clock, { key: steps[2] ?? key }).open(senderFor(clock, { key: steps[0] ?? key })()).kind).equal("unopenable");
    });
  });

  describe("with very many senders", () => {
    it("remembers 1024, and refuses one more while all of them are fresh", () => {
      const opener = openerFor(clock);
      const [first, ...others] = Array.from({ length: 1_024 }, () => senderFor(clock));
      for (const send of [first, ...others]) should(opener.open(send?.() ?? Buffer.alloc(0)).kind).equal("opened");
      const late = senderFor(clock);
      should(opener.open(late())).deepEqual({ kind: "crowded", behind: 0 });
      should(opener.size).equal(1_024);
      should(opener.open(first?.() ?? Buffer.alloc(0)).kind).equal("opened");
      clock.pass(30 * SECOND);
      should(opener.open(late()).kind).equal("crowded");
      should(opener.open(first?.() ?? Buffer.alloc(0)).kind).equal("opened");
      clock.pass(1);
      should(opener.open(late()).kind).equal("opened");
      // The one that went on sending is remembered.
      should(opener.size).equal(2);
    });

    it("remembers no invented ones", () => {
      const opener = openerFor(clock);
      const datagram = senderFor(clock)();
      for (let forged = 0; forged < 3_000; forged += 1) {
        datagram.writeUInt32BE(forged, 3);
        should(opener.open(datagram).kind).equal("unopenable");
      }
      should(opener.size).equal(0);
    });
  });
});
