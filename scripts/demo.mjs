// Runs Node-RED with the demo folder, and restarts it when a form, a catalogue, an icon or the forms' script changes.
// tsc-watch runs this file again whenever it has compiled the runtime.
import { spawn } from "node:child_process";
import { watch } from "node:fs";
import { assets } from "./assets.mjs";

let nodeRed;
let timer;

async function start() {
  try {
    await assets();
  } catch (error) {
    console.error(`The editor's part does not build; Node-RED starts with the last that did. ${error.message}`);
  }
  nodeRed = spawn("node-red", ["-u", "demo"], { stdio: "inherit" });
}

function restart() {
  if (!nodeRed || nodeRed.exitCode !== null) return start();
  nodeRed.once("exit", start);
  nodeRed.kill();
}

for (const folder of ["src/nodes", "src/editor", "icons"]) {
  watch(folder, { recursive: true }, (_event, file) => {
    if (folder === "src/nodes" && file?.endsWith(".ts")) return;
    clearTimeout(timer);
    timer = setTimeout(restart, 200);
  });
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    if (!nodeRed || nodeRed.exitCode !== null) process.exit();
    nodeRed.once("exit", () => process.exit());
    nodeRed.kill(signal);
  });
}

await start();
