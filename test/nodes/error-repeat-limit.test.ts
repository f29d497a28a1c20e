import should from "should";
import { ErrorRepeatLimit } from "../../src/nodes/error-repeat-limit";

describe("a limit of repeated errors", () => {
  const WINDOW_MS = 20;
  let reports: string[];
  let wake: () => void;
  let limit: ErrorRepeatLimit;

  beforeEach(() => {
    reports = [];
    wake = () => {};
    limit = new ErrorRepeatLimit((error, count) => {
      reports.push(`${String(error)} ${count}`);
      wake();
    }, WINDOW_MS);
  });
  afterEach(() => limit.close());

  const nextReport = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });

  it("reports the first error of each kind at once, and no other", () => {
    for (let each = 0; each < 20_000; each += 1) limit.add(each % 2 ? "route" : "firewall", each);
    should(reports).deepEqual(["0 1", "1 1"]);
  });

  it("reports the last of the others when the time is over, with their number, and goes on so", async () => {
    for (const each of ["a", "b", "c"]) limit.add("route", each);
    await nextReport();
    should(reports).deepEqual(["a 1", "c 2"]);
    limit.add("route", "d");
    should(reports).have.length(2);
    await nextReport();
    should(reports.slice(2)).deepEqual(["d 1"]);
  });

  it("reports an error at once again after a time without one", async () => {
    const since = performance.now();
    limit.add("route", "a");
    limit.add("route", "b");
    await nextReport();
    should(performance.now() - since).be.aboveOrEqual(WINDOW_MS - 1);
    const other = new ErrorRepeatLimit(() => wake(), 2 * WINDOW_MS); // two windows later the kind is forgotten
    other.add("timer", 1);
    other.add("timer", 2);
    await nextReport();
    limit.add("route", "c");
    should(reports).deepEqual(["a 1", "b 1", "c 1"]);
    other.close();
  });

  it("reports the remaining errors when it is closed", () => {
    for (const each of ["a", "b", "c"]) limit.add("route", each);
    limit.close();
    should(reports).deepEqual(["a 1", "c 2"]);
  });
});
