import should from "should";
import { Quota } from "../../src/lib/quota";

describe("a quota", () => {
  it("has room up to its count and its bytes, and again for released items", () => {
    const quota = new Quota({ count: 2, bytes: 10 });
    should([quota.hasRoom(10), quota.hasRoom(11)]).deepEqual([true, false]);
    quota.take(4);
    should([quota.hasRoom(6), quota.hasRoom(7)]).deepEqual([true, false]);
    quota.take(1);
    should([quota.hasRoom(0), quota.count]).deepEqual([false, 2]);
    quota.give(4);
    should([quota.hasRoom(9), quota.hasRoom(10), quota.count]).deepEqual([true, false, 1]);
  });
});
