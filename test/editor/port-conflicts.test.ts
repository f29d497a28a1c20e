import should from "should";
import { conflictOf } from "../../src/editor/port-conflicts";
import { closeWorkspace, openWorkspace } from "../support/workspace";

describe("a conflict with core's udp in", () => {
  after(closeWorkspace);

  it("is found on the same port, given as a number or in digits", () => {
    openWorkspace([{ id: "tab" }], [{ type: "udp in", z: "tab", port: "5000", name: "older" }]);
    should(conflictOf({ port: 5000, takesUnicast: false })).deepEqual({ key: "conflict.shared", name: "older" });
    should(conflictOf({ port: "5000", takesUnicast: true })).deepEqual({ key: "conflict.taken", name: "older" });
    should(conflictOf({ port: 5001, takesUnicast: true })).be.undefined();
  });

  it("names a node without a label by its type and port", () => {
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

describe("a conflict with another node of this package", () => {
  after(closeWorkspace);
  const find = (node: object, takesUnicast = true) => {
    openWorkspace([{ id: "tab" }], [{ id: "other", z: "tab", port: 5000, name: "other", ...node }]);
    return conflictOf({ port: "5000", takesUnicast, id: "mine" });
  };

  it("is found where both take unicast on the port", () => {
    const both = { key: "conflict.both", name: "other" };
    should(find({ type: "mcast-recv", unicast: true })).deepEqual(both);
    should(find({ type: "mcast-say", sourcePort: "group", replies: "output" })).deepEqual(both);
    should(find({ type: "mcast-say", sourcePort: 5000, port: 7, replies: "collect" })).deepEqual(both);
  });

  it("is none where one of them takes none, or the node is the same", () => {
    should(find({ type: "mcast-recv", unicast: true }, false)).be.undefined();
    should(find({ type: "mcast-recv", unicast: false })).be.undefined();
    should(find({ type: "mcast-recv", unicast: true, port: 5001 })).be.undefined();
    should(find({ type: "mcast-recv", unicast: true, id: "mine" })).be.undefined();
    should(find({ type: "mcast-say", sourcePort: "group", replies: "off" })).be.undefined();
    should(find({ type: "mcast-say", sourcePort: "", replies: "output" })).be.undefined();
  });
});
