import type { NodeAPI, NodeDef } from "node-red";
import should from "should";
import { McastError } from "../../src/lib/errors";
import { type NodeBehavior, type NodeShell, runNode } from "../../src/nodes/node-shell";
import { errors, get, helper, input, nextStatus, statuses, warnings } from "../support/node-red";

describe("a node of this package", () => {
  before(() => helper.startServer());
  after(() => helper.stopServer());
  afterEach(() => helper.unload());

  let shell: NodeShell | undefined;

  const deployed = async (behavior: NodeBehavior) => {
    const register = (RED: NodeAPI) =>
      RED.nodes.registerType("tested", function (config: NodeDef) {
        runNode(RED, this, config, (given) => {
          shell = given;
          return behavior;
        });
      });
    await helper.load(register, [{ id: "node", type: "tested" }]);
    await new Promise(setImmediate);
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

  it("shows at most four statuses a second, and the last one in any case", async () => {
    await deployed({ close: async () => {} });
    const green = nextStatus("node", "green");
    const since = performance.now();
    for (let each = 0; each < 10_000; each += 1) {
      const isOdd = each % 2 === 1;
      const reason = new McastError("send-firewall", { interface: "eth0" });
      shell?.showState(isOdd ? { kind: "refused", reason } : { kind: "joined", interfaces: ["lo"], warnings: [] }, "");
    }
    shell?.show({ fill: "green", shape: "dot", text: "the last" });
    await green; // the first of them
    while (JSON.stringify(statuses("node").at(-1)) !== '{"fill":"green","shape":"dot","text":"the last"}')
      await nextStatus("node", "green");
    should(performance.now() - since).be.aboveOrEqual(999);
    should(statuses("node")).have.length(5);
  });

  it("reports one error of a kind, however many come, and when it is closed how many there were", async () => {
    await deployed({ close: async () => {} });
    for (let each = 0; each < 10_000; each += 1) {
      shell?.report(new McastError(each % 2 ? "send-route" : "send-firewall", { interface: "eth0" }));
      shell?.report(new Error(`from a node further on ${each}`));
    }
    const messages = () => errors("node").map((error) => (error instanceof Error ? error.message : ""));
    should(messages()).have.length(3);
    await get("node").close(false);
    should(messages().slice(3)).deepEqual([
      "sending on eth0 is blocked by the local firewall (4999 × in 10 s)",
      "from a node further on 9999 (9999 × in 10 s)",
      "no network, or no route, on eth0 (4999 × in 10 s)",
    ]);
  });

  it("ends each message that it could not send with ERR_MCAST_CLOSED, and says once in the log how many there were", async () => {
    const open: ((error?: unknown) => void)[] = [];
    await deployed({
      input: (_msg, done) => open.push(done),
      close: async () => {
        for (const done of open) done(new McastError("closed"));
        shell?.report(new McastError("closed")); // of an echo
      },
    });
    const ends = [input("node", { payload: "x" }), input("node", { payload: "y" })];
    await get("node").close(false);
    Object.assign(get("node"), { _complete: () => {} });
    should(await ends[1]).containEql({ code: "ERR_MCAST_CLOSED" });
    should(errors("node")).be.empty();
    should(warnings("node")).deepEqual(["3 messages were not sent, or not replied to in time: the node was closed first"]);
  });

  it("is done with a message that nobody takes", async () => {
    await deployed({ close: async () => {} });
    should(await input("node", { payload: "x" })).be.undefined();
  });
});
