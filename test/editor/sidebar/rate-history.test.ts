import should from "should";
import { RateHistory } from "../../../src/editor/sidebar/rate-history";

describe("the history of a rate", () => {
  it("has no rate before there are two values", () => {
    const history = new RateHistory();
    should(history.rate).be.undefined();
    history.add(1000, 5);
    should(history.rate).be.undefined();
  });

  it("gives the mean rate between the last two values", () => {
    const history = new RateHistory();
    for (const [at, total] of [
      [1000, 0],
      [3000, 10],
      [13_000, 20],
    ] as const)
      history.add(at, total);
    should(history.rate).equal(1);
    should(history.samples).deepEqual([
      { from: 1000, to: 3000, rate: 5 },
      { from: 3000, to: 13_000, rate: 1 },
    ]);
  });

  it("forgets rates that are older than two minutes", () => {
    const history = new RateHistory();
    for (let at = 0; at <= 300_000; at += 2000) history.add(at, at);
    should(history.samples).have.length(60);
    should(history.samples[0]?.to).equal(182_000);
  });

  it("counts a socket that was opened anew from zero", () => {
    const history = new RateHistory();
    history.add(1000, 500);
    history.add(2000, 3);
    should(history.rate).equal(3);
  });

  it("starts anew when the clock of the runtime goes back", () => {
    const history = new RateHistory();
    history.add(5000, 1);
    history.add(6000, 2);
    history.add(1000, 3);
    should(history.samples).be.empty();
    history.add(2000, 5);
    should(history.rate).equal(2);
  });
});
