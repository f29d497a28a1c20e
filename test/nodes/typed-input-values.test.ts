import type { NodeAPI } from "node-red";
import should from "should";
import { TypedInputValues } from "../../src/nodes/typed-input-values";
import { A, B, out, useFlowNodes } from "../support/flow-nodes";
import { LO } from "../support/loopback";
import { deploy, errors, get, input, messagesAt, statuses } from "../support/node-red";

describe("a property of mcast-say from elsewhere", () => {
  const flow = useFlowNodes();
  const say = (fields: object) => flow.say("say", fields);
  const recv = () => flow.recv("recv", { groups: [A, B] });

  afterEach(() => {
    delete process.env.MCAST_TEST_GROUP;
  });

  const heardBy = async (msg: object): Promise<unknown> => {
    const heard = messagesAt("out");
    should(await input("say", { payload: "x", ...msg })).be.undefined();
    return (await heard)[0]?.group;
  };

  it("is any property of the message, with a port along with a group", async () => {
    await deploy(say({ group: "to.group", groupType: "msg", port: "", portType: "str" }), recv(), out);
    should(await heardBy({ group: A, to: { group: `${B}:${flow.port}` } })).equal(B);
  });

  it("is a value of a context", async () => {
    const fields = { group: "the.group", groupType: "flow", port: "port", portType: "global", iface: "lo", ifaceType: "global" };
    await deploy(say({ ...fields, ttl: "ttl", ttlType: "msg" }), recv(), out);
    get("say").context().flow.set("the", { group: B });
    get("say").context().global.set("port", String(flow.port));
    get("say").context().global.set("lo", LO);
    should(await heardBy({ group: A, ttl: 3 })).equal(B);
  });

  it("is an environment variable, which is checked at the deploy", async () => {
    process.env.MCAST_TEST_GROUP = B;
    await deploy(say({ group: "MCAST_TEST_GROUP", groupType: "env" }), recv(), out);
    should(await heardBy({ group: A })).equal(B);
  });

  it("turns the node red at once where the environment has no group", async () => {
    process.env.MCAST_TEST_GROUP = "10.0.0.1";
    await deploy(say({ group: "MCAST_TEST_GROUP", groupType: "env" }));
    should(statuses("say")).match([{ fill: "red", code: "refused" }]);
    should(errors("say")).match([{ code: "ERR_MCAST_GROUP" }]);
  });

  for (const [type, expression] of [
    ["msg", "nothing"],
    ["flow", "nothing"],
    ["global", "nothing"],
    ["env", "MCAST_TEST_GROUP"],
    ["msg", "a[b"],
  ] as const) {
    it(`fails a message for which ${type}.${expression} has no value, and does not use msg.group in its place`, async () => {
      await deploy(say({ group: expression, groupType: type }));
      should(await input("say", { payload: "x", group: A })).have.property(
        "code",
        expression === "a[b" ? "ERR_MCAST_OPTION" : "ERR_MCAST_GROUP",
      );
    });
  }

  const REFUSALS = { group: "ERR_MCAST_GROUP", port: "ERR_MCAST_PORT", iface: "ERR_MCAST_OPTION", ttl: "ERR_MCAST_TTL" };
  const LABELS = { group: "Group", port: "Port", iface: "Interface", ttl: "TTL" };
  for (const name of ["group", "port", "iface", "ttl"] as const) {
    for (const type of ["msg", "flow", "global"]) {
      it(`fails a message for which the ${name} from a value of type ${type} is missing, with the source of the value`, async () => {
        await deploy(say({ [name]: "nothing", [`${name}Type`]: type }));
        const error = await input("say", { payload: "x", group: A, port: flow.port, iface: LO, interface: LO, ttl: 1 });
        should(error).match({ code: REFUSALS[name], message: `${LABELS[name]}: ${type}.nothing has no value` });
        should(statuses("say")).be.empty();
      });
    }

    it(`turns the node red at once where the environment has no ${name}`, async () => {
      await deploy(say({ [name]: "MCAST_TEST_GROUP", [`${name}Type`]: "env" }));
      const refusal = { code: REFUSALS[name], message: `${LABELS[name]}: \${MCAST_TEST_GROUP} has no value` };
      should(statuses("say")).match([{ fill: "red", code: "refused", text: refusal.message }]);
      should(errors("say")).match([refusal]);
      should(await input("say", { payload: "x", group: A, port: flow.port, iface: LO, ttl: 1 })).match(refusal);
    });
  }

  for (const parent of [undefined, null, 5]) {
    it(`is missing where its parent is ${parent}`, async () => {
      await deploy(say({ ttl: "to.a.b", ttlType: "msg" }));
      for (const to of [parent, { a: parent }])
        should(await input("say", { payload: "x", to })).match({ code: "ERR_MCAST_TTL", message: "TTL: msg.to.a.b has no value" });
    });
  }

  it("is no port where the message has none, but its group includes one", async () => {
    await deploy(say({ group: "group", groupType: "msg", port: "nothing", portType: "msg" }), recv(), out);
    should(await heardBy({ group: `${B}:${flow.port}` })).equal(B);
    should(await input("say", { payload: "x", group: B })).match({ message: "Port: msg.nothing has no value" });
    should(await input("say", { payload: "x", group: "10.0.0.1" })).match({ code: "ERR_MCAST_GROUP" });
  });

  it("fails a message whose value is blank, although blank in the form means the default", async () => {
    await deploy(say({ iface: "to.nothing", ifaceType: "msg" }));
    for (const nothing of ["", null]) should(await input("say", { payload: "x", to: { nothing } })).match({ code: "ERR_MCAST_OPTION" });
    should(await input("say", { payload: "x", to: { nothing: LO } })).be.undefined();
  });

  for (const types of [{}, { groupType: "str", portType: "str", ifaceType: "str", ttlType: "str" }]) {
    it(`is read from the message where it is blank, with the types ${JSON.stringify(types)}`, async () => {
      await deploy(say({ group: "", port: "", iface: "", ttl: "", ...types }), recv(), out);
      should(await heardBy({ group: B, port: flow.port, iface: LO, ttl: 1 })).equal(B);
    });
  }

  it("is left as it is where its type is unknown or its expression is blank", async () => {
    await deploy(say({}));
    const RED: NodeAPI = require("@node-red/util");
    const form = { group: "", groupType: "flow", port: 5000, portType: "msg", iface: "eth0", ifaceType: "jsonata" };
    should(new TypedInputValues(RED, get("say"), form).form).deepEqual(form);
  });
});
