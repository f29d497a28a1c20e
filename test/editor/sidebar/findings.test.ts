import should from "should";
import { byWeight, type Finding, failureKey } from "../../../src/editor/sidebar/findings";

describe("the findings of a check", () => {
  it("stand with the gravest first, and otherwise in the doctor's order", () => {
    const finding = (id: string, level: Finding["level"]): Finding => ({ id, level, fact: "", why: "", remedy: "", link: "" });
    const found = [finding("a", "ok"), finding("b", "unknown"), finding("c", "warning"), finding("d", "fault"), finding("e", "warning")];
    should(byWeight(found).map(({ id }) => id)).deepEqual(["d", "c", "e", "b", "a"]);
  });

  it("have a text of their own for a runtime without the doctor, and for a user without the permission", () => {
    should([404, 401, 403, 500, 0].map(failureKey)).deepEqual(["noRoute", "notAllowed", "notAllowed", "noAnswer", "noAnswer"]);
  });
});
