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
    // What it depends on is taken from here: that needs no network.
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

  it("does what the README shows of the library", async () => {
    const port = await freePort();
    const [, section = ""] = readFileSync("README.md", "utf8").split("\n## The library\n");
    const blocks = Array.from((section.split("\n## ")[0] ?? "").matchAll(/```js\n(.*?)```/gs), ([, block = ""]) => block);
    should(blocks).have.length(1);
    const [code = ""] = blocks;
    writeFileSync(join(folder, "readme.js"), code.replace("59559", `${port}`));
    should(run(process.execPath, "readme.js")).equal("joined\nhello from 127.0.0.1 on lo\n");
  });

  it("is found without fault by publint, and its types by arethetypeswrong", () => {
    should(run(join(bin, "publint"), TARBALL, "--strict")).match(/All good/);
    should(run(join(bin, "attw"), TARBALL, "--no-color")).match(/No problems found/);
  });
});
