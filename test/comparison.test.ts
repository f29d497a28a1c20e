import { createSocket, Socket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import type { Node } from "node-red";
import should from "should";
import recv from "../src/nodes/mcast-recv";
import say from "../src/nodes/mcast-say";
import { freePort, joinedInKernel, LO, ownGroup, sayFrom } from "./support/loopback";
import { type FlowNode, get, helper, messagesAt } from "./support/node-red";
import { end, hog, joiner, otherProcess } from "./support/other-process";

const udp = require("@node-red/nodes/core/network/32-udp.js");

// Proves each row of docs/comparison.md, for the nodes of core and for those of this package.
describe("compared with core's udp nodes", () => {
  let port: number;
  const coreIn = (id: string, group: string): FlowNode => {
    return {
      id,
      type: "udp in",
      group,
      port: String(port),
      iface: LO,
      multicast: "true",
      ipv: "udp4",
      datatype: "utf8",
      wires: [[`${id}-out`]],
    };
  };
  const coreOut = (fields = {}): FlowNode => {
    return {
      id: "core",
      type: "udp out",
      addr: LO,
      port: String(port),
      iface: "",
      outport: "",
      multicast: "false",
      ipv: "udp4",
      ...fields,
    };
  };
  const ours = (id: string, group: string): FlowNode => {
    return { id, type: "mcast-recv", groups: [group], port, iface: LO, datatype: "utf8", wires: [[`${id}-out`]] };
  };
  const out = (id: string): FlowNode => ({ id: `${id}-out`, type: "helper" });
  const start = async (...nodes: readonly FlowNode[]) => {
    const tab = nodes.map((node) => ({ z: "tab", wires: [], ...node }));
    await helper.load([udp, say, recv], [{ id: "tab", type: "tab" }, ...tab]);
    await setImmediate();
  };
  /** Settles when the first of core's sockets is bound and joined. */
  const joined = async (group: string) => {
    while (joinedInKernel(group) === 0) await setImmediate();
  };
  const textsAt = async (id: string, count: number) => (await messagesAt(`${id}-out`, count)).map(({ payload }) => payload);

  let bound: ReturnType<typeof watched>;

  before(() => helper.startServer());
  after(() => helper.stopServer());
  beforeEach(async () => {
    port = await freePort();
    bound = watched("bind");
  });
  afterEach(async () => {
    await helper.unload();
    bound.restore();
    // Core abandons a socket without closing it if it cannot leave the group: with a chosen interface, or in `udp out`.
    for (const socket of bound.by) attempt(() => socket.close());
  });

  it("core outputs two groups of one port from one node and never joins the second; here each node has its own group", async () => {
    const [a, b, c, d] = [ownGroup(), ownGroup(), ownGroup(), ownGroup()];
    await start(coreIn("core1", a), coreIn("core2", b), out("core1"), out("core2"));
    await joined(a);
    should(joinedInKernel(b)).equal(0);
    const mixed = textsAt("core2", 1);
    await sayFrom(LO, a, port, "for the first");
    should(await mixed).deepEqual(["for the first"]);
    await helper.unload();

    await start(ours("ours1", c), ours("ours2", d), out("ours1"), out("ours2"));
    const both = [textsAt("ours1", 1), textsAt("ours2", 1)];
    await sayFrom(LO, c, port, "for the first");
    await sayFrom(LO, d, port, "for the second");
    should(await Promise.all(both)).deepEqual([["for the first"], ["for the second"]]);
  });

  it("core receives a group that only another program joined; this package does not", async () => {
    const [mine, theirs] = [ownGroup(), ownGroup()];
    const other = await otherProcess(joiner(theirs, port));
    await start(coreIn("core", mine), ours("ours", mine), out("core"), out("ours"));
    await joined(mine);
    const [core, own] = [textsAt("core", 2), textsAt("ours", 1)];
    await sayFrom(LO, theirs, port, "theirs");
    await sayFrom(LO, mine, port, "mine");
    should(await core).deepEqual(["theirs", "mine"]);
    should(await own).deepEqual(["mine"]);
    await end(other);
  });

  it("core's second node receives nothing after the first is closed; here it still receives", async () => {
    const group = ownGroup();
    await start(coreIn("core1", group), coreIn("core2", group), ours("ours1", group), ours("ours2", group), out("core2"), out("ours2"));
    await joined(group);
    const core: unknown[] = [];
    get("core2-out").on("input", ({ payload }) => core.push(payload));
    await close(get("core1"));
    await close(get("ours1"));
    const heard = textsAt("ours2", 1);
    await sayFrom(LO, group, port, "after");
    should(await heard).deepEqual(["after"]);
    should(core).be.empty();
  });

  it("core sends with TTL 128, without loopback, on any interface, and leaves its socket open; this package with TTL 1, with loopback, on the chosen one", async () => {
    const group = ownGroup();
    const calls = watched("setMulticastTTL", "setMulticastLoopback", "setMulticastInterface");
    try {
      await start(coreOut({ addr: group, iface: LO, multicast: "multi" }));
      while (!calls.some(([name]) => name === "setMulticastTTL")) await setImmediate();
      should([...calls]).deepEqual([
        ["setMulticastLoopback", false],
        ["setMulticastTTL", 128],
      ]);
      await helper.unload();
      const [left] = calls.by;
      should(left?.address().port).be.above(0); // it is still open
      left?.close();
      calls.length = 0;
      await start({ id: "say", type: "mcast-say", group, port, iface: LO });
      await new Promise((resolve) => {
        Object.assign(get("say"), { _complete: resolve });
        get("say").receive({ payload: "hello" });
      });
      should([...calls]).deepEqual([
        ["setMulticastInterface", LO],
        ["setMulticastTTL", 1],
        ["setMulticastLoopback", true],
      ]);
    } finally {
      calls.restore();
    }
  });

  it("core loses a message that comes with the deploy; this package sends it", async () => {
    const group = ownGroup();
    const receiver = createSocket("udp4");
    receiver.bind(port, LO);
    await once(receiver, "listening");
    const heard: string[] = [];
    receiver.on("message", (payload) => heard.push(String(payload)));
    await start(coreOut(), { id: "say", type: "mcast-say", group, port, iface: LO }, ours("ours", group), out("ours"));
    const own = textsAt("ours", 1);
    const ready = once(get("core"), "call:log");
    for (const id of ["core", "say"]) get(id).receive({ payload: "first" });
    should(await own).deepEqual(["first"]);
    await ready;
    get("core").receive({ payload: "later" });
    while (heard.length === 0) await setImmediate();
    should(heard).deepEqual(["later"]);
    receiver.close();
  });

  it("core sends an object as [object Object]; this package as JSON", async () => {
    const group = ownGroup();
    const receiver = createSocket("udp4");
    receiver.bind(port, LO);
    await once(receiver, "listening");
    await start(coreOut(), { id: "say", type: "mcast-say", group, port, iface: LO }, ours("ours", group), out("ours"));
    const own = textsAt("ours", 1);
    await once(get("core"), "call:log");
    for (const id of ["core", "say"]) get(id).receive({ payload: { on: true } });
    const [payload] = await once(receiver, "message");
    should(String(payload)).equal("[object Object]");
    should(await own).deepEqual(['{"on":true}']);
    receiver.close();
  });

  it("core never receives if another program has the port at the start; this package joins when the port is free", async function () {
    this.timeout(10_000);
    const group = ownGroup();
    const other = await otherProcess(hog(port));
    await start(coreIn("core", group), ours("ours", group), out("core"), out("ours"));
    const core: unknown[] = [];
    get("core-out").on("input", ({ payload }) => core.push(payload));
    await end(other);
    await joined(group);
    const heard = textsAt("ours", 1);
    await sayFrom(LO, group, port, "after");
    should(await heard).deepEqual(["after"]);
    should(core).be.empty();
  });

  it("core's udp out has no output for replies", () => {
    const form = readFileSync(require.resolve("@node-red/nodes/core/network/32-udp.html"), "utf8");
    should(form).match(/registerType\('udp out',.*?outputs:\s*0/s);
  });

  it("core never restores a lost membership; this package does within seconds", async function () {
    this.timeout(10_000);
    const [a, b] = [ownGroup(), ownGroup()];
    const sockets = watched("addMembership");
    try {
      await start(coreIn("core", a), ours("ours", b));
      await joined(a);
      for (const socket of new Set(sockets.by)) {
        for (const group of [a, b]) attempt(() => socket.dropMembership(group, LO));
      }
      should([joinedInKernel(a), joinedInKernel(b)]).deepEqual([0, 0]);
      await joined(b);
      should(joinedInKernel(a)).equal(0);
    } finally {
      sockets.restore();
    }
  });
});

/** Records the calls of some methods of all sockets: name, first argument and socket. */
function watched(...names: readonly ("bind" | "setMulticastTTL" | "setMulticastLoopback" | "setMulticastInterface" | "addMembership")[]) {
  const own = names.map((name) => [name, Socket.prototype[name]] as const);
  const calls = Object.assign<[string, unknown][], { readonly by: Socket[]; restore(): void }>([], {
    by: [],
    restore: () => {
      for (const [name, method] of own) Object.assign(Socket.prototype, { [name]: method });
    },
  });
  for (const [name, method] of own) {
    const watch = function (this: Socket, ...args: readonly unknown[]): unknown {
      calls.push([name, args[0]]);
      calls.by.push(this);
      return Reflect.apply(method, this, args);
    };
    Object.assign(Socket.prototype, { [name]: watch });
  }
  return calls;
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // the socket has not joined that group, or is closed
  }
}

// Node-RED closes a removed node in this way.
async function close(node: Node): Promise<void> {
  await node.close(true);
}
