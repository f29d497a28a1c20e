import type { NodeAPI, NodeDef } from "node-red";
import should from "should";
import { type NodeBehavior, runNode } from "../../src/nodes/node-shell";
import { get, helper, input } from "../support/node-red";

describe("a node of this package", () => {
  before(() => helper.startServer());
  after(() => helper.stopServer());
  afterEach(() => helper.unload());

  const deployed = async (behavior: NodeBehavior) => {
    const register = (RED: NodeAPI) =>
      RED.nodes.registerType("tested", function (config: NodeDef) {
        runNode(RED, this, config, () => behavior);
      });
    await helper.load(register, [{ id: "node", type: "tested" }]);
  };

  it("is closed within two seconds, even where what it holds is not", async () => {
    await deployed({ close: () => new Promise(() => {}) });
    const since = performance.now();
    await get("node").close(false);
    should(performance.now() - since).be.within(1_900, 2_900);
  });

  it("is closed where closing what it holds fails", async () => {
    await deployed({ close: () => Promise.reject(new Error("broken")) });
    await get("node").close(false);
  });

  it("is done once with a message, however often and in whatever way its end is told", async () => {
    await deployed({
      input: (_msg, done) => {
        done();
        done(new Error("again"));
        throw new Error("and again");
      },
      close: async () => {},
    });
    const ends: unknown[] = [];
    Object.assign(get("node"), { _complete: (_msg: object, error?: Error) => ends.push(error) });
    get("node").receive({ payload: "x" });
    should(await input("node", { payload: "y" })).be.undefined();
    should(ends).deepEqual([undefined]);
  });

  it("is done with a message that nobody takes", async () => {
    await deployed({ close: async () => {} });
    should(await input("node", { payload: "x" })).be.undefined();
  });
});
