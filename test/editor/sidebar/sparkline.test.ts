import should from "should";
import { sparkline } from "../../../src/editor/sidebar/sparkline";

const NOW = 1_000_000;

function samples(...parts: readonly (readonly [secondsAgo: number, until: number, rate: number])[]) {
  return parts.map(([from, to, rate]) => ({ from: NOW - from * 1000, to: NOW - to * 1000, rate }));
}

describe("a sparkline", () => {
  it("is empty without rates", () => {
    should(sparkline([], NOW)).equal("");
  });

  it("spans two minutes, from the top for the largest rate to the bottom for none", () => {
    should(sparkline(samples([120, 60, 10], [60, 0, 0]), NOW)).equal("0,1 30,1 30,15 60,15");
  });

  it("shows rates below 1 per second low, instead of on a scale of their own", () => {
    should(sparkline(samples([60, 0, 0.5]), NOW)).equal("30,8 60,8");
  });

  it("draws equal rates as one line", () => {
    should(sparkline(samples([6, 4, 2], [4, 2, 2], [2, 0, 2]), NOW)).equal("57,1 60,1");
  });

  it("begins at the left edge for a rate that began earlier", () => {
    should(sparkline(samples([500, 0, 2]), NOW)).equal("0,1 60,1");
  });
});
