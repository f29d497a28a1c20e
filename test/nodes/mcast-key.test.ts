import { inspect } from "node:util";
import should from "should";
import { createKey } from "../../src/lib/sealed/group-key";
import { freePort, LO, ownGroup } from "../support/loopback";
import { deployWith, errors, type FlowNode, get, helper, input, messagesAt, nextStatus, statuses, warnings } from "../support/node-red";

const variable = (name: string) => `\${${name}}`;

describe("mcast-key", () => {
  before(() => helper.startServer());
  after(() => helper.stopServer());
  afterEach(() => helper.unload());

  let group: string;
  let port: number;
  let text: string;
  beforeEach(async () => {
    [group, port, text] = [ownGroup(), await freePort(), createKey()];
  });
  const key = (id = "key", more = {}): FlowNode => ({ id, type: "mcast-key", ...more });
  const say = (more = {}): FlowNode => ({ id: "say", type: "mcast-say", group, port, iface: LO, key: "key", ...more });
  const recv = (more = {}): FlowNode => ({
    id: "recv",
    type: "mcast-recv",
    groups: [group],
    port,
    iface: LO,
    datatype: "utf8",
    key: "key",
    wires: [["out"]],
    ...more,
  });
  const hear = (more = {}): FlowNode => ({
    id: "hear",
    type: "mcast-hear",
    group,
    groups: [group],
    port,
    iface: LO,
    echoIface: LO,
    key: "key",
    ...more,
  });
  const out: FlowNode = { id: "out", type: "helper" };

  it("seals the datagrams of mcast-say, and lets mcast-recv emit them with the time of sealing", async () => {
    await deployWith({ key: { key: text } }, key(), say(), recv(), out);
    const received = messagesAt("out");
    const before = Date.now();
    should(await input("say", { payload: "hello" })).equal(undefined);
    const [msg = {}] = await received;
    should(msg).containEql({ payload: "hello", group, sealed: true });
    should(msg.sealedAt).be.within(before - 1, Date.now());
  });

  it("leaves unsealed datagrams to nodes without a key: a node with a key turns yellow and emits nothing", async () => {
    await deployWith(
      { key: { key: text } },
      key(),
      say({ key: "" }),
      recv(),
      { ...recv({ id: "plain", key: "", wires: [["heard"]] }) },
      out,
      {
        id: "heard",
        type: "helper",
      },
    );
    const [plain, status] = [messagesAt("heard"), nextStatus("recv", "yellow")];
    await input("say", { payload: "hello" });
    const [msg = {}] = await plain;
    should(msg).not.have.properties(["sealed"]);
    should(await status).match({ text: "1 refused: not sealed" });
    should(errors("recv")).be.empty();
    should(warnings("recv")).be.empty();
  });

  it("takes the key and the previous one from the environment", async () => {
    const before = createKey();
    process.env.MCAST_TEST_KEY = text;
    process.env.MCAST_TEST_PREVIOUS = before;
    try {
      const credentials = { key: { key: variable("MCAST_TEST_KEY"), previous: variable("MCAST_TEST_PREVIOUS") }, old: { key: before } };
      await deployWith(credentials, key(), key("old"), say({ key: "old" }), recv(), out);
      const received = messagesAt("out");
      await input("say", { payload: "hello" });
      should(await received).match([{ payload: "hello", sealed: true }]);
    } finally {
      delete process.env.MCAST_TEST_KEY;
      delete process.env.MCAST_TEST_PREVIOUS;
    }
  });

  for (const [title, credentials, more] of [
    ["no credentials, as after an import", {}, {}],
    ["the placeholder of the editor in place of its key", { key: { key: "__PWRD__" } }, {}],
    ["a passphrase", { key: { key: "correct horse battery staple" } }, {}],
    ["a previous key that is none", { key: { key: "PLACE", previous: "correct horse battery staple" } }, {}],
    ["an environment variable that is not set", { key: { key: variable("MCAST_TEST_ABSENT") } }, {}],
    ["a wrong freshness", { key: { key: "PLACE" } }, { freshness: 1 }],
  ] as const) {
    it(`leaves every node that chose it red and silent if it has ${title}`, async () => {
      const given = JSON.parse(JSON.stringify(credentials).replace("PLACE", text));
      await deployWith(given, key("key", more), say(), recv(), hear(), recv({ id: "plain", key: "", wires: [["out"]] }), out);
      for (const id of ["say", "recv", "hear"]) should(statuses(id)).match([{ fill: "red", shape: "ring" }]);
      should(await input("say", { payload: "secret" })).match({
        code: title === "a wrong freshness" ? "ERR_MCAST_OPTION" : "ERR_MCAST_KEY",
      });
      const reported = JSON.stringify([...["say", "recv", "hear"].flatMap((id) => [...statuses(id), ...errors(id)])]);
      should(reported).not.match(/horse|__PWRD__|MCAST_TEST_ABSENT/);
      should(reported).not.containEql(text);
    });
  }

  it("leaves a node red if its key is missing or disabled", async () => {
    await deployWith({ key: { key: text } }, key("key", { d: true }), say(), recv({ key: "nowhere" }), out);
    for (const id of ["say", "recv"]) should(statuses(id)).match([{ fill: "red" }]);
    should(await input("say", { payload: "secret" })).match({ code: "ERR_MCAST_KEY" });
  });

  it("leaves a node red if it also has an option that cannot be sealed", async () => {
    await deployWith({ key: { key: text } }, key(), say({ replies: "output" }), recv({ unicast: true }), hear({ acknowledge: true }), out);
    for (const id of ["say", "recv", "hear"]) should(statuses(id)).match([{ fill: "red", text: /use no key$/ }]);
    should(await input("say", { payload: "secret" })).match({ code: "ERR_MCAST_OPTION" });
  });

  it("shows no key in printed nodes, nor in the flow", async () => {
    const secrets = [text, createKey()];
    await deployWith({ key: { key: text, previous: secrets[1] ?? "" } }, key(), say(), recv(), hear(), out);
    const nodes = ["key", "say", "recv", "hear"].map(get);
    const printed = nodes.map((node) => inspect(node, { depth: 12, showHidden: true, getters: true })).join("");
    const bytes = secrets.map((secret) => inspect(Buffer.from(secret, "hex")).slice(8, 60));
    for (const secret of [...secrets, ...bytes]) should(printed.includes(secret)).be.false();
    should(printed).match(/mcast-key/);
  });
});
