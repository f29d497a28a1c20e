import { EventEmitter } from "node:events";
import type { Node } from "node-red";
import should from "should";
import { limitErrorLines } from "../../src/nodes/error-lines";

describe("the error lines of a node", () => {
  let raised: unknown[][];
  let logged: unknown[];

  const nodeWith = (flow?: object): Node => {
    const node: Node = Object.assign(Object.create(EventEmitter.prototype), {
      _flow: flow,
      error: (...args: unknown[]) => raised.push(args),
    });
    limitErrorLines(node, (error) => logged.push(error));
    return node;
  };

  beforeEach(() => {
    raised = [];
    logged = [];
  });

  it("are not written for an error that a Catch node takes", () => {
    const given: unknown[][] = [];
    const msg = { payload: "x" };
    const node = nodeWith({ handleError: (...args: unknown[]) => given.push(args) });
    node.error("refused", msg);
    should(given).deepEqual([[node, "refused", msg]]);
    should([logged, raised]).deepEqual([[], []]);
  });

  it("are the caller's to write where no Catch node takes the error", () => {
    nodeWith({ handleError: () => false }).error("refused", {});
    should([logged, raised]).deepEqual([["refused"], []]);
  });

  it("are Node-RED's own for an error without a message, and where no flow tells who takes it", () => {
    nodeWith({ handleError: () => false }).error("of the node");
    nodeWith().error("refused", { payload: "x" });
    should([logged, raised]).deepEqual([
      [],
      [
        ["of the node", undefined],
        ["refused", { payload: "x" }],
      ],
    ]);
  });
});
