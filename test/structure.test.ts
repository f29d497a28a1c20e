import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { posix, resolve } from "node:path";
import { transformSync } from "esbuild";
import should from "should";
import { filesUnder, found, read, without } from "./support/files";

const NODES = Object.keys(JSON.parse(readFileSync("package.json", "utf8"))["node-red"].nodes);

describe("the sources", () => {
  // Each room, and the modules that its files may import from elsewhere.
  const ROOMS = [
    ["lib", "import nothing but modules of Node.js and ipaddr.js", /^(node:|ipaddr\.js$)/],
    ["cli", "import lib, and of Node.js only fs, path, stream, timers and tty", /^(lib\/|node:(fs|path|stream|timers\/promises|tty)$)/],
    [
      "nodes",
      "import lib but neither its public index nor its api, types of Node-RED, and of Node.js only crypto",
      /^(lib\/(?!index$|api\/)|node-red$|node:crypto$)/,
    ],
    [
      "editor",
      "import of lib only options, address, errors, interface names, and the activity as it is served",
      /^(lib\/(options\/[\w-]+|host\/interface-names|diagnostics\/(activity|activity-columns|group-activity|problem)|address|errors)|node-red)$/,
    ],
  ] as const;
  // The rooms of lib from the top down. A module imports from its own room and from rooms below it.
  const FLOORS: readonly (readonly string[])[] = [
    ["index"],
    ["api"],
    ["process-wide"],
    ["diagnostics"],
    ["relay", "requester"],
    ["group-subscription"],
    ["multicast"],
    ["receive", "send"],
    ["sockets"],
    ["host", "sealed"],
    ["payload"],
    ["options"],
    ["state", "address", "errors", "listener-fault", "timed-warning", "quota", "printable", "edit-distance"],
  ];
  const files = filesUnder("src").filter((file) => file.endsWith(".ts"));
  const imports = files.flatMap(importsOf);

  it("stand in the rooms that have rules", () => {
    should([...new Set(files.map((file) => file.split("/")[1]))].sort()).deepEqual(ROOMS.map(([room]) => room).sort());
  });

  for (const [room, claim, allowed] of ROOMS) {
    it(`of ${room} ${claim}`, () => {
      const ofRoom = imports.filter(({ from }) => from.startsWith(`${room}/`));
      should(ofRoom).not.be.empty();
      should(ofRoom.filter(({ to }) => !to.startsWith(`${room}/`) && !allowed.test(to))).be.empty();
    });
  }

  it("of lib stand on a floor, and import only downward", () => {
    const roomOf = (module: string) => module.split("/")[1] ?? "";
    const floorOf = (module: string) => FLOORS.findIndex((rooms) => rooms.includes(roomOf(module)));
    const ofLib = imports.filter(({ from, to }) => from.startsWith("lib/") && to.startsWith("lib/"));
    should(ofLib.filter(({ from, to }) => floorOf(from) < 0 || floorOf(to) < 0)).be.empty();
    const ground = FLOORS.length - 1;
    const isDownward = ({ from, to }: Import) =>
      roomOf(from) === roomOf(to) || floorOf(from) < floorOf(to) || (floorOf(from) === ground && floorOf(to) === ground);
    should(ofLib.filter((each) => !isDownward(each))).be.empty();
  });

  it("access the network through lib/host/system only", () => {
    const doors = imports.filter(({ to }) => /^(node:)?(dgram|os)$/.test(to));
    should([...new Set(doors.map(({ from }) => from))]).deepEqual(["lib/host/system"]);
  });

  it("open sockets in lib/sockets/open-socket only", () => {
    should(files.filter((file) => /\bsystem\.open\(/.test(read(file)))).deepEqual(["src/lib/sockets/open-socket.ts"]);
  });

  it("let the nodes load nothing before the first node exists, save what serves the editor", () => {
    should(loadedBy(NODES.map((node) => `nodes/${node}.js`))).deepEqual(
      ["nodes/editor-routes.js", ...NODES.map((node) => `nodes/${node}.js`)].sort(),
    );
  });

  it("let each node and each verb of the command load sealed groups and the doctor only when they are needed", () => {
    const running = ["say", "recv", "hear"].flatMap((name) => [`nodes/${name}-behavior.js`, `cli/verbs/${name}.js`]);
    const loaded = loadedBy(running);
    should(without(running, loaded)).be.empty();
    should(loaded.filter((file) => /^lib\/(sealed|diagnostics)\//.test(file))).be.empty();
  });

  it("let the behavior of the nodes load no module of the command", () => {
    should(
      loadedBy(["say", "recv", "hear", "key"].map((name) => `nodes/${name}-behavior.js`)).filter((file) => file.startsWith("cli/")),
    ).be.empty();
  });

  it("are built where the benchmark and the scripts load them", () => {
    const loading = [...filesUnder("bench"), ...filesUnder("scripts"), ...filesUnder("test")].filter((file) => /\.(ts|mjs|js)$/.test(file));
    const loaded = loading.flatMap((file) => found(read(file), /["'`/](dist\/(?:lib|cli|nodes)\/[\w/-]+\.js)/g));
    should(loaded.length).be.above(5);
    should(loaded.filter((file) => !existsSync(file))).be.empty();
  });

  it("import only types of Node-RED", () => {
    const built = filesUnder("dist").filter((file) => file.endsWith(".js"));
    should(built).not.be.empty();
    should([...built, "resources/mcast.js", "resources/mcast-sidebar.js"].filter((file) => /["']node-red["']/.test(read(file)))).be.empty();
  });

  it("have no import cycle", () => {
    let left = files.map(moduleOf);
    for (let before = 0; before !== left.length; ) {
      before = left.length;
      left = left.filter((file) => imports.some(({ from, to }) => from === file && left.includes(to)));
    }
    should(left).be.empty();
  });
});

describe("the tests of the sources", () => {
  // Tests in the folders of the sources that are about several modules.
  const SCENARIOS = [
    "lib/host/unlisted-interfaces",
    "lib/relay/loops",
    "lib/relay/simulated-loops",
    "lib/sealed/interoperability",
    "lib/sealed/over-sockets",
    "cli/man",
    "cli/python-tool",
    "editor/editor",
    "editor/five-flows",
  ];
  const modules = filesUnder("src")
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map(moduleOf);
  const tests = ["lib", "nodes", "editor", "cli"].flatMap((room) => filesUnder(`test/${room}`).filter((file) => file.endsWith(".test.ts")));
  const testOf = (module: string) => `test/${module}.test.ts`;
  // Modules that need a browser around them, the behavior of a node, and the verbs of the command: one test runs all of them.
  const THROUGH: Readonly<Record<string, readonly string[]>> = {
    "test/editor/sidebar/browser.ts": ["check-view", "editor-api", "elements", "list-view", "poll", "row-view"].map(
      (name) => `editor/sidebar/${name}`,
    ),
    "test/editor/forms.ts": [
      "catalogue",
      "form",
      "group-field",
      "group-list",
      "interface-chooser",
      "interface-list",
      "key-field",
      "field-notes",
      "open-node",
      "typed-inputs",
    ].map((name) => `editor/${name}`),
    "test/nodes/mcast-say.test.ts": ["nodes/say-behavior"],
    "test/nodes/mcast-recv.test.ts": ["nodes/recv-behavior"],
    "test/nodes/mcast-hear.test.ts": ["nodes/hear-behavior"],
    "test/nodes/mcast-key.test.ts": ["nodes/key-behavior"],
    "test/cli/mcast.test.ts": modules.filter((module) => module.startsWith("cli/") && !tests.includes(testOf(module))),
  };

  it("have a file of its own for every module with behaviour", () => {
    const behaving = modules.filter((module) => hasBehaviour(`src/${module}.ts`));
    should(behaving.length).be.above(modules.length / 2);
    should(without(behaving.map(testOf), [...tests, ...Object.values(THROUGH).flat().map(testOf)])).be.empty();
  });

  it("stand at the path of a module, save those about several modules", () => {
    should(without(tests, [...modules, ...SCENARIOS].map(testOf))).be.empty();
  });

  it("import the module that they are named after, save those of a node or a program", () => {
    const own = tests.filter((file) => modules.includes(moduleOfTest(file)) && !isProgram(moduleOfTest(file)));
    should(own.filter((file) => !importsItself(file))).be.empty();
  });

  it("that run several modules exist, and none of those modules has a file of its own", () => {
    for (const [through, run] of Object.entries(THROUGH)) {
      should(existsSync(through)).be.true(through);
      should(without(run, modules)).be.empty();
      should(run.map(testOf).filter((file) => tests.includes(file))).be.empty();
    }
  });
});

describe("the comments", () => {
  const files = ["src", "test", "bench", "scripts"].flatMap(filesUnder).filter((file) => /\.(ts|mjs|js|css|html|pl)$/.test(file));

  it("open with a noun or a verb, never with a question word", () => {
    const openings = files.flatMap((file) => openingsOf(read(file)).map((text) => `${file}: ${text}`));
    should(openings.length).be.above(500);
    should(openings.filter((opening) => /^[^:]+: (who|whom|whose|what|where|whether|which|how|when|why|if)\b/i.test(opening))).be.empty();
  });
});

// The built files that are loaded, in a process of its own, when some of them are required.
function loadedBy(files: readonly string[]): readonly string[] {
  const toLoad = files.map((file) => `require(${JSON.stringify(resolve("dist", file))});`).join("");
  const loaded = execFileSync(process.execPath, ["-p", `${toLoad} Object.keys(require.cache).join("\\n")`], { encoding: "utf8" });
  return loaded
    .trim()
    .split("\n")
    .map((file) => posix.relative(resolve("dist"), file))
    .sort();
}

// Without its types, a module that only declares types, constants or re-exports holds no function and no class.
function hasBehaviour(file: string): boolean {
  return /=>|\bfunction\b|\bclass\b/.test(transformSync(read(file), { loader: "ts", legalComments: "none" }).code);
}

function moduleOfTest(file: string): string {
  return file.replace(/^test\/|\.test\.ts$/g, "");
}

// A node and the verbs of the command are run, not imported; the fields of the forms come from the script that the forms load.
function isProgram(module: string): boolean {
  return /^nodes\/mcast-|^cli\/(mcast|run|verbs\/\w+)$|^nodes\/(doctor-response|interfaces-response|editor-routes|datagram-output)$|^editor\/(fields|sidebar\/sidebar)$/.test(
    module,
  );
}

function importsItself(file: string): boolean {
  const module = moduleOfTest(file);
  const imported = found(read(file), /\bfrom\s*"(.*?)"/g).map((to) => posix.join(posix.dirname(file), to));
  return imported.some((path) => path === `src/${module}` || `${path}/index` === `src/${module}`);
}

// The first line of each comment: of a block, of consecutive lines, or behind code.
function openingsOf(text: string): string[] {
  const blocks = found(text, /(?:\/\*\*?|<!--)\s*(?:\*\s*)?(\S.*)/g);
  const lines = found(text, /(?<!^[ \t]*(?:\/\/|#) .*\n)^(?:.*[\s{;,)])?(?:\/\/|#) (.+)$/gm);
  return [...blocks, ...lines];
}

interface Import {
  readonly from: string;
  readonly to: string;
}

// Includes imports of types and requires; a folder stands for its index.
function importsOf(file: string): Import[] {
  const from = moduleOf(file);
  return found(read(file), /(?:\bfrom|\bimport|\b(?:import|require)\()\s*"(.*?)"/g).map((to) => {
    if (!to.startsWith(".")) return { from, to };
    const path = posix.join(posix.dirname(from), to);
    return { from, to: existsSync(`src/${path}.ts`) ? path : `${path}/index` };
  });
}

function moduleOf(file: string): string {
  return file.replace(/^src\/|\.ts$/g, "");
}
