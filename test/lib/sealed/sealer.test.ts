import fc from "fast-check";
import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { McastError } from "../../../src/lib/errors";
import { createKey, readKey } from "../../../src/lib/sealed/group-key";
import { Opener } from "../../../src/lib/sealed/opener";
import type { Clock } from "../../../src/lib/sealed/sealed-format";
import { Sealer, type SealerOptions } from "../../../src/lib/sealed/sealer";
import { TestClock } from "../../support/test-clock";

const GROUP = parseGroup("239.255.1.1");
const PORT = 59559;
const key = readKey(createKey());
const payload = Buffer.from("hello");

function kidOf(datagram: Buffer): string {
  return datagram.toString("hex", 1, 9);
}

function ctrOf(datagram: Buffer): bigint {
  return datagram.readBigUInt64BE(8) & ((1n << 56n) - 1n);
}

function sealerWith(clock: Clock, options: Partial<SealerOptions> = {}): () => Buffer {
  const sealer = new Sealer({ key, clock, ...options });
  return () => sealer.seal(payload, GROUP, PORT);
}

describe("a sealer", () => {
  it("gives the known result", () => {
    const sealer = new Sealer({
      key: readKey("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"),
      clock: new TestClock(1_767_225_600_000.007),
      random: () => Buffer.from("8123456789abcdef", "hex"),
    });
    const known = "fe8123456789abcdef06474846204007f897971b79b20584c5e03aadf380b4f3149fe0112d";
    should(sealer.seal(payload, GROUP, PORT).toString("hex")).equal(known);
  });

  it("adds 32 bytes, to none as well", () => {
    const sealer = new Sealer({ key, clock: new TestClock() });
    for (const size of [0, 1, 1400]) should(sealer.seal(Buffer.alloc(size), GROUP, PORT)).have.length(size + 32);
  });

  it("seals as much as fits into one datagram, and names that size in the error", () => {
    const sealer = new Sealer({ key, clock: new TestClock() });
    for (const [group, most] of [
      ["239.255.1.1", 65475],
      ["ff02::1", 65495],
    ] as const) {
      should(sealer.seal(Buffer.alloc(most), parseGroup(group), PORT)).have.length(most + 32);
      should(() => sealer.seal(Buffer.alloc(most + 1), parseGroup(group), PORT)).throw({
        code: "ERR_MCAST_PAYLOAD",
        message: new RegExp(`${most + 1} bytes is too large .* ${most}`),
      });
    }
  });

  it("writes the time into the CTR, in microseconds", () => {
    const clock = new TestClock();
    const seal = sealerWith(clock);
    should(ctrOf(seal())).equal(BigInt(clock.utc()) * 1_000n);
    clock.pass(5);
    should(ctrOf(seal())).equal(BigInt(clock.utc()) * 1_000n);
  });

  it("counts on where the clock does not", () => {
    const seal = sealerWith(new TestClock());
    const first = ctrOf(seal());
    should([seal(), seal(), seal()].map((datagram) => ctrOf(datagram) - first)).deepEqual([1n, 2n, 3n]);
  });

  it("takes a KID of its own, whose first byte is never 0", () => {
    const kids = Array.from({ length: 1_000 }, () => kidOf(sealerWith(new TestClock())()));
    should(new Set(kids).size).equal(1_000);
    should(kids.filter((kid) => kid.startsWith("00"))).be.empty();
    const offered = ["0011223344556677", "00ffffffffffffff", "0100000000000000"];
    const random = () => Buffer.from(offered.shift() ?? "", "hex");
    should(kidOf(sealerWith(new TestClock(), { random })())).equal("0100000000000000");
  });

  for (const [direction, step] of [
    ["back", -1_001],
    ["forward", 1_001],
  ] as const) {
    it(`takes a new KID after the clock was set ${direction} by more than a second, and follows the clock at once`, () => {
      const clock = new TestClock();
      const seal = sealerWith(clock);
      const before = kidOf(seal());
      clock.pass(10);
      clock.set(clock.utc() + step);
      const after = seal();
      should(kidOf(after)).not.equal(before);
      should(ctrOf(after)).equal(BigInt(clock.utc()) * 1_000n);
      should(kidOf(seal())).equal(kidOf(after));
    });
  }

  it("keeps its KID while the clock is set by a second or less, and never counts back", () => {
    const clock = new TestClock();
    const seal = sealerWith(clock);
    const before = seal();
    clock.set(clock.utc() - 1_000);
    const after = seal();
    should(kidOf(after)).equal(kidOf(before));
    should(ctrOf(after)).equal(ctrOf(before) + 1n);
  });

  it("takes a new KID after many small steps back, which add up", () => {
    const clock = new TestClock();
    const seal = sealerWith(clock);
    const before = kidOf(seal());
    clock.set(clock.utc() - 600);
    should(kidOf(seal())).equal(before);
    clock.set(clock.utc() - 600);
    should(kidOf(seal())).not.equal(before);
  });

  it("takes a new KID once one has sealed as many datagrams as it may", () => {
    const seal = sealerWith(new TestClock(), { datagramsPerKid: 3 });
    const kids = Array.from({ length: 7 }, () => kidOf(seal()));
    should([0, 1, 2, 3, 4, 5, 6].map((at) => kids.indexOf(kids[at] ?? ""))).deepEqual([0, 0, 0, 3, 3, 3, 6]);
  });

  for (const [when, utc, time] of [
    ["1970", 0, "1970-01-01"],
    ["a time just before 2026", Date.UTC(2026) - 1, "2025-12-31"],
    ["a time after 2254", Date.UTC(2255) + 1, "2255-01-01"],
    ["no time at all", Number.NaN, "NaN"],
    ["a time beyond all dates", 1e300, "1e+300"],
  ] as const) {
    it(`refuses to send while the clock shows ${when}, and sends once it is right`, () => {
      const clock = new TestClock(utc);
      const seal = sealerWith(clock);
      should(seal).throw({ code: "ERR_MCAST_CLOCK", message: `Not sent: this machine's time is not set (${time})` });
      clock.set(Date.UTC(2026));
      should(seal()).have.length(37);
      clock.set(utc);
      should(seal).throw(McastError);
    });
  }

  it("never uses a pair of KID and CTR twice, whatever the clocks do", () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.constant(0) },
      fc.integer({ min: -1_500, max: 1_500 }),
      fc.integer({ min: -(10 ** 12), max: 10 ** 12 }),
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.double(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(step, step), { maxLength: 100 }), fc.integer({ min: 1, max: 20 }), (steps, datagramsPerKid) => {
        let [utc, now] = [Date.UTC(2026, 6), 0];
        const seal = sealerWith({ utc: () => utc, now: () => now }, { datagramsPerKid });
        const last = new Map<string, bigint>();
        for (const [utcStep, nowStep] of steps) {
          [utc, now] = [utc + utcStep, now + nowStep];
          const datagram = sealedOrRefused(seal);
          if (!datagram) [utc, now] = [Date.UTC(2026, 7), 0];
          else {
            should(ctrOf(datagram) > (last.get(kidOf(datagram)) ?? 0n)).equal(true);
            last.set(kidOf(datagram), ctrOf(datagram));
          }
        }
      }),
    );
  });

  it("seals for each group and port in turn, and no two with the same pair of KID and CTR", () => {
    const clock = new TestClock();
    const sealer = new Sealer({ key, clock });
    const [one, two, three] = [parseGroup("239.255.1.1"), parseGroup("239.255.1.2"), parseGroup("ff02::1")];
    // From each to the next, either the group changes or the port.
    const endpoints = [
      { group: one, port: PORT },
      { group: one, port: 80 },
      { group: two, port: 80 },
      { group: three, port: 80 },
      { group: three, port: PORT },
      { group: two, port: PORT },
    ];
    const openers = endpoints.map((endpoint) => new Opener({ key, freshness: 30, clock, ...endpoint }));
    const datagrams = endpoints.map(({ group, port }) => sealer.seal(payload, group, port));
    should(new Set(datagrams.map((datagram) => datagram.toString("hex", 0, 16))).size).equal(6);
    for (const [sent, datagram] of datagrams.entries()) {
      const opened = openers.map((opener) => opener.open(datagram).kind === "opened");
      should(opened).deepEqual(endpoints.map((_, at) => at === sent));
    }
  });
});

function sealedOrRefused(seal: () => Buffer): Buffer | undefined {
  try {
    return seal();
  } catch (error) {
    should(error).match({ code: "ERR_MCAST_CLOCK" });
    return undefined;
  }
}
