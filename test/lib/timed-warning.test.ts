import should from "should";
import { McastError } from "../../src/lib/errors";
import { TimedWarning } from "../../src/lib/timed-warning";
import { TestSystem } from "../support/test-system";

describe("a timed warning", () => {
  let system: TestSystem;
  let warning: TimedWarning;
  let count: number;
  let changes: (string | undefined)[];

  beforeEach(() => {
    system = new TestSystem();
    count = 0;
    changes = [];
    warning = new TimedWarning({
      describe: () => new McastError("relay-held", { count, most: 5 }),
      onChange: () => changes.push(warning.warning && String(warning.warning.details.count)),
      after: (milliseconds, callback) => system.after(milliseconds, callback),
    });
  });
  afterEach(() => {
    warning.close();
    should(system.timers).equal(0);
  });

  it("stands at once, and for three to four seconds after its cause last occurred", () => {
    should(warning.warning).be.undefined();
    warning.raise();
    should(warning.warning).containEql({ reason: "relay-held" });
    system.pass(900);
    warning.raise();
    system.pass(3_000);
    should(warning.warning).not.be.undefined();
    system.pass(1_100);
    should(warning.warning).be.undefined();
    should(changes).deepEqual(["0", undefined]);
  });

  it("changes once a second at most, however often its cause occurs", () => {
    for (let each = 0; each < 1_000; each += 1) {
      count += 1;
      warning.raise();
    }
    should(changes).deepEqual(["1"]);
    system.pass(1_000);
    should(changes).deepEqual(["1", "1000"]);
  });

  it("does not change while it reads the same", () => {
    warning.raise();
    system.pass(1_000);
    warning.raise();
    system.pass(1_000);
    should(changes).deepEqual(["0"]);
  });

  it("stands again when its cause occurs again", () => {
    warning.raise();
    system.pass(10_000);
    count = 7;
    warning.raise();
    should(changes).deepEqual(["0", undefined, "7"]);
  });

  it("has no timer while it does not stand", () => {
    should(system.timers).equal(0);
    warning.raise();
    should(system.timers).equal(1);
    system.pass(10_000);
    should(system.timers).equal(0);
  });
});
