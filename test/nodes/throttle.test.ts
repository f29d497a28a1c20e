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

  it("runs its callback once for all requests of the pause, at the end of it", async () => {
    throttle.request();
    for (let each = 0; each < 100; each += 1) throttle.request();
    should(runs).have.length(1);
    await nextRun();
    const [first = 0, second = 0] = runs;
    should(second - first).be.within(249, 1_000);
    throttle.request();
    should(runs).have.length(2);
  });

  it("runs nothing for a request after it was closed", () => {
    throttle.close();
    throttle.request();
    should(runs).be.empty();
  });

  it("runs nothing after it was closed, not even what was requested before", async () => {
    throttle.request();
    throttle.request();
    throttle.close();
    throttle.request();
    await new Promise((resolve) => setTimeout(resolve, 300)); // longer than the pause
    should(runs).have.length(1);
  });
});
