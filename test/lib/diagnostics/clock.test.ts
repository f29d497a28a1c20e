import should from "should";
import { clockOf, since1970 } from "../../../src/lib/diagnostics/clock";
import { TestMulticast } from "../../support/test-multicast";

describe("the clock of a snapshot", () => {
  it("gives times of the clock that never jumps in milliseconds since 1970", async () => {
    const test = await TestMulticast.create();
    const at = test.multicast.now();
    test.system.pass(5_000);
    const clock = clockOf(test.multicast);
    should(Math.abs(clock.time - Date.now())).be.below(1_000);
    should(clock.time - since1970(clock, at)).equal(5_000);
    should(since1970(clock, clock.now + 0.4)).equal(clock.time);
  });
});
