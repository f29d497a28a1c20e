import { createSocket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import { A, B, D, heard, out, useFlowNodes } from "../support/flow-nodes";
import { LO } from "../support/loopback";
import { deploy, get, messagesAt, nextStatus, statuses } from "../support/node-red";

describe("the output of received datagrams", () => {
  const flow = useFlowNodes();
  const { say, recv } = flow;

  it("sends to a node that is wired to it later, which a deploy does without creating it anew", async () => {
    await deploy(say("say"), recv("recv", { wires: [[]] }), out);
    Reflect.apply(get("recv").updateWires, get("recv"), [[["out"]]]);
    const heard = messagesAt("out");
    get("say").receive({ payload: "hello" });
    should((await heard)[0]).containEql({ payload: "hello" });
  });

  for (const [datatype, sent, payload, parseError] of [
    ["buffer", "hi", Buffer.from("hi"), false],
    ["base64", "hi", "aGk=", false],
    ["json", '{"a":[1]}', { a: [1] }, false],
    ["json", "{oops", Buffer.from("{oops"), true],
    ["utf8", "", "", false],
  ] as const) {
    it(`sends ${JSON.stringify(sent)} as ${datatype}${parseError ? " with the reason why it could not be parsed" : ""}`, async () => {
      await deploy(say("say"), recv("recv", { datatype }), out);
      const heard = messagesAt("out");
      get("say").receive({ payload: sent });
      const [msg] = await heard;
      should(msg?.payload).deepEqual(payload);
      should(typeof msg?.parseError).equal(parseError ? "string" : "undefined");
    });
  }

  it("sends JSON that is nested too deep to be copied for a second wire as a Buffer", async () => {
    await deploy(say("say"), recv("recv", { datatype: "json", wires: [["out", "heard"]] }), out, heard);
    const deep = "[".repeat(20_000) + "]".repeat(20_000);
    const received = messagesAt("out");
    get("say").receive({ payload: deep });
    const [msg] = await received;
    should(Buffer.isBuffer(msg?.payload)).be.true();
    should(String(msg?.payload)).equal(deep);
    should(msg?.parseError).equal("nested deeper than 200 levels");
  });

  it("shows once that all groups are joined", async () => {
    await deploy(recv("recv", { groups: [A, B, D] }));
    should(statuses("recv")).deepEqual([{ fill: "green", shape: "dot", text: "mcast.status.joined", code: "joined" }]);
  });

  it("shows silence in yellow, until the next datagram", async () => {
    await deploy(say("say"), recv("recv", { silence: 1 }), out);
    should(await nextStatus("recv", "yellow")).have.property("text");
    const heard = messagesAt("out");
    get("say").receive({ payload: "at last" });
    await heard;
    should(statuses("recv").map((status) => Object.values(status ?? {})[0])).deepEqual(["green", "yellow", "green"]);
  });

  it("has the sender in ip, port and fromip, and the group and the interface of arrival", async () => {
    await deploy(recv("recv"), out);
    const messages = messagesAt("out");
    const socket = createSocket("udp4").bind(0, LO);
    await once(socket, "listening");
    socket.setMulticastInterface(LO);
    socket.send("hello", flow.port, A);
    const [msg] = await messages;
    const { port: from } = socket.address();
    const { _msgid, ...rest } = msg ?? {};
    should(_msgid)
      .be.a.String()
      .and.match(/^[0-9a-f]{16}$/);
    should(rest).deepEqual({
      ...{ topic: A, payload: "hello", group: A, interface: "lo", ip: LO, port: from, fromip: `${LO}:${from}`, multicast: true },
    });
    socket.close();
  });
});
