import should from "should";
import { RelayWarnings } from "../../../src/lib/relay/relay-warnings";
import { TestSystem } from "../../support/test-system";

describe("the warnings of a relay", () => {
  let system: TestSystem;
  let changes: number;
  let warnings: RelayWarnings;
  const warningsOf = (maxRate: number) =>
    new RelayWarnings({
      to: "239.255.1.9",
      maxRate,
      onChange: () => {
        changes += 1;
      },
      after: (milliseconds, callback) => system.after(milliseconds, callback),
    });
  const reasons = () => warnings.standing.map(({ reason, details }) => [reason, details]);

  beforeEach(() => {
    system = new TestSystem();
    changes = 0;
    warnings = warningsOf(2);
  });
  afterEach(() => {
    warnings.close();
    should(system.timers).equal(0);
  });

  it("are none at first", () => {
    should(warnings.standing).be.empty();
  });

  it("name both ends of a suspected loop", () => {
    warnings.suspectLoop("239.255.1.1");
    should(reasons()).deepEqual([["relay-loop", { from: "239.255.1.1", to: "239.255.1.9" }]]);
    should(changes).equal(1);
  });

  it("count the echoes that are above the cap", () => {
    should([0, 1, 2, 3].map((now) => warnings.allows(now))).deepEqual([true, true, false, false]);
    should(reasons()).deepEqual([["relay-held", { count: 1, most: 2 }]]);
    system.pass(1_000);
    should(reasons()).deepEqual([["relay-held", { count: 2, most: 2 }]]);
  });

  it("allow every echo, and count none, where there is no cap", () => {
    warnings = warningsOf(Number.POSITIVE_INFINITY);
    for (let echo = 0; echo < 1_000; echo += 1) should(warnings.allows(0)).be.true();
    should(warnings.standing).be.empty();
  });

  it("stand with the loop first, and end by themselves", () => {
    for (let echo = 0; echo < 3; echo += 1) warnings.allows(0);
    warnings.suspectLoop("239.255.1.1");
    should(reasons().map(([reason]) => reason)).deepEqual(["relay-loop", "relay-held"]);
    system.pass(10_000);
    should(warnings.standing).be.empty();
  });
});
