import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import should from "should";
import { freePort } from "./support/loopback";

describe("the package, packed and installed in an empty folder", function () {
  this.timeout(60_000); // npm takes its time
  const TARBALL = "package.tgz";
  const bin = resolve("node_modules/.bin");
  let folder: string;
  const run = (command: string, ...words: readonly string[]): string =>
    execFileSync(command, words, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "mcast-"));
    const packing = execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { encoding: "utf8" });
    const { dependencies }: { readonly dependencies: object } = JSON.parse(readFileSync("package.json", "utf8"));
    // Its dependencies come from this project's node_modules, which needs no network.
    const own = Object.keys(dependencies).map((name) => [name, `file:${resolve("node_modules", name)}`]);
    const tarball = ["@mcast/node-red-mcast", `file:${packing.trim()}`];
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: Object.fromEntries([...own, tarball]) }));
    run("npm", "install", "--offline", "--no-audit", "--no-fund");
    run("mv", packing.trim(), TARBALL);
  });
  after(() => rmSync(folder, { recursive: true }));

  it("has the command mcast, which npx of the package runs too", () => {
    const { version }: { readonly version: string } = JSON.parse(readFileSync("package.json", "utf8"));
    should(run("node_modules/.bin/mcast", "--version").trim()).equal(version);
    should(run("npx", "--offline", "@mcast/node-red-mcast", "--version").trim()).equal(version);
  });

  it("runs the program of docs/library.md, which prints what the page says", async () => {
    const port = await freePort();
    const page = readFileSync("docs/library.md", "utf8");
    const [, code = "", output] = /```js\n(.*?)```.*?```\n(.*?)```/s.exec(page) ?? [];
    writeFileSync(join(folder, "program.js"), code.replace("59559", `${port}`));
    should(run(process.execPath, "program.js")).equal(output);
  });

  it("passes publint, and its types pass arethetypeswrong", () => {
    should(run(join(bin, "publint"), TARBALL, "--strict")).match(/All good/);
    should(run(join(bin, "attw"), TARBALL, "--no-color")).match(/No problems found/);
  });
});
