import should from "should";
import { workspaceNodes } from "../../src/editor/workspace";
import { closeWorkspace, openWorkspace } from "../support/workspace";

describe("the nodes of the workspace", () => {
  after(closeWorkspace);

  it("are those of a type on all tabs, and in subflows, which are no tabs", () => {
    openWorkspace(
      [{ id: "one" }, { id: "two" }],
      ["one", "two", "subflow"].map((z) => ({ type: "udp in", z })),
    );
    should(workspaceNodes("udp in").map(({ z }) => z)).deepEqual(["one", "two", "subflow"]);
    should(workspaceNodes("udp out")).be.empty();
  });

  it("are not those that are disabled, or on a disabled tab", () => {
    openWorkspace(
      [{ id: "on" }, { id: "off", disabled: true }],
      [
        { id: "enabled", type: "udp in", z: "on" },
        { id: "disabled", type: "udp in", z: "on", d: true },
        { id: "elsewhere", type: "udp in", z: "off" },
      ],
    );
    should(workspaceNodes("udp in").map(({ id }) => id)).deepEqual(["enabled"]);
  });
});
