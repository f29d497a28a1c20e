import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import should from "should";
import { freePort, LO, ownGroup } from "../support/loopback";
import type { FlowNode, Message } from "../support/node-red";
import { install, pack } from "../support/npm";
import { orSkip, type Release, release } from "../support/releases";
import { RunningNodeRed } from "../support/running-node-red";

const PACKAGE = "@mcast/node-red-mcast";
const NODES = ["mcast-say", "mcast-recv", "mcast-hear"];
// A configuration, which has no icon.
const KEY = "mcast-key";
const MATRIX = [
  ["3.1", "18"],
  ["4.1", "20"],
  ["4.1", "22"],
  ["5", "22"],
  ["5", "24"],
] as const;

describe("the installed package", function () {
  this.timeout(10_000);
  let installed: string;
  before(async function () {
    this.timeout(60_000); // npm takes its time
    installed = mkdtempSync(join(tmpdir(), "installed-"));
    await orSkip(this, install(await pack(installed), installed));
  });
  after(() => rmSync(installed, { recursive: true }));

  for (const [nodeRed, node] of MATRIX) {
    describe(`in Node-RED ${nodeRed} on Node.js ${node}`, () => {
      const group = ownGroup();
      const bindGroup = ownGroup();
      let used: Release;
      let port: number;
      let running: RunningNodeRed | undefined;
      before(async function () {
        this.timeout(300_000); // everything is downloaded the first time
        used = await orSkip(this, release(nodeRed, node));
        port = await freePort();
        running = await RunningNodeRed.start(flowOf(group, bindGroup, port), { release: used, installed });
      });
      after(() => running?.stop());

      const get = async (path: string, accept: string): Promise<Response> => {
        const response = await fetch(new URL(path, running?.url), { headers: { accept } });
        should(response.status).equal(200, path);
        return response;
      };
      const text = async (path: string) => (await get(path, "text/html, */*")).text();
      const json = async (path: string): Promise<unknown> => (await get(path, "application/json")).json();
      // Messages that a function node of the flow has written to the log.
      const seen = async (id: string, containing = ""): Promise<Message> => {
        const line = await running?.line(new RegExp(`\\[function:${id}\\].*${containing}`));
        return JSON.parse(line?.replace(/^.*?\[function:.*?\] /, "") ?? "");
      };

      it("loads in the expected versions", async () => {
        const loaded = await json(`nodes/${PACKAGE}`);
        should(loaded)
          .have.property("nodes")
          .with.length(NODES.length + 1);
        for (const type of [...NODES, KEY])
          should(loaded)
            .have.property("nodes")
            .matchAny({ types: [type], enabled: true });
        should(JSON.stringify(loaded)).not.containEql('"err"');
        await running?.line(new RegExp(`Node-RED version: v${used.nodeRed}$`));
        await running?.line(new RegExp(`Node.js {2}version: v${used.node}$`));
      });

      it("serves its forms, with their script, their icons, and the English texts and help", async () => {
        const forms = await text("nodes");
        const texts = await json("nodes/messages?lng=en-US");
        for (const type of NODES) {
          should(forms).containEql(`data-template-name="${type}"`).and.containEql(`data-help-name="${type}"`);
          should(await text(`icons/${PACKAGE}/${type}.svg`)).startWith("<svg");
          should(texts).have.property(`${PACKAGE}/${type}`).with.propertyByPath("mcast", "label", "group").eql("Group");
        }
        should(await text(`resources/${PACKAGE}/mcast.js`)).match(/^"use strict";var mcast=/);
      });

      it("offers its examples for import", async () => {
        const names = readdirSync("examples").map((file) => ({ fn: basename(file, ".json") }));
        should(await json(`library/examples/flows/${PACKAGE}`)).deepEqual(names);
      });

      it("sends, receives and echoes, in messages with all documented properties", async () => {
        await running?.press("hello");
        const [received, heard, echoed] = await Promise.all([seen("received"), seen("heard"), seen("echoed")]);
        for (const { ip, port, fromip } of [received, heard, echoed]) should(fromip).equal(`${ip}:${port}`);
        const said = { payload: "hello", ip: LO, multicast: true, group, topic: group, interface: "lo" };
        should(received).containEql(said);
        should(heard).containEql({ ...said, echoed: true });
        should(echoed).containEql({
          ...said,
          payload: { type: "Buffer", data: [...Buffer.from("hello")] },
          group: bindGroup,
          topic: bindGroup,
        });
      });

      it("collects the replies to a request in the message of the request", async () => {
        await running?.press("question");
        const { topic, payload } = await seen("answers");
        should(topic).equal("question");
        const [answer, ...more] = JSON.parse(JSON.stringify(payload));
        should(more).be.empty();
        should(answer.ip).equal(LO);
        should(Buffer.from(answer.payload).toString()).match(/^HEAR \[ ANYONE\? SAID \('127\.0\.0\.1', \d+\) \] from /);
      });

      // Node-RED 3.1 passes on the message of an error only.
      const code = nodeRed === "3.1" ? undefined : "ERR_MCAST_PAYLOAD";
      it(`reports its errors to Catch nodes${code ? ", with their codes" : ""}`, async () => {
        await running?.press("nothing");
        const { error } = await seen("caught");
        should(error).match({ message: /Cannot send a payload of type null/, ...(code && { code }) });
      });

      it("reports the deploy and a sent datagram to Status nodes", async () => {
        const { status: deployed } = await seen("status", '"id":"recv"');
        should(deployed).containEql({ fill: "green", shape: "dot", text: "joined on lo", code: "joined" });
        await running?.press("hello");
        const { status: sent } = await seen("status", '"id":"say"');
        should(sent).containEql({ fill: "green", shape: "dot", text: "sent on lo", code: "sent" });
      });

      it("gives programs the library, which does not keep them from ending", async () => {
        const fields = JSON.stringify({ group: ownGroup(), port, iface: LO });
        const script = `
          const { join, send } = require("${PACKAGE}");
          const membership = join(${fields}, {
            onDatagram: (payload, sender, arrival) => {
              console.log(process.version, payload.toString(), arrival.interface);
              membership.leave();
            },
            onState: () => {},
          });
          send(${fields}, "hello");
        `;
        const { stdout, stderr } = await promisify(execFile)(used.execPath, ["-e", script], { cwd: installed, timeout: 10_000 });
        should([stdout, stderr]).deepEqual([`v${used.node} hello lo\n`, ""]);
      });
    });
  }
});

function flowOf(group: string, bindGroup: string, port: number): FlowNode[] {
  // A node without a position would be a configuration node.
  const node = (id: string, type: string, fields: object): FlowNode => ({ id, type, z: "tab", x: 0, y: 0, wires: [], ...fields });
  const button = (id: string, payload: string, to: string, payloadType = "str"): FlowNode =>
    node(id, "inject", { payload, payloadType, topic: id, props: [{ p: "payload" }, { p: "topic", vt: "str" }], wires: [[to]] });
  const log = (id: string): FlowNode => node(id, "function", { name: id, func: "node.log(JSON.stringify(msg));", outputs: 0 });
  const here = { group, port, iface: LO };
  const other = ownGroup();
  return [
    { id: "tab", type: "tab", label: "compatibility" },
    button("hello", "hello", "say"),
    button("nothing", "null", "say", "json"),
    button("question", "anyone?", "ask"),
    node("join", "inject", {
      props: [
        ["action", "join"],
        ["group", other],
      ].map(([p, v]) => ({ p, v, vt: "str" })),
      wires: [["recv"]],
    }),
    node("say", "mcast-say", here),
    node("ask", "mcast-say", { ...here, replies: "collect", collect: 300, outputs: 1, wires: [["answers"]] }),
    node("recv", "mcast-recv", { ...here, groups: [group], control: true, inputs: 1, datatype: "utf8", wires: [["received"]] }),
    node("hear", "mcast-hear", {
      ...here,
      ...{ group: bindGroup, groups: [{ group, echo: true }], echoIface: LO, acknowledge: true, datatype: "utf8", wires: [["heard"]] },
    }),
    node("echo", "mcast-recv", { ...here, groups: [bindGroup], wires: [["echoed"]] }),
    node("catch", "catch", { scope: null, wires: [["caught"]] }),
    node("reported", "status", { scope: null, wires: [["status"]] }),
    ...["answers", "received", "heard", "echoed", "caught", "status"].map(log),
  ];
}
