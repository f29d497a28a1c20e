import should from "should";
import { Refusals } from "../../../src/lib/sealed/refusals";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const UNSEALED = { kind: "unsealed", behind: 0 } as const;
const UNOPENABLE = { kind: "unopenable", behind: 0 } as const;

describe("refused datagrams", () => {
  let refusals: Refusals;
  beforeEach(() => {
    refusals = new Refusals();
  });

  function countMany(count: number, refusal: Parameters<Refusals["count"]>[0], now = 0): void {
    for (let more = 0; more < count; more += 1) refusals.count(refusal, "192.168.1.5", now);
  }

  it("give no warning where there are none", () => should(refusals.warning(0)).equal(undefined));

  for (const [kind, behind, code, message] of [
    ["unsealed", 0, "ERR_MCAST_KEY", "12 refused: not sealed"],
    ["unopenable", 0, "ERR_MCAST_KEY", "12 refused: another key, or altered"],
    ["late", 3 * HOUR, "ERR_MCAST_CLOCK", "12 refused: 192.168.1.5's clock is 3 h behind"],
    ["early", -40 * SECOND, "ERR_MCAST_CLOCK", "12 refused: 192.168.1.5's clock is 40 s ahead"],
    ["crowded", 0, "ERR_MCAST_KEY", "12 refused: more than 1024 sealed senders at once"],
  ] as const) {
    it(`warn: ${message}`, () => {
      countMany(12, { kind, behind });
      should(refusals.warning(0)).match({ code, message });
    });
  }

  for (const [behind, skew] of [
    [1, "1 s"],
    [31_499, "31 s"],
    [119 * SECOND, "119 s"],
    [120 * SECOND, "2 min"],
    [119 * MINUTE, "119 min"],
    [120 * MINUTE, "2 h"],
    [100 * HOUR, "100 h"],
    [120 * HOUR, "5 d"],
    [Date.UTC(2026), "20454 d"],
  ] as const) {
    it(`word a clock that is ${behind} ms behind as ${skew}`, () => {
      countMany(1, { kind: "late", behind });
      should(refusals.warning(0)?.details.skew).equal(skew);
    });
  }

  it("that were repeated are counted, but give no warning", () => {
    countMany(5, { kind: "repeated", behind: 0 });
    should(refusals.warning(0)).equal(undefined);
    should(refusals.counts.repeated).equal(5);
  });

  it("name the sender and the clock of the last one", () => {
    refusals.count({ kind: "late", behind: HOUR }, "192.168.1.5", 0);
    refusals.count({ kind: "late", behind: 4 * HOUR }, "192.168.1.6", 1);
    should(refusals.warning(1)?.message).equal("2 refused: 192.168.1.6's clock is 4 h behind");
  });

  it("warn of the kind that came most often", () => {
    countMany(2, UNSEALED);
    countMany(3, UNOPENABLE);
    should(refusals.warning(0)?.message).equal("3 refused: another key, or altered");
  });

  it("change the text of their warning every 10 seconds at most", () => {
    countMany(1, UNSEALED);
    const first = refusals.warning(0);
    countMany(4, UNSEALED, 9_999);
    countMany(9, UNOPENABLE, 9_999);
    should(refusals.warning(9_999)).equal(first);
    should(refusals.warning(10_000)?.message).equal("9 refused: another key, or altered");
  });

  it("give no warning after a minute without any, and then count anew", () => {
    countMany(3, UNSEALED);
    should(refusals.warning(0)).be.ok();
    should(refusals.warning(59_999)).be.ok();
    should(refusals.warning(60_000)).equal(undefined);
    countMany(1, UNSEALED, 61_000);
    should(refusals.warning(61_000)?.message).equal("1 refused: not sealed");
    should(refusals.counts.unsealed).equal(4);
  });

  it("stop warning of a kind that ended, while another goes on", () => {
    countMany(9, UNSEALED);
    should(refusals.warning(0)?.reason).equal("sealed-not");
    countMany(1, UNOPENABLE, 59_999);
    should(refusals.warning(60_000)?.reason).equal("sealed-otherwise");
  });

  it("are counted by kind since the start", () => {
    countMany(2, UNSEALED);
    countMany(3, UNOPENABLE);
    countMany(1, { kind: "late", behind: HOUR });
    should(refusals.counts).deepEqual({ unsealed: 2, unopenable: 3, late: 1, early: 0, repeated: 0, crowded: 0 });
  });
});
