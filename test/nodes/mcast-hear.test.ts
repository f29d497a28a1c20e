import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isDeepStrictEqual } from "node:util";
import should from "should";
import { A, D, heard, out, useFlowNodes } from "../support/flow-nodes";
import { LO } from "../support/loopback";
import { deploy, get, messagesAt, nextStatus, statuses, warnings } from "../support/node-red";

describe("mcast-hear", () => {
  const { say, recv, hear } = useFlowNodes();

  it("echoes to the bind group, and emits the received datagrams", async () => {
    await deploy(say("say"), hear("hear"), recv("recv", { groups: [D] }), out, heard);
    const [echoed, reported] = [messagesAt("out"), messagesAt("heard")];
    get("say").receive({ payload: "hello" });
    should((await reported)[0]).containEql({ payload: "hello", group: A, echoed: true, interface: "lo" });
    should((await echoed)[0]).containEql({ payload: "hello", group: D });
  });

  it("emits the bind group where that is listed, without an echo", async () => {
    await deploy(say("say", { group: D }), hear("hear", { groups: [{ group: D, echo: true }] }), heard);
    const reported = messagesAt("heard");
    get("say").receive({ payload: "hello" });
    should((await reported)[0]).containEql({ group: D, echoed: false });
  });

  it("ends a loop with another relay, logs one warning, and turns yellow with a short text", async () => {
    const back = hear("back", { group: A, groups: [{ group: D, echo: true }], wires: [] });
    await deploy(say("say"), hear("hear"), back, heard);
    const yellow = nextStatus("back", "yellow");
    const reported = messagesAt("heard", 2);
    for (const payload of ["one", "two"]) get("say").receive({ payload });
    should(await yellow).deepEqual({ fill: "yellow", shape: "ring", text: "mcast.status.loop", code: "loop" });
    should((await reported).map(({ payload, echoed }) => `${String(payload)} ${String(echoed)}`)).deepEqual(["one true", "two true"]);
    should(warnings("back")).match([new RegExp(`^Possible loop ${D} → ${A}: .* Check for a relay ${A} → ${D}`)]);
    should(warnings("hear")).be.empty();
  });

  it("echoes no more than its cap, emits the rest, and warns in its status and once in the log", async () => {
    await deploy(say("say"), hear("hear", { maxRate: "2" }), heard);
    const reported = messagesAt("heard", 5);
    const yellow = nextStatus("hear", "yellow");
    for (let number = 0; number < 5; number += 1) get("say").receive({ payload: number });
    should((await reported).map(({ echoed }) => echoed)).deepEqual([true, true, false, false, false]);
    should(await yellow).deepEqual({ fill: "yellow", shape: "ring", text: "mcast.status.capped", code: "capped" });
    should(warnings("hear")).deepEqual(["Echoes held back: 1 (at most 2 per second)"]);
  });

  it("shows the interfaces that it receives on and echoes to, or the joined ones if it echoes nothing", async () => {
    await deploy(hear("hear"), hear("silent", { echo: "off" }));
    should(statuses("hear")).deepEqual([{ fill: "green", shape: "dot", text: "lo → lo", code: "joined" }]);
    should(statuses("silent")).deepEqual([{ fill: "green", shape: "dot", text: "mcast.status.joined", code: "joined" }]);
  });

  for (const [side, text, code] of [
    [{ echoIface: "absent0" }, "lo → waiting for absent0", "partial"],
    [{ iface: "absent0" }, "waiting for absent0", "waiting"],
    [{ iface: `${LO}, absent0` }, "mcast.status.partial", "partial"],
    [{ iface: "absent0", echoIface: "absent0" }, "waiting for absent0", "waiting"],
  ] as const) {
    it(`shows an interface that is missing for its echoes on their side: ${JSON.stringify(side)}`, async () => {
      await deploy(hear("hear", side));
      const status = { fill: "yellow", shape: "ring", text, code };
      while (!isDeepStrictEqual(statuses("hear").at(-1), status)) await nextStatus("hear", "yellow"); // while sockets open
    });
  }

  it("shows the joined interfaces if it has only the bind group, which it does not echo", async () => {
    await deploy(hear("hear", { echoIface: "default", groups: [{ group: D, echo: true }] }));
    should(statuses("hear")).match([{ fill: "green", text: "mcast.status.joined" }]);
  });

  it("shows the interfaces that it receives on and those that are missing, if it echoes nothing", async () => {
    await deploy(hear("hear", { echo: "off", iface: `${LO}, absent0` }));
    should(statuses("hear")).match([{ fill: "yellow", text: "mcast.status.partial", code: "partial" }]);
  });

  it("takes no text of a payload for a command", async () => {
    await deploy(say("say"), hear("hear"), heard);
    const reported = messagesAt("heard", 3);
    for (const payload of ["STOP", "stop", "after"]) get("say").receive({ payload });
    should((await reported).map(({ payload }) => payload)).deepEqual(["STOP", "stop", "after"]);
  });
});

describe("mcast-hear with the text of HEAR", () => {
  const flow = useFlowNodes();
  const { say, recv, hear } = flow;

  // Sends a request to the group, and returns the reply and the port that it was sent to.
  const request = async (payload: string | Buffer): Promise<readonly [string, number]> => {
    const socket = createSocket("udp4");
    socket.bind(0, LO);
    await once(socket, "listening");
    socket.setMulticastInterface(LO);
    socket.send(payload, flow.port, A);
    const [reply] = await once(socket, "message");
    const { port: from } = socket.address();
    socket.close();
    return [String(reply), from];
  };

  it("acknowledges to the sender with the text of the Python tool", async () => {
    await deploy(hear("relay", { acknowledge: true, echo: "off" }), heard);
    const [reply, from] = await request("hello");
    should(reply).equal(`HEAR [ HELLO SAID ('127.0.0.1', ${from}) ] from ${D}`);
  });

  it("echoes the HEAR text to the bind group", async () => {
    await deploy(hear("relay", { echo: "hear" }), recv("recv", { groups: [D], wires: [["out"]] }), say("say"), out, heard);
    const [echoed, emitted] = [messagesAt("out"), messagesAt("heard")];
    get("say").receive({ payload: "grüße, straße" });
    const from = (await emitted)[0]?.port;
    should((await echoed)[0]?.payload).equal(`HEAR [ GRÜSSE, STRASSE SAID ('127.0.0.1', ${String(from)}) ] from ${D}`);
  });

  it("acknowledges in the sender's own family, for any family of the bind group", async () => {
    await deploy(hear("relay", { group: "ff02::99%lo", echoIface: "lo", acknowledge: true, echo: "off" }), heard);
    const [reply, from] = await request("hello");
    should(reply).equal(`HEAR [ HELLO SAID ('127.0.0.1', ${from}) ] from ff02::99`);
  });

  it("echoes a payload unchanged that leaves no room for the HEAR text", async () => {
    await deploy(hear("relay", { echo: "hear" }), recv("recv", { groups: [D], wires: [["out"]] }), say("say"), out, heard);
    const echoed = messagesAt("out");
    get("say").receive({ payload: "x".repeat(65_480) });
    should((await echoed)[0]?.payload).equal("x".repeat(65_480));
  });

  it("echoes a payload unchanged that is not UTF-8, and does not acknowledge it", async () => {
    const datatype = "base64";
    await deploy(hear("relay", { echo: "hear", acknowledge: true }), recv("recv", { groups: [D], wires: [["out"]], datatype }), out, heard);
    const echoed = messagesAt("out");
    const socket = createSocket("udp4");
    const replies: string[] = [];
    socket.on("message", (reply) => replies.push(String(reply)));
    socket.bind(0, LO);
    await once(socket, "listening");
    socket.setMulticastInterface(LO);
    socket.send(Buffer.from([0xff, 0xfe]), flow.port, A);
    should((await echoed)[0]?.payload).equal("//4=");
    socket.send("a marker", flow.port, A);
    await once(socket, "message");
    socket.close();
    should(replies).have.length(1);
    should(replies[0]).match(/A MARKER/);
  });
});
