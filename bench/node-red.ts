import dgram from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Contender, Subject } from "./contenders";
import { CREDENTIALS, flowOf } from "./contenders";
import { meter } from "./meter";
import { LO } from "./ports";

/** Starts a real Node-RED in this process, without its editor, and with the measured nodes only. */
export async function startNodeRed(subject: Subject): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "flows.json"), JSON.stringify(flowOf(subject)));
  if (subject.isSealed) writeFileSync(join(folder, "flows_cred.json"), JSON.stringify(CREDENTIALS));
  if (subject.contender === "core") aimAtLoopback();
  const RED = require("node-red");
  RED.init({
    userDir: folder,
    flowFile: "flows.json",
    httpAdminRoot: false,
    httpNodeRoot: false,
    credentialSecret: false,
    nodesDir: [resolve("dist/nodes"), resolve(__dirname, "nodes")],
    nodesIncludes: FILES[subject.contender],
    logging: { console: { level: process.env.BENCH_LOG ?? "off" } },
    telemetry: { enabled: false },
    bench: { meter },
  });
  const started = once(RED.events, "flows:started");
  await RED.start();
  await started;
}

const FILES: Readonly<Record<Contender, readonly string[]>> = {
  bare: [],
  raw: ["bench.js"],
  core: ["bench.js", "32-udp.js"],
  mcast: ["bench.js", "mcast-say.js", "mcast-recv.js", "mcast-hear.js", "mcast-key.js"],
};

// `udp out` sends on the interface of the route, whatever its form says. In the benchmark nothing may leave the machine.
function aimAtLoopback(): void {
  const { createSocket } = dgram;
  Object.assign(dgram, {
    createSocket: (options: dgram.SocketOptions) => {
      const socket = createSocket(options);
      socket.once("listening", () => socket.setMulticastInterface(LO));
      return socket;
    },
  });
}
