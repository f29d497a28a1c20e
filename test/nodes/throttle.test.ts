import should from "should";
import { Throttle } from "../../src/nodes/throttle";

describe("a throttle", () => {
  let runs: number[];
  let throttle: Throttle;
  let wake: () => void;
  beforeEach(() => {
    runs = [];
    wake = () => {};
    throttle = new Throttle(() => {
      runs.push(performance.now());
      wake();
    });
  });
  afterEach(() => throttle.close());
  const nextRun = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });

  it("runs its callback within the first request", () => {
    throttle.request();
    should(runs).have.length(1);
  });

  it("runs its callback four times a second, the last time for all requests that came meanwhile", async () => {
    for (let each = 0; each < 100; each += 1) throttle.request();
    should(runs).have.length(4);
    await nextRun();
    const [first = 0, fifth = 0] = [runs[0], runs[4]];
    should(fifth - first).be.within(999, 2_000);
  });

  it("runs nothing for a request after it was closed", () => {
    throttle.close();
    throttle.request();
    should(runs).be.empty();
  });

  it("runs nothing after it was closed, not even what was requested before", async () => {
    for (let each = 0; each < 5; each += 1) throttle.request();
    throttle.close();
    throttle.request();
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // longer than the pause
    should(runs).have.length(4);
  });
});
