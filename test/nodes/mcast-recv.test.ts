import should from "should";
import { multicast } from "../../src/lib/process-wide/multicast";
import { A, B, D, heard, out, useFlowNodes } from "../support/flow-nodes";
import { LO, sayFrom } from "../support/loopback";
import { deploy, errors, get, helper, input, messagesAt, nextStatus, redeploy, statuses } from "../support/node-red";
import { end, hog, otherProcess } from "../support/other-process";

describe("mcast-recv", () => {
  const flow = useFlowNodes();
  const { say, recv, hear } = flow;

  it("shares a socket with another mcast-recv, which still receives when the first is deleted", async () => {
    await deploy(say("say"), recv("one", { wires: [[]] }), recv("two"), out);
    should(multicast.sockets.receiving).equal(1);
    await get("one").close(false);
    should(multicast.sockets.receiving).equal(1);
    const heard = messagesAt("out");
    get("say").receive({ payload: "still there?" });
    should((await heard)[0]?.payload).equal("still there?");
  });

  it("leaves no socket open however often it is deployed", async () => {
    for (let round = 0; round < 10; round += 1) {
      await deploy(say("say"), recv("recv", { groups: [A, B] }), hear("hear"), out, heard);
      await input("say", { payload: "x" });
      should(multicast.sockets).deepEqual({ receiving: 2, sending: 2 });
      await helper.unload();
      should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    }
  });

  it("still receives when another mcast-recv is deployed anew", async () => {
    await deploy(say("say"), recv("one", { wires: [["out"]] }), recv("two", { wires: [["heard"]] }), out, heard);
    await redeploy("nodes", say("say"), recv("one", { wires: [["out"]], silence: 60 }), recv("two", { wires: [["heard"]] }), out, heard);
    const both = [messagesAt("out"), messagesAt("heard")];
    should(multicast.sockets.receiving).equal(1);
    get("say").receive({ payload: "both?" });
    should((await Promise.all(both)).map(([msg]) => msg?.payload)).deepEqual(["both?", "both?"]);
  });

  it("waits for a missing interface, with a yellow status and no error", async () => {
    await deploy(recv("recv", { iface: "eth77" }));
    should(statuses("recv")).deepEqual([{ fill: "yellow", shape: "ring", text: "waiting for eth77", code: "waiting" }]);
    should(errors("recv")).be.empty();
  });

  it("has a red status while another program does not share the port, reports that once, and turns green when the port is free", async () => {
    const other = await otherProcess(hog(flow.port));
    await deploy(recv("recv"));
    const text = `Port ${flow.port} is held by a program that does not share it: stop that program or choose another port`;
    should(statuses("recv")[0]).deepEqual({ fill: "red", shape: "ring", text, code: "refused" });
    should(errors("recv")).have.length(1);
    should(errors("recv")[0]).containEql({ code: "ERR_MCAST_BIND", message: text });
    const green = nextStatus("recv", "green");
    await end(other);
    should(await green).containEql({ text: "mcast.status.joined", code: "joined" });
  });
});

describe("mcast-recv with unicast", () => {
  const flow = useFlowNodes();
  const { say, recv } = flow;

  it("receives datagrams that are sent to this host itself, and marks them as not multicast", async () => {
    await deploy(say("say"), recv("recv", { unicast: true, wires: [["heard"]] }), heard);
    const both = messagesAt("heard", 2);
    await sayFrom(LO, LO, flow.port, "to the host");
    await input("say", { payload: "to the group" });
    const reported = (await both).map(({ payload, multicast: isMulticast, group }) => [payload, isMulticast, group]);
    should(reported).containDeep([
      ["to the host", false, undefined],
      ["to the group", true, A],
    ]);
  });

  it("listens for unicast where it joins, also for a group that a message joined, until the group is left", async () => {
    await deploy(recv("recv", { wires: [["heard"]], control: true, unicast: true, iface: "lo, eth77" }), heard);
    should(multicast.sockets).deepEqual({ receiving: 2, sending: 2 });
    should(await input("recv", { action: "join", group: "ff02::1%lo, ff02::1%eth77" })).be.undefined();
    should(multicast.sockets).deepEqual({ receiving: 4, sending: 4 });
    should(await input("recv", { action: "leave", group: "ff02::1%lo" })).be.undefined();
    should(multicast.sockets).deepEqual({ receiving: 3, sending: 3 });
    should(await input("recv", { action: "leave", group: "ff02::1%eth77" })).be.undefined();
    should(multicast.sockets).deepEqual({ receiving: 2, sending: 2 });
  });
});

describe("mcast-recv with control", () => {
  const flow = useFlowNodes();
  const { say, recv } = flow;

  it("joins and leaves groups at the action of a message, and lists those that are joined", async () => {
    await deploy(recv("recv", { iface: "lo", wires: [["heard"]], control: true, inputs: 1 }), say("say", { group: "" }), heard);
    const listed = async () => {
      const next = messagesAt("heard");
      get("recv").receive({ action: "groups" });
      return (await next)[0]?.payload;
    };
    should(await input("recv", { action: "join", group: [B, D] })).be.undefined();
    should(await listed()).deepEqual([A, B, D]);
    const next = messagesAt("heard");
    await input("say", { payload: "hello", group: B });
    should((await next)[0]).containEql({ payload: "hello", group: B });
    should(await input("recv", { action: "leave", group: `${A}, ${B}` })).be.undefined();
    should(await listed()).deepEqual([D]);
    await input("recv", { action: "join", group: "ff02::1234%lo" });
    should(await listed()).deepEqual([D, "ff02::1234%lo"]);
    await input("recv", { action: "leave", group: ["ff02::1234%lo"] });
    should(await listed()).deepEqual([D]);
    should(statuses("recv").at(-1)).containEql({ text: "mcast.status.joined", code: "joined" });
    should(multicast.sockets.receiving).equal(1);
    const grey = nextStatus("recv", "grey");
    should(await input("recv", { action: "leave", group: D })).be.undefined();
    should(await grey).containEql({ fill: "grey", text: "mcast.status.none", code: "none" });
  });

  it("may start without a group, and refuses an action without one", async () => {
    await deploy(recv("recv", { groups: [], wires: [["heard"]], control: true, inputs: 1 }), say("say"), heard);
    should(statuses("recv")).deepEqual([{ fill: "grey", shape: "ring", text: "mcast.status.none", code: "none" }]);
    should(await input("recv", { action: "join" })).containEql({ code: "ERR_MCAST_GROUP" });
    should(multicast.sockets.receiving).equal(0);
    const green = nextStatus("recv", "green");
    should(await input("recv", { action: "join", group: A })).be.undefined();
    should(await green).containEql({ code: "joined" });
    const next = messagesAt("heard");
    await input("say", { payload: "hello" });
    should((await next)[0]).containEql({ payload: "hello", group: A });
  });

  it("sends the counters of its own groups, under its id, at the action activity", async () => {
    await deploy(recv("recv", { wires: [["heard"]], control: true }), recv("another", { groups: [A, B], wires: [[]] }), say("say"), heard);
    const datagram = messagesAt("heard");
    await input("say", { payload: "hello" });
    await datagram;
    const next = messagesAt("heard");
    get("recv").receive({ action: "activity", topic: "kept" });
    const [msg] = await next;
    should(msg).containEql({ action: "activity", topic: "kept" });
    should(msg?.payload).containDeep({ destinations: [], relays: [], others: [] });
    should(msg?.payload)
      .have.property("groups")
      .containDeep([{ group: A, port: flow.port, interface: "lo", state: "joined", received: 1, bytes: 5, filtered: 0, labels: ["recv"] }])
      .and.have.length(1);
  });

  it("reports a refusal of the system once, also if messages then ask for the list and the counters", async () => {
    const other = await otherProcess(hog(flow.port));
    try {
      await deploy(recv("recv", { wires: [["heard"]], control: true }), heard);
      for (const action of ["groups", "activity"]) should(await input("recv", { action })).be.undefined();
      const reported = errors("recv");
      await get("recv").close(false); // reports errors of a kind that came within 10 s after the first
      should(reported).have.length(1);
      should(errors("recv")).have.length(1);
    } finally {
      await end(other);
    }
  });

  it("has only the configured groups after a deploy, and none that a message joined", async () => {
    await deploy(recv("recv", { wires: [["heard"]], control: true }), heard);
    await input("recv", { action: "join", group: B });
    should(multicast.sockets.receiving).equal(2);
    await redeploy("full", recv("recv", { wires: [["heard"]], control: true }), heard);
    should(multicast.sockets.receiving).equal(1);
  });

  for (const [msg, code, message] of [
    [{ action: "jion", group: B }, "ERR_MCAST_OPTION", /msg\.action must be join, leave, groups or activity, not jion/],
    [{ payload: "x" }, "ERR_MCAST_OPTION", /msg\.action must be .*, not undefined/],
    [{ action: "join" }, "ERR_MCAST_GROUP", /^Group: msg\.group has no value$/],
    [{ action: "leave", group: "" }, "ERR_MCAST_GROUP", /^Group: msg\.group has no value$/],
    [{ action: "join", group: [B, "10.0.0.1"] }, "ERR_MCAST_GROUP", /10\.0\.0\.1 is not a multicast group/],
    [{ action: "leave", group: {} }, "ERR_MCAST_GROUP", /is not an IP address/],
  ] as const) {
    it(`fails ${JSON.stringify(msg)} with ${code}, and joins and leaves nothing`, async () => {
      await deploy(recv("recv", { wires: [["heard"]], control: true, inputs: 1 }), heard);
      should(await input("recv", { ...msg }))
        .containEql({ code })
        .and.match({ message });
      should(multicast.sockets.receiving).equal(1);
    });
  }
});
