import should from "should";
import { StatusThrottle } from "../../src/nodes/status-throttle";

describe("a throttle", () => {
  let runs: number[];
  let throttle: StatusThrottle;
  let wake: () => void;
  beforeEach(() => {
    runs = [];
    wake = () => {};
    throttle = new StatusThrottle(() => {
      runs.push(performance.now());
      wake();
    });
  });
  afterEach(() => throttle.close());
  const nextRun = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });

  // The test reads the clock a moment after the throttle: 990 ms and more are a second.
  const requestOften = (times = 100) => {
    for (let each = 0; each < times; each += 1) throttle.request();
  };

  it("runs its callback within each of the first four requests", () => {
    for (let each = 1; each <= 4; each += 1) {
      throttle.request();
      should(runs).have.length(each);
    }
  });

  it("runs its callback once for all further requests, a second after the first", async () => {
    requestOften();
    should(runs).have.length(4);
    await nextRun();
    should(runs).have.length(5);
    should((runs[4] ?? 0) - (runs[0] ?? 0)).be.within(990, 2_000);
  });

  it("runs its callback at most four times in any second, however often it is requested", async () => {
    const end = performance.now() + 1_200;
    while (performance.now() < end) {
      requestOften();
      await new Promise(setImmediate);
    }
    should(runs.length).be.above(4);
    for (const [position, ranAt] of runs.slice(4).entries()) should(ranAt - (runs[position] ?? 0)).be.aboveOrEqual(990);
  });

  it("runs nothing for a request after it was closed", () => {
    throttle.close();
    throttle.request();
    should(runs).be.empty();
  });

  it("runs nothing after it was closed, not even for an earlier request", async () => {
    requestOften();
    throttle.close();
    throttle.request();
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // longer than the window
    should(runs).have.length(4);
  });
});
