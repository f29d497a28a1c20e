import fc from "fast-check";
import should from "should";
import { McastError } from "../../src/lib/errors";
import { multicast } from "../../src/lib/process-wide/multicast";
import { freePort, LO, ownGroup } from "../support/loopback";
import { deploy, get, helper, type Message, messagesAt } from "../support/node-red";
import { anything, datagram, makeTraps } from "./values";

const KEYS = /^(_msgid|payload|topic|group|interface|ip|port|fromip|multicast|parseError|echoed)$/;
const FEW = { numRuns: 60 };

describe("the nodes with hostile input", function () {
  this.timeout(30_000);
  let port: number;
  let group: string;
  let unhandled: unknown[];
  const remember = (reason: unknown) => unhandled.push(reason);

  before(() => helper.startServer());
  after(() => helper.stopServer());
  beforeEach(async () => {
    port = await freePort();
    group = ownGroup();
    unhandled = [];
    process.on("unhandledRejection", remember);
  });
  afterEach(async () => {
    process.off("unhandledRejection", remember);
    await helper.unload();
    should(unhandled).be.empty();
    should({}).not.have.property("polluted");
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
  });

  const say = (fields = {}) => ({ id: "say", type: "mcast-say", group, port, iface: LO, ...fields });
  const recv = (fields = {}) => ({ id: "recv", type: "mcast-recv", groups: [group], port, iface: LO, wires: [["out"]], ...fields });
  const out = { id: "out", type: "helper" };
  /** Settles when a node receives a payload that contains a text. */
  const reported = (id: string, text: string) =>
    new Promise<void>((resolve) => get(id).on("input", ({ payload }) => String(payload).includes(text) && resolve()));
  /** Gives a node a message, and checks that it is done exactly once. */
  const isDoneOnce = async (id: string, msg: Message): Promise<unknown> => {
    const ends: unknown[] = [];
    await new Promise<void>((resolve) => {
      Object.assign(get(id), {
        _complete: (_msg: Message, error?: unknown) => {
          ends.push(error);
          resolve();
        },
      });
      get(id).receive(msg);
    });
    await new Promise(setImmediate);
    should(ends.length).equal(1);
    const [error] = ends;
    if (error === undefined) return error;
    if (!(error instanceof McastError)) throw error;
    should(error.code).match(/^ERR_MCAST_[A-Z]+$/);
    should(error.message).match(/^[^\p{Cc}]{10,300}$/u);
    return error;
  };

  it("mcast-say is done once with any message, and sends the next valid one", async () => {
    await deploy(say({ group: "", port: "", ttl: "", iface: "" }), recv({ datatype: "utf8" }), out);
    const good = { group, port, iface: LO };
    for (const name of ["payload", "group", "port", "ttl", "iface", "topic"]) {
      await fc.assert(
        fc.asyncProperty(anything, async (value) => {
          // a valid message must not leave this machine
          await isDoneOnce("say", { ...good, payload: "x", ...(name === "iface" ? { group: "", iface: value } : { [name]: value }) });
        }),
        { numRuns: 30 },
      );
    }
    const heard = reported("out", "still well");
    should(await isDoneOnce("say", { ...good, payload: "still well" })).be.undefined();
    await heard;
  });

  for (const name of ["payload", "group", "port", "ttl", "iface", "topic"]) {
    it(`mcast-say is done once with a msg.${name} that throws when it is read`, async () => {
      await deploy(say({ group: "", port: "", ttl: "", iface: "", replies: "output", outputs: 1, wires: [["out"]] }), out);
      const good = { group, port, iface: LO, payload: "x" };
      const unreadable = Object.defineProperty({ ...good }, name, { enumerable: true, get: refuse });
      should(await isDoneOnce("say", unreadable)).match({
        code: "ERR_MCAST_OPTION",
        message: "Cannot process this message: it refuses",
      });
      const bare = { ...good, ...(name === "iface" ? { group: "" } : {}) };
      for (const make of makeTraps) await isDoneOnce("say", { ...bare, [name]: make() });
      should(await isDoneOnce("say", good)).be.undefined();
    });
  }

  it("mcast-say is done once with a read-only message whose replies it collects", async () => {
    await deploy(say({ replies: "collect", collect: 1, outputs: 1, wires: [["out"]] }), out);
    const frozen = Object.defineProperty({ _msgid: "1", payload: "x" }, "payload", { value: "x", writable: false });
    should(await isDoneOnce("say", frozen)).match({ code: "ERR_MCAST_OPTION", message: /^Cannot process this message: / });
    should(await isDoneOnce("say", { payload: "still well" })).be.undefined();
  });

  it("mcast-recv is done once with an action that throws when it is read", async () => {
    await deploy(recv({ control: true }), out);
    for (const make of makeTraps) {
      should(await isDoneOnce("recv", { action: make() })).be.an.Error();
      await isDoneOnce("recv", { action: "leave", group: make() });
    }
    should(await isDoneOnce("recv", Object.defineProperty({}, "action", { get: refuse }))).be.an.Error();
    should(await isDoneOnce("recv", { action: "join", group })).be.undefined();
  });

  it("mcast-recv is done once with any action, and still receives", async () => {
    await deploy(say(), recv({ control: true, datatype: "utf8" }), out);
    await fc.assert(
      fc.asyncProperty(anything, anything, async (action, other) => {
        await isDoneOnce("recv", { action, group: "239.255.1.1" });
        await isDoneOnce("recv", { action: "leave", group: other });
      }),
      FEW,
    );
    await isDoneOnce("recv", { action: "join", group });
    const heard = messagesAt("out");
    get("say").receive({ payload: "still well" });
    should((await heard)[0]).containEql({ payload: "still well" });
  });

  for (const datatype of ["buffer", "utf8", "base64", "json"]) {
    it(`mcast-recv makes a message of any datagram as ${datatype}, with the documented properties and no others`, () => isHeard(datatype));
  }

  const isHeard = async (datatype: string) => {
    await deploy(say(), recv({ datatype, wires: [["out", "copy"]] }), out, { id: "copy", type: "helper" });
    await fc.assert(
      fc.asyncProperty(datagram, async (bytes) => {
        const heard = [messagesAt("out"), messagesAt("copy")];
        get("say").receive({ payload: bytes });
        for (const [msg] of await Promise.all(heard)) should(Object.keys(msg ?? {}).filter((key) => !KEYS.test(key))).be.empty();
      }),
      FEW,
    );
  };

  it("mcast-hear echoes and acknowledges any datagram, and still receives", async () => {
    const bind = ownGroup();
    const hear = {
      id: "hear",
      type: "mcast-hear",
      group: bind,
      groups: [group],
      port,
      iface: LO,
      echoIface: LO,
      echo: "hear",
      acknowledge: true,
    };
    await deploy(
      say({ replies: "output", outputs: 1, wires: [[]] }),
      { ...hear, wires: [["out"]] },
      recv({ groups: [bind], wires: [["copy"]] }),
      out,
      {
        id: "copy",
        type: "helper",
      },
    );
    await fc.assert(
      fc.asyncProperty(datagram, fc.uuid(), async (bytes, mark) => {
        // A payload that looks like a loop is received but not echoed, and does not affect other payloads.
        const heard = [reported("out", mark), reported("copy", mark.toUpperCase())];
        get("say").receive({ payload: bytes });
        get("say").receive({ payload: mark });
        await Promise.all(heard);
      }),
      FEW,
    );
  });

  it("survive a deploy with any configuration, and valid nodes still work", async () => {
    const properties = [
      "group",
      "groups",
      "port",
      "iface",
      "echoIface",
      "ttl",
      "loopback",
      "datatype",
      "allow",
      "refresh",
      "silence",
      "maxRate",
      "echo",
      "replies",
    ];
    // Configurations that a flow file can hold: JSON only, and on the loopback interface. Node-RED itself cannot read an object that
    // has a property `toString`, and the test helper cannot compare one that has `__proto__`.
    const value = fc.jsonValue({ maxDepth: 3 }).filter((each) => !/all|default|toString|__proto__/.test(JSON.stringify(each)));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...properties), value, async (name, bad) => {
        const node = (type: string) => ({
          id: type,
          type,
          group,
          groups: [group],
          port,
          iface: LO,
          echoIface: LO,
          [name]: bad,
          wires: [[]],
        });
        const local = /iface/i.test(name) && !Array.isArray(bad) && typeof bad !== "string" ? bad : LO;
        const hostile = ["mcast-say", "mcast-recv", "mcast-hear"].map((type) => ({
          ...node(type),
          ...(/iface/i.test(name) && { [name]: local || LO }),
        }));
        try {
          await deploy(say(), recv({ datatype: "utf8" }), out, ...hostile);
          const heard = messagesAt("out");
          get("say").receive({ payload: "still well" });
          should((await heard)[0]).containEql({ payload: "still well" });
        } finally {
          await helper.unload(); // otherwise the next, smaller example would fail for another reason
        }
      }),
      FEW,
    );
  });
});

function refuse(): never {
  throw new Error("it refuses");
}
