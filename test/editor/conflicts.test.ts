import should from "should";
import { conflictOf } from "../../src/editor/conflicts";
import { closeWorkspace, openWorkspace } from "../support/workspace";

describe("a conflict with core's udp in", () => {
  after(closeWorkspace);

  it("is found on the same port, given as a number or in digits", () => {
    openWorkspace([{ id: "tab" }], [{ type: "udp in", z: "tab", port: "5000", name: "older" }]);
    should(conflictOf({ port: 5000, takesUnicast: false })).deepEqual({ key: "conflict.shared", name: "older" });
    should(conflictOf({ port: "5000", takesUnicast: true })).deepEqual({ key: "conflict.taken", name: "older" });
    should(conflictOf({ port: 5001, takesUnicast: true })).be.undefined();
  });

  it("names a node without a name by its type and port", () => {
    openWorkspace([{ id: "tab" }], [{ type: "udp in", z: "tab", port: 5000, name: "" }]);
    should(conflictOf({ port: 5000, takesUnicast: false })?.name).equal("udp in 5000");
  });

  it("is none with a node of another type, a disabled node, or a node on a disabled tab", () => {
    openWorkspace(
      [{ id: "tab" }, { id: "off", disabled: true }],
      [
        { type: "udp out", z: "tab", port: 5000 },
        { type: "udp in", z: "tab", port: 5000, d: true },
        { type: "udp in", z: "off", port: 5000 },
      ],
    );
    should(conflictOf({ port: 5000, takesUnicast: false })).be.undefined();
  });
});
