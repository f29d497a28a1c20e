import { execFileSync } from "node:child_process";
import should from "should";
import { join, type Membership } from "../../../src/lib/api/join";
import { send } from "../../../src/lib/api/send";
import type { State } from "../../../src/lib/state";
import { freePort, joinedInKernel, LO, ownGroup, RecordingListener } from "../../support/loopback";

describe("join", () => {
  let port: number;
  let group: string;
  let listener: RecordingListener;
  let membership: Membership | undefined;
  beforeEach(async () => {
    port = await freePort();
    group = ownGroup();
    listener = new RecordingListener();
    membership = undefined;
  });
  afterEach(() => membership?.close());

  it("receives from one group until close, which leaves the group", async () => {
    membership = join({ group, port, iface: LO }, listener);
    should(membership.state).containEql({ kind: "joined", interfaces: ["lo"] });
    await send({ group, port, iface: LO }, "hello");
    await listener.count(1);
    should(joinedInKernel(group)).equal(1);
    await membership.close();
    should(joinedInKernel(group)).equal(0);
    should(membership.state).deepEqual({ kind: "closed" });
  });

  it("receives from several groups, given as a list or as one string", async () => {
    const groups = [ownGroup(), ownGroup()];
    for (const given of [groups, groups.join(", ")]) {
      membership = join({ groups: given, port, iface: LO }, listener);
      for (const each of groups) await send({ group: each, port, iface: LO }, each);
      await listener.count(2);
      should(listener.texts).deepEqual(groups);
      should(listener.heard.map(({ arrival }) => arrival.group)).deepEqual(groups);
      listener.heard.length = 0;
      await membership.leave();
    }
  });

  it("refuses group and groups together, an unknown property and a listener without onDatagram", async () => {
    should(() => join({ group, groups: [group] }, listener)).throw("group and groups are both set: give one of the two", {
      code: "ERR_MCAST_OPTION",
    });
    membership = join({ group: JSON.parse("null"), groups: [group], port, iface: LO }, listener); // null is missing, as in other fields
    should(membership.state).containEql({ kind: "joined" });
    await membership.close();
    const misspelt = { group, prot: port };
    should(() => join(misspelt, listener)).throw("Unknown property 'prot': did you mean port?", { code: "ERR_MCAST_OPTION" });
    should(() => join({ group }, { onDatagram: Object(undefined) })).throw(/^listener.onDatagram must be of type function/);
    should(joinedInKernel(group)).equal(0);
  });

  it("receives unicast too where that is asked for", async () => {
    membership = join({ group, port, iface: LO, unicast: true }, listener);
    execFileSync(process.execPath, [
      "-e",
      `const s = require("node:dgram").createSocket("udp4"); s.send("you", ${port}, "${LO}", () => s.close())`,
    ]);
    const [datagram] = await listener.count(1);
    should(datagram?.text).equal("you");
    should(datagram?.arrival).not.have.property("group");
  });

  it("leaves with its signal, and joins nothing with one that is aborted already", async () => {
    const controller = new AbortController();
    membership = join({ group, port, iface: LO, signal: controller.signal }, listener);
    controller.abort();
    await membership.close();
    should(joinedInKernel(group)).equal(0);
    membership = join({ group, port, iface: LO, signal: controller.signal }, listener);
    should(membership.state).deepEqual({ kind: "closed" });
    should(joinedInKernel(group)).equal(0);
  });

  it("does not call onState at the end, neither by close nor by its signal", async () => {
    const kinds: string[] = [];
    const controller = new AbortController();
    const listening = { onDatagram() {}, onState: ({ kind }: State) => kinds.push(kind) };
    const own = [join({ group, port, iface: LO }, listening), join({ group, port, iface: LO, signal: controller.signal }, listening)];
    await own[0]?.close();
    controller.abort();
    await own[1]?.close();
    should(own.map(({ state }) => state.kind)).deepEqual(["closed", "closed"]);
    should(kinds).be.empty();
  });

  it("keeps the process alive, joined or waiting for an interface, unless unref is true", () => {
    const program = (fields: object) => `
      const { join } = require("./dist/lib");
      const membership = join(${JSON.stringify({ group, port, ...fields })}, { onDatagram() {} });
      console.log(membership.state.kind);
      setTimeout(() => { console.log("closing"); void membership.close(); }, 100).unref();
    `;
    const run = (fields: object) => execFileSync(process.execPath, ["-e", program(fields)], { encoding: "utf8" });
    should(run({ iface: LO })).equal("joined\nclosing\n");
    should(run({ iface: "absent0" })).equal("waiting\nclosing\n");
    should(run({ iface: LO, unref: true })).equal("joined\n");
    should(run({ iface: "absent0", unref: true })).equal("waiting\n");
  });
});
