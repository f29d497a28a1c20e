import type { NodeAPI, NodeDef } from "node-red";
import should from "should";
import { McastError } from "../../src/lib/errors";
import { multicast } from "../../src/lib/process-wide/multicast";
import { translate } from "../../src/nodes/messages";
import { type NodeBehavior, type NodeShell, runNode } from "../../src/nodes/node-shell";
import { joinedStatus } from "../../src/nodes/status";
import { english } from "../support/catalogue";
import { A, heard, out, useFlowNodes } from "../support/flow-nodes";
import { deploy, errors, get, helper, input, messagesAt, nextStatus, statuses, warnings } from "../support/node-red";

describe("the shell of a node", () => {
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

  it("closes the node within two seconds, although its behavior does not close", async () => {
    await deployed({ close: () => new Promise(() => {}) });
    const since = performance.now();
    await get("node").close(false);
    should(performance.now() - since).be.within(1_900, 2_900);
    should(statuses("node").at(-1)).deepEqual({}); // a status that came later would show beside that of the next node with this id
    shell?.show({ text: "late" });
    should(statuses("node").at(-1)).deepEqual({});
  });

  it("closes the node although its behavior fails to close", async () => {
    await deployed({ close: () => Promise.reject(new Error("broken")) });
    await get("node").close(false);
  });

  it("is done once with a message, although its behavior calls done twice and throws", async () => {
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
      shell?.showState(
        isOdd ? { kind: "refused", reason } : { kind: "joined", interfaces: ["lo"], warnings: [], standBy: [] },
        joinedStatus,
      );
    }
    shell?.show({ fill: "green", shape: "dot", text: "the last" });
    await green; // the first of them
    while (JSON.stringify(statuses("node").at(-1)) !== '{"fill":"green","shape":"dot","text":"the last"}')
      await nextStatus("node", "green");
    should(performance.now() - since).be.aboveOrEqual(999);
    should(statuses("node")).have.length(5);
  });

  it("reports one of any number of errors of a kind, and their number when it is closed", async () => {
    await deployed({ close: async () => {} });
    for (let each = 0; each < 10_000; each += 1) {
      shell?.report(new McastError(each % 2 ? "send-route" : "send-firewall", { interface: "eth0" }));
      shell?.report(new Error(`from a node further on ${each}`));
    }
    const messages = () => errors("node").map((error) => (error instanceof Error ? error.message : ""));
    should(messages()).have.length(3);
    await get("node").close(false);
    should(messages().slice(3)).deepEqual([
      "The local firewall blocks sending on eth0 (4999 × in 10 s)",
      "from a node further on 9999 (9999 × in 10 s)",
      "No network or no route on eth0 (4999 × in 10 s)",
    ]);
  });

  it("ends each message that it could not send with ERR_MCAST_CLOSED, and logs their number once", async () => {
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
    should(warnings("node")).deepEqual(["3 messages were not sent or got no replies in time: the node was closed first"]);
  });

  it("is done with a message for which the node has no input", async () => {
    await deployed({ close: async () => {} });
    should(await input("node", { payload: "x" })).be.undefined();
  });
});

describe("the nodes in a flow", () => {
  const { say, recv, hear } = useFlowNodes();

  it("report an error with its code to a Catch node", async () => {
    await deploy(say("say"), { id: "caught", type: "catch", scope: null, uncaught: false, wires: [["out"]] }, out);
    const caught = messagesAt("out");
    get("say").receive({ payload: null });
    should((await caught)[0])
      .have.property("error")
      .containEql({ code: "ERR_MCAST_PAYLOAD" });
  });

  for (const fields of [
    { type: "mcast-recv", port: "" },
    { type: "mcast-recv", groups: [] },
    { type: "mcast-hear", port: "" },
    { type: "mcast-hear", group: "" },
    { type: "mcast-hear", groups: [] },
  ]) {
    it(`do not advise setting a property of the message that they do not read: ${JSON.stringify(fields)}`, async () => {
      await deploy({ ...(fields.type === "mcast-hear" ? hear : recv)("bad"), ...fields }, out, heard);
      const [error] = errors("bad");
      const { message } = translate(error, english);
      should(message)
        .match(/^No (group|port)/)
        .and.not.match(/msg\./);
    });
  }

  it("advise setting the property of the form or of the message, if the node reads both", async () => {
    await deploy(say("say", { group: "", port: "" }));
    const texts: string[] = [];
    for (const msg of [{}, { group: A }]) texts.push(translate(await input("say", { payload: "x", ...msg }), english).message);
    should(texts).match([/^No group: set Group or msg\.group/, /^No port: set Port or msg\.port/]);
  });

  describe("with invalid properties", () => {
    const bad: ReadonlyArray<readonly [object, string, RegExp]> = [
      [{ type: "mcast-say", group: "1.2.3.4" }, "ERR_MCAST_GROUP", /1\.2\.3\.4 is not a multicast group/],
      [{ type: "mcast-say", port: 0 }, "ERR_MCAST_PORT", /Port must be a number from 1 to 65535, not 0/],
      [{ type: "mcast-say", ttl: 300 }, "ERR_MCAST_TTL", /TTL 300 is out of range/],
      [{ type: "mcast-say", loopback: "perhaps" }, "ERR_MCAST_OPTION", /loopback must be true or false, not perhaps/],
      [{ type: "mcast-say", group: "", ttl: -1 }, "ERR_MCAST_TTL", /TTL -1 is out of range/],
      [{ type: "mcast-recv", groups: [] }, "ERR_MCAST_GROUP", /No group: give one/],
      [{ type: "mcast-recv", groups: [A, "kitchen"] }, "ERR_MCAST_GROUP", /kitchen is not an IP address/],
      [{ type: "mcast-recv", port: "" }, "ERR_MCAST_PORT", /No port: give a number/],
      [{ type: "mcast-recv", iface: "all, eth0" }, "ERR_MCAST_OPTION", /Interface all, eth0 is not valid/],
      [{ type: "mcast-recv", datatype: "xml" }, "ERR_MCAST_OPTION", /datatype must be one of .*, not xml/],
      [{ type: "mcast-recv", refresh: 5 }, "ERR_MCAST_OPTION", /Refresh must be .*, not 5/],
      [{ type: "mcast-recv", silence: "long" }, "ERR_MCAST_OPTION", /Silence must be .*, not long/],
      [{ type: "mcast-recv", allow: "kitchen" }, "ERR_MCAST_OPTION", /Allow takes addresses .*, not kitchen/],
      [{ type: "mcast-recv", groups: ["232.1.1.1"], allow: ["10.0.0.0/8"] }, "ERR_MCAST_OPTION", /allow single addresses/],
      [{ type: "mcast-hear", maxRate: 0 }, "ERR_MCAST_OPTION", /Max rate must be .*, not 0/],
      [{ type: "mcast-hear", group: "" }, "ERR_MCAST_GROUP", /No group: give one/],
      [{ type: "mcast-hear", echo: "loud" }, "ERR_MCAST_OPTION", /echo must be one of .*, not loud/],
      [{ type: "mcast-hear", groups: [{ group: "10.0.0.1" }] }, "ERR_MCAST_GROUP", /10\.0\.0\.1 is not a multicast group/],
    ];
    for (const [fields, code, message] of bad) {
      it(`report them once, in red, with their code, and open nothing: ${JSON.stringify(fields)}`, async () => {
        const makers = { "mcast-say": say, "mcast-recv": recv, "mcast-hear": hear };
        const { type } = { type: "", ...fields };
        const [, make = say] = Object.entries(makers).find(([name]) => name === type) ?? [];
        await deploy({ ...make("bad"), ...fields }, say("say"), recv("recv"), out, heard);
        const [error, ...more] = errors("bad");
        should(error).containEql({ code }).and.match({ message });
        should(more).be.empty();
        should(statuses("bad")).have.length(1);
        should(statuses("bad")[0]).containEql({ fill: "red", shape: "ring" }).and.match({ text: message });
        should(multicast.sockets).deepEqual({ receiving: 1, sending: 0 });
        should(await input("bad", { payload: "x" })).containEql({ code });
        const next = messagesAt("out");
        get("say").receive({ payload: "the others go on" });
        await next;
      });
    }
  });

  it("are closed within two seconds, and clear their status", async () => {
    await deploy(say("say"), recv("recv"), hear("hear"), out, heard);
    await input("say", { payload: "x" });
    const nodes = ["say", "recv", "hear"].map(get);
    await Promise.all(nodes.map((node) => node.close(false)));
    for (const id of ["say", "recv", "hear"]) should(statuses(id).at(-1)).deepEqual({});
  });
});
