import should from "should";
import { RecentCounts } from "../../../src/lib/relay/recent-counts";

describe("the recent counts", () => {
  it("counts each key by windows of 2 seconds, and knows the window before", () => {
    const tally = new RecentCounts();
    const slot = tally.count(1, 2, 0);
    should(tally.isNew).be.true();
    for (const now of [500, 1_000, 1_999]) should(tally.count(1, 2, now)).equal(slot);
    should(tally.isNew).be.false();
    should([tally.within(slot), tally.lately(slot)]).deepEqual([4, 4]);
    tally.count(1, 2, 2_000);
    should([tally.within(slot), tally.lately(slot)]).deepEqual([1, 5]);
    tally.count(1, 2, 9_000);
    should([tally.within(slot), tally.lately(slot)]).deepEqual([1, 1]);
  });

  it("counts what came before the current window, which then starts earlier", () => {
    const tally = new RecentCounts();
    const slot = tally.count(1, 2, 1_000);
    tally.countEarlier(slot, 500);
    should([tally.within(slot), tally.windowAt(slot)]).deepEqual([2, 500]);
    tally.count(1, 2, 2_499);
    should(tally.within(slot)).equal(3);
    tally.count(1, 2, 2_500);
    should(tally.within(slot)).equal(1);
  });

  it("counts a key anew after 10 seconds without it, or after another key in its slot", () => {
    const tally = new RecentCounts();
    tally.count(1, 2, 0);
    tally.count(1, 2, 9_999);
    should(tally.isNew).be.false();
    tally.count(1, 2, 19_999);
    should(tally.isNew).be.true();
    tally.count(1 + tally.slots, 2, 20_000);
    should(tally.isNew).be.true();
    tally.count(1, 2, 20_001);
    should(tally.isNew).be.true();
  });
});
