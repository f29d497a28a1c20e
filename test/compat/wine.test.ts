import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import should from "should";
import { type Agent, Lab, refusal } from "../network/lab";
import { install, pack } from "../support/npm";
import { orSkip, windowsNode } from "../support/releases";
import { type Ended, lineIn, Wine, whyWithoutWine } from "../support/wine";

// Wine is not Windows. This shows that the Windows build of Node.js loads and runs the package, and nothing about Windows' network.
const missing = whyWithoutWine ?? refusal;
const describeWine = missing === undefined ? describe : describe.skip;
const title = "in Wine, with the Windows build of Node.js";

const SCRIPT = resolve("dist/cli/mcast.js");
const port = 5000;

describeWine(missing === undefined ? title : `${title} (skipped: ${missing})`, function () {
  this.timeout(60_000);
  const lab = new Lab();
  let wine: Wine;
  let neighbour: Agent;
  const folder = mkdtempSync(join(tmpdir(), "user-"));
  before(async function () {
    this.timeout(360_000); // Node.js is downloaded the first time, and Wine writes 10,000 files
    const node = await orSkip(this, windowsNode());
    await orSkip(this, install(await pack(folder), folder));
    await lab.open();
    wine = new Wine(lab, node);
    neighbour = await lab.agent("b");
    should((await wine.run("-p", "process.platform")).printed.trim()).equal("win32");
  });
  after(async () => {
    wine?.end();
    await lab.close();
    wine?.remove();
    rmSync(folder, { recursive: true });
  });

  // Nobody can see from outside when a socket has joined, so a datagram is said until one has come.
  async function sayUntil(done: Promise<unknown>, group: string): Promise<void> {
    const over = new AbortController();
    const ended = done.finally(() => over.abort());
    while (!over.signal.aborted) {
      await neighbour.say({ group, port, iface: "eth0" }, "hello");
      await setTimeout(200, undefined, { signal: over.signal }).catch(() => {});
    }
    await ended;
  }

  it("mcast groups lists the interfaces", async () => {
    const { code, printed, reported } = await wine.run(SCRIPT, "groups");
    should({ code, reported }).deepEqual({ code: 0, reported: "" });
    should(printed).match(/^eth0\taddress\t10\.1\.0\.1\/24$/m);
    should(printed).match(/^eth0\taddress\tfe80::/m);
  });

  for (const group of ["239.255.1.1", "ff02::1:7"]) {
    it(`mcast say reaches ${group} on another host`, async () => {
      const before = neighbour.heard.length;
      await neighbour.join({ group, port, iface: "eth0" });
      should(await wine.run(SCRIPT, "say", "-g", group, "-p", String(port), "-i", "eth0", "-m", "hello")).deepEqual({
        code: 0,
        printed: "",
        reported: "",
      });
      should((await neighbour.count(before + 1)).at(-1)).containEql({ text: "hello", group });
    });
  }

  it("mcast recv receives from ff02::1:7, by an interface that is named by its index", async () => {
    const words = ["recv", "-g", "ff02::1:7", "-p", String(port), "-i", "eth0", "--timeout", "40"];
    const heard: Promise<Ended> = wine.run(SCRIPT, ...words);
    await sayUntil(heard, "ff02::1:7");
    should(await heard).deepEqual({ code: 0, printed: "hello", reported: "" });
  });

  it("mcast recv reports that a program does not share the port (EACCES)", async () => {
    const holder = 'require("dgram").createSocket("udp4").bind(5002, () => console.error("bound"))';
    await lab.start("a", [process.execPath, "-e", holder], /bound/);
    const { code, reported } = await wine.run(SCRIPT, "recv", "-g", "239.255.1.1", "-p", "5002", "-i", "eth0", "--timeout", "5");
    should(code).equal(2);
    should(reported).match(/^mcast: Port 5002 is held by a program that does not share it, or reserved by Windows: see netsh /);
  });

  it("Node-RED loads the nodes, and they receive and send", async function () {
    this.timeout(240_000); // Wine looks for each of Node-RED's files in every case
    writeFileSync(join(folder, "settings.js"), `module.exports = ${JSON.stringify(SETTINGS)};`);
    writeFileSync(join(folder, "flows.json"), JSON.stringify(FLOW));
    const { printed: log } = wine.start(require.resolve("node-red/red.js"), "-u", folder);
    await lineIn(log, /Started flows/);
    await neighbour.join({ group: "ff02::1:9", port, iface: "eth0" });
    await sayUntil(lineIn(log, /\[function:seen\] hello of ff02::1:7 on eth0/), "ff02::1:7");
    await neighbour.hears("through Node-RED");
    should(readFileSync(log, "utf8")).not.match(/\[error\]|missing/i);
  });
});

const SETTINGS = {
  uiHost: "127.0.0.1",
  uiPort: 1880, // of a host of the lab
  flowFile: "flows.json",
  credentialSecret: false,
  telemetry: { enabled: false, updateNotification: false },
};

const FLOW = [
  { id: "tab", type: "tab", label: "flow" },
  {
    ...{ id: "recv", type: "mcast-recv", z: "tab", groups: ["ff02::1:7"], port, iface: "eth0", datatype: "utf8" },
    wires: [["seen"]],
  },
  {
    ...{ id: "seen", type: "function", z: "tab", outputs: 1, wires: [["say"]] },
    func: 'node.warn(msg.payload + " of " + msg.group + " on " + msg.interface); return { payload: "through Node-RED" };',
  },
  { id: "say", type: "mcast-say", z: "tab", group: "ff02::1:9", port, iface: "eth0", wires: [] },
  {
    id: "hear",
    type: "mcast-hear",
    z: "tab",
    group: "ff02::1:a",
    groups: [{ group: "ff02::1:8", echo: true }],
    port,
    iface: "eth0",
    wires: [[]],
  },
];
