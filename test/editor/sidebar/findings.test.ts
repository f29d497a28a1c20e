import should from "should";
import { byWeight, type Finding, failureKey, subjectText } from "../../../src/editor/sidebar/findings";

describe("the findings of a check", () => {
  it("stand with the gravest first, and otherwise in the doctor's order", () => {
    const finding = (id: string, level: Finding["level"]): Finding => ({ id, level, fact: "", why: "", remedy: "", link: "" });
    const found = [finding("a", "ok"), finding("b", "unknown"), finding("c", "warning"), finding("d", "fault"), finding("e", "warning")];
    should(byWeight(found).map(({ id }) => id)).deepEqual(["d", "c", "e", "b", "a"]);
  });

  it("name the checked group and port, or the group alone if no port is known, as for a group of another program", () => {
    const subjects = [
      { group: "239.255.1.1", port: 5000 },
      { group: "ff02::1", port: 5000 },
      { group: "224.0.0.251" },
      { group: "ff02::fb" },
      {},
    ];
    should(subjects.map(subjectText)).deepEqual(["239.255.1.1:5000", "[ff02::1]:5000", "224.0.0.251", "ff02::fb", ""]);
  });

  it("have a text of their own for a runtime without the doctor, and for a user without the permission", () => {
    should([404, 401, 403, 500, 0].map(failureKey)).deepEqual(["noRoute", "notAllowed", "notAllowed", "noAnswer", "noAnswer"]);
  });
});
