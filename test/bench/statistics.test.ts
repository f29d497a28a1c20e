import "should";
import { Results } from "../../bench/results";
import { ageOf, STAMP_BYTES, stamp } from "../../bench/stamp";
import { median, percentile, spread } from "../../bench/statistics";
import { figure, table } from "../../bench/table";
import { isMet, targets } from "../../bench/targets";

describe("the figures of the benchmark", () => {
  it("the median is the middle value, or the mean of the two middle values, in any order", () => {
    median([3, 1, 2]).should.equal(2);
    median([4, 1, 3, 2]).should.equal(2.5);
    median([7]).should.equal(7);
    median([]).should.be.NaN();
  });

  it("a percentile is the least value that the percentage of all values does not exceed", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    percentile(hundred, 50).should.equal(50);
    percentile(hundred, 99).should.equal(99);
    percentile([5], 99).should.equal(5);
    percentile([], 50).should.be.NaN();
  });

  it("the spread is a share of the median, and zero for one value", () => {
    spread([90, 100, 120]).should.equal(0.3);
    spread([100]).should.equal(0);
  });

  it("a ratio compares the figures of each round, so that a slow round affects both sides", () => {
    const results = new Results();
    for (const cpu of [100, 200, 400]) results.add("recv", "flood", "core", { cpu });
    for (const cpu of [80, 160, 320]) results.add("recv", "flood", "mcast", { cpu });
    results.ratio("recv", "flood", "mcast", "core", "cpu").should.equal(0.8);
    results.ratio("recv", "flood", "mcast", "raw", "cpu").should.be.NaN();
  });

  it("a target is judged if its part was measured, as a lower or an upper limit", () => {
    const results = new Results();
    results.add("hear", "64 bytes, flood", "core", { cpu: 100, rate: 10_000 });
    results.add("hear", "64 bytes, flood", "mcast", { cpu: 60, rate: 14_000 });
    const judged = targets(results).map((target) => [target.what, isMet(target)]);
    judged.should.deepEqual([
      ["hear: echoes a second, x core", false],
      ["hear: CPU, x core", true],
      ["hear: echoes a second, x the Python HEAR (700/s)", false],
    ]);
  });

  it("a table is aligned, and shows nothing for a missing figure", () => {
    table(["", "CPU, ns"], [["recv", figure(12_345.6)]]).should.equal("|      | CPU, ns |\n| ---- | ------: |\n| recv |  12 346 |");
    [0, 0.855, 41.23, 999, undefined, Number.NaN].map(figure).should.deepEqual(["0", "0.85", "41.2", "999", "", ""]);
  });

  it("a stamped datagram has an age", () => {
    const bytes = Buffer.alloc(STAMP_BYTES);
    stamp(bytes, 7);
    const age = ageOf(bytes);
    age.should.be.within(0, 1_000_000);
    bytes.readUInt32BE(0).should.equal(7);
  });
});
