// Builds the files that tsc does not: the script that the forms load (resources/), and beside the compiled nodes their forms (with
// the shared rows inserted), catalogues and icons. Node-RED looks for them there.
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { man } from "./man.mjs";

const require = createRequire(import.meta.url);
const { nodes: nodeFiles, plugins } = JSON.parse(readFileSync("package.json", "utf8"))["node-red"];
const nodes = Object.keys(nodeFiles);

export async function assets() {
  await script("src/editor/mcast.ts", "mcast", "mcast");
  await script("src/editor/sidebar/sidebar.ts", "mcast-sidebar", "mcastSidebar");
  for (const node of nodes) writeFileSync(`dist/nodes/${node}.html`, form(node));
  for (const plugin of Object.keys(plugins)) cpSync(`src/nodes/${plugin}.html`, `dist/nodes/${plugin}.html`);
  for (const language of readdirSync("src/nodes/locales")) locale(language);
  cpSync("icons", "dist/nodes/icons", { recursive: true });
  chmodSync("dist/cli/mcast.js", 0o755);
  man();
}

function script(entry, name, globalName) {
  return build({
    entryPoints: [entry],
    outfile: `resources/${name}.js`,
    bundle: true,
    format: "iife",
    globalName,
    target: "es2020",
    loader: { ".css": "text" },
    minify: true,
    logLevel: "warning",
  });
}

function form(node) {
  const [, ...parts] = readFileSync("src/editor/form-rows.html", "utf8").split(/<!-- row: (\w+) -->\n/);
  const rows = new Map();
  for (let at = 0; at < parts.length; at += 2) rows.set(parts[at], parts[at + 1].trimEnd());
  return readFileSync(`src/nodes/${node}.html`, "utf8").replace(/^ *<!-- row: (\w+) -->$/gm, (_line, name) => {
    if (!rows.has(name)) throw new Error(`${node}.html asks for a row "${name}" that form-rows.html does not have`);
    return rows.get(name);
  });
}

// Node-RED needs one catalogue for each node; the source has one for all. The English texts of the reasons are
// the library's own, but for those that name what only a node has.
function locale(language) {
  const { REASONS } = require("../dist/lib/errors.js");
  const source = `src/nodes/locales/${language}`;
  const target = `dist/nodes/locales/${language}`;
  const { mcast } = JSON.parse(readFileSync(`${source}/mcast.json`, "utf8"));
  if (language === "en-US")
    mcast.reason = { ...Object.fromEntries(Object.entries(REASONS).map(([reason, [, words]]) => [reason, words])), ...mcast.reason };
  mkdirSync(target, { recursive: true });
  for (const node of nodes) {
    writeFileSync(`${target}/${node}.json`, `${JSON.stringify({ mcast }, undefined, 2)}\n`);
    cpSync(`${source}/${node}.html`, `${target}/${node}.html`);
  }
  for (const plugin of Object.keys(plugins)) cpSync(`${source}/${plugin}.json`, `${target}/${plugin}.json`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await assets();
