import should from "should";
import { newMessageId } from "../../src/nodes/message-id";

describe("a new message id", () => {
  it("has sixteen hexadecimal digits, as those of Node-RED have", () => {
    should(newMessageId()).match(/^[0-9a-f]{16}$/);
  });

  it("differs from all others, also when the random bytes in store were used up", () => {
    const ids = Array.from({ length: 10_000 }, newMessageId);
    should(new Set(ids).size).equal(ids.length);
    should(ids.filter((id) => !/^[0-9a-f]{16}$/.test(id))).be.empty();
  });
});
