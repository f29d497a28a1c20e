import should from "should";
import { problemOf } from "../../../src/lib/diagnostics/problem";
import { McastError } from "../../../src/lib/errors";

describe("a problem", () => {
  it("is an error as plain values, which JSON keeps", () => {
    const problem = problemOf(new McastError("interface-absent", { interface: "eth9" }, new Error("the cause")));
    should(JSON.parse(JSON.stringify(problem))).deepEqual({
      code: "ERR_MCAST_INTERFACE",
      reason: "interface-absent",
      details: { interface: "eth9" },
      message: "waiting for eth9",
    });
  });
});
