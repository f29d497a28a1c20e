import should from "should";
import { example } from "./examples/workbench";
import { freePort, LO } from "./support/loopback";
import type { FlowNode } from "./support/node-red";
import { RunningNodeRed } from "./support/running-node-red";

describe("the package in a real Node-RED", function () {
  this.timeout(30_000);
  let running: RunningNodeRed;
  afterEach(() => running.stop());

  it("sends, receives and echoes when the demo's button is pressed", async () => {
    const demo = example("1 Does multicast work here");
    running = await RunningNodeRed.start(demo.map((node) => (node.type === "debug" ? { ...node, console: true } : node)));
    const inject = demo.find(({ type }) => type === "inject");
    await running.press(inject?.id ?? "");
    for (const name of ["sent", "received", "echoed"]) should(await running.line(new RegExp(`\\[debug:${name}\\]`))).match(/hello/);
  });

  it("still runs after errors that no Catch node catches", async () => {
    const port = await freePort();
    const node = (id: string, type: string, fields: object): FlowNode => ({ id, type, z: "tab", wires: [], ...fields });
    const once = { once: true, onceDelay: 0, repeat: "", topic: "", payloadType: "json" };
    const say = { group: "239.255.1.1", port, iface: LO };
    running = await RunningNodeRed.start([
      { id: "tab", type: "tab", label: "errors" },
      node("bad-recv", "mcast-recv", { groups: ["1.2.3.4"], port: -1, wires: [[]] }),
      node("bad-hear", "mcast-hear", { group: {}, groups: 7, wires: [[]] }),
      node("bad-say", "mcast-say", { ...say, ttl: "many" }),
      node("at-start", "inject", { ...once, payload: "null", props: [{ p: "payload" }], wires: [["bad-say", "say"]] }),
      node("good", "inject", { props: [{ p: "payload" }], payload: "still here", payloadType: "str", wires: [["say"]] }),
      node("say", "mcast-say", say),
      node("recv", "mcast-recv", { groups: ["239.255.1.1"], port, iface: LO, datatype: "utf8", wires: [["shown"]] }),
      node("shown", "debug", { name: "out", active: true, tosidebar: false, console: true, complete: "payload", targetType: "msg" }),
    ]);
    await running.line(/\[error\] \[mcast-recv:bad-recv\].*1\.2\.3\.4 is not a multicast group/);
    await running.line(/\[error\] \[mcast-hear:bad-hear\]/);
    await running.line(/\[error\] \[mcast-say:bad-say\].*TTL many is out of range/);
    await running.line(/\[error\] \[mcast-say:say\].*Cannot send a payload of type null/);
    await running.press("good");
    should(await running.line(/\[debug:out\]/)).match(/still here/);
    should(running.isRunning).be.true();
  });

  it("reports the outcome of a deploy to Status and Catch nodes of the same deploy", async () => {
    const port = await freePort();
    const node = (id: string, type: string, fields: object): FlowNode => ({ id, type, z: "tab", x: 100, y: 100, wires: [], ...fields });
    const shown = { active: true, tosidebar: false, console: true, targetType: "msg" };
    running = await RunningNodeRed.start([
      { id: "tab", type: "tab", label: "deploy" },
      node("bad", "mcast-hear", { group: "1.2.3.4", wires: [[]] }),
      node("good", "mcast-recv", { groups: ["239.255.1.1"], port, iface: LO, wires: [[]] }),
      node("statuses", "status", { scope: null, wires: [["status"]] }),
      node("status", "debug", { ...shown, name: "status", complete: "status.text" }),
      node("errors", "catch", { scope: null, uncaught: false, wires: [["error"]] }),
      node("error", "debug", { ...shown, name: "error", complete: "error.code" }),
    ]);
    should(await running.line(/\[debug:error\]/)).match(/ERR_MCAST_GROUP/);
    await running.line(/\[debug:status\] .*joined on lo/);
    await running.line(/\[debug:status\] .*1\.2\.3\.4 is not a multicast group/);
  });
});
