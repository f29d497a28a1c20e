import should from "should";
import { TokenBucket } from "../../../src/lib/relay/token-bucket";

describe("a token bucket", () => {
  it("allows a burst of one second's worth, and then its rate", () => {
    const rate = new TokenBucket(10);
    const admitted = (start: number, end: number) => {
      let count = 0;
      for (let now = start; now < end; now += 1) count += rate.take(now) ? 1 : 0;
      return count;
    };
    should(admitted(0, 10)).equal(10);
    should(admitted(10, 100)).equal(0);
    should(admitted(100, 1_100)).equal(10);
    should(admitted(60_000, 60_010)).equal(10);
  });

  it("allows everything where there is no limit", () => {
    const rate = new TokenBucket(Number.POSITIVE_INFINITY);
    for (let time = 0; time < 1_000; time += 1) should(rate.take(0)).be.true();
  });
});
