import { once } from "node:events";
import should from "should";
import { join, type Membership } from "../../../src/lib/api/join";
import { type Relay, relay } from "../../../src/lib/api/relay";
import { send } from "../../../src/lib/api/send";
import type { McastError } from "../../../src/lib/errors";
import { createKey } from "../../../src/lib/sealed/group-key";
import { freePort, joinedInKernel, LO, ownGroup, RecordingListener } from "../../support/loopback";

describe("relay", () => {
  let port: number;
  let from: string;
  let to: string;
  let listener: RecordingListener;
  let opened: Relay;
  let membership: Membership | undefined;
  beforeEach(async () => {
    port = await freePort();
    [from, to] = [ownGroup(), ownGroup()];
    listener = new RecordingListener();
    membership = undefined;
  });
  afterEach(() => Promise.all([opened.close(), membership?.close()]));

  it("echoes the marked groups, and passes every datagram to the listener, with a mark if it was echoed", async () => {
    const silent = ownGroup();
    const echoes = new RecordingListener();
    const reported: boolean[] = [];
    const onDatagram: RecordingListener["onDatagram"] = (...datagram) => listener.onDatagram(...datagram);
    opened = relay(
      { group: to, groups: [from, { group: silent, echo: false }], port, iface: LO, echoIface: LO },
      {
        onDatagram: (payload, sender, arrival, echoed) => {
          reported.push(echoed);
          onDatagram(payload, sender, arrival);
        },
      },
    );
    membership = join({ group: to, port, iface: LO }, echoes);
    should(opened.state).containEql({ kind: "joined" });
    await send({ group: silent, port, iface: LO }, "kept");
    await listener.count(1);
    await send({ group: from, port, iface: LO }, "passed on");
    await echoes.count(1);
    await listener.count(2);
    should(echoes.texts).deepEqual(["passed on"]);
    should(reported).deepEqual([false, true]);
  });

  it("leaves its groups with close and with its signal, and joins nothing with one that is aborted already", async () => {
    const controller = new AbortController();
    const fields = { group: to, groups: from, port, iface: LO, echoIface: LO, signal: controller.signal };
    opened = relay(fields, listener);
    should(joinedInKernel(from)).equal(1);
    controller.abort();
    await opened.close();
    should(joinedInKernel(from)).equal(0);
    opened = relay(fields, listener);
    should(opened.state).deepEqual({ kind: "closed" });
    should(joinedInKernel(from)).equal(0);
  });

  it("warns where an asynchronous listener rejects, and goes on", async () => {
    const warning = once(process, "warning");
    const heard = new RecordingListener();
    opened = relay(
      { group: to, groups: [from], port, iface: LO, echoIface: LO },
      {
        onDatagram: async (payload, sender, arrival) => {
          heard.onDatagram(payload, sender, arrival);
          await Promise.reject(new Error("broken later"));
        },
      },
    );
    for (const text of ["one", "two"]) await send({ group: from, port, iface: LO }, text);
    await heard.count(2);
    should((await warning)[0].message).containEql("broken later");
  });

  it("passes a datagram on whose echo fails, although onError throws, and warns", async () => {
    const key = createKey();
    const warning = once(process, "warning");
    const onError = ({ code }: McastError) => {
      throw new Error(`broken handler of ${code}`);
    };
    const recording = { onDatagram: listener.onDatagram.bind(listener), onError };
    opened = relay({ group: to, groups: [from], port, iface: LO, echo: "hear", key }, recording);
    await send({ group: from, port, iface: LO, key }, "x".repeat(65_440)); // its HEAR text is too long to seal
    await listener.count(1);
    should((await warning)[0].message).containEql("broken handler of ERR_MCAST_PAYLOAD");
  });

  it("refuses unknown properties and a listener without onDatagram", () => {
    opened = relay({ group: to, groups: [from], port, iface: LO, echoIface: LO }, listener);
    const misspelt = { group: to, maxrate: 5 };
    should(() => relay(misspelt, listener)).throw("Unknown property 'maxrate': did you mean maxRate?", { code: "ERR_MCAST_OPTION" });
    const row = { group: from, ecko: false };
    should(() => relay({ group: to, groups: [from, row] }, listener)).throw("Unknown property 'ecko': did you mean echo?", {
      code: "ERR_MCAST_OPTION",
    });
    for (const groups of [row, [[row]]])
      should(() => relay({ group: to, groups: Object(groups) }, listener)).throw("Unknown property 'ecko': did you mean echo?");
    should(() => relay({ group: to, maxRate: 0 }, listener)).throw({ code: "ERR_MCAST_OPTION" });
    should(() => relay({ group: to }, Object({}))).throw(/^listener.onDatagram must be/);
  });
});
