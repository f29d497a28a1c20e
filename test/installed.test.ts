import { execFileSync, spawnSync } from "node:child_process";
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

  const page = readFileSync("docs/library.md", "utf8");
  const sections = page.split(/^## /m).slice(1);
  for (const section of sections.filter((each) => each.includes("```js"))) {
    const [title = ""] = section.split("\n");
    it(`runs the program of docs/library.md under ${title}, which prints the output on the page`, async () => {
      const [, code = "", output] = /```js\n(.*?)```\n\nIt prints:\n\n```\n(.*?)```/s.exec(section) ?? [];
      writeFileSync(join(folder, "program.js"), code.replaceAll("59559", `${await freePort()}`));
      const { stdout, stderr } = spawnSync(process.execPath, ["program.js"], { cwd: folder, encoding: "utf8" });
      should({ stdout, stderr }).deepEqual({ stdout: output, stderr: "" });
    });
  }

  it("shows in docs/library.md a program for each function", () => {
    const functions = run(process.execPath, "-p", 'Object.keys(require("@mcast/node-red-mcast")).join(" ")').trim().split(" ");
    const programs = Array.from(page.matchAll(/```js\n(.*?)```/gs), ([, code = ""]) => code).join("");
    should(functions.length).be.above(5);
    should(functions.filter((name) => !new RegExp(`\\b${name}\\b`).test(programs))).be.empty();
    should(page.match(/```js\n/g)?.length).equal(page.match(/```js\n(?:(?!```).)*```\n\nIt prints:/gs)?.length);
  });

  // Compiles programs as strictly as TypeScript can, the declarations of the package too, and returns the errors.
  const compile = (...programs: readonly string[]): string => {
    const files = programs.map((program, index) => {
      writeFileSync(join(folder, `program${index}.ts`), program);
      return `program${index}.ts`;
    });
    const types = { types: [], typeRoots: [resolve("node_modules/@types")], lib: ["es2022", "esnext.disposable"] };
    const strict = { strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false };
    const compilerOptions = { ...types, ...strict, target: "es2022", module: "nodenext", noEmit: true };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    return spawnSync(join(bin, "tsc"), ["-p", "."], { cwd: folder, encoding: "utf8" }).stdout;
  };

  it("has types with which a correct program compiles, that of docs/library.md too", () => {
    const [, shown = ""] = /```ts\n(.*?)```/s.exec(page) ?? [];
    const correct = `
      import * as mcast from "@mcast/node-red-mcast";
      const port: number | undefined = process.argv.length > 9 ? 5000 : undefined;
      export const membership: mcast.Membership = mcast.join({ groups: ["239.255.1.1"], port, unicast: true }, { onDatagram() {} });
      export const replies: Promise<readonly mcast.Reply[]> = mcast.ask({ ttl: 2, collect: 500 }, { question: 1 }).toArray();
      export const sent: Promise<void> = mcast.sender({ sourcePort: "group" }).send("x", { group: "239.255.1.2" });
      export const listening = mcast.listen({}, { onState: port === undefined ? undefined : () => {} });
      export const relay = mcast.relay({ groups: [{ group: "239.255.1.1", echo: false }], echo: "hear" }, { onDatagram() {} });
    `;
    should(compile(shown, correct)).equal("");
  });

  it("has types with which a program with a misspelt or a wrong property does not compile", () => {
    const programs = [
      ['join({ group: "239.255.1.1", prot: 5000 }, { onDatagram() {} })', /'prot' does not exist in type 'JoinFields'/],
      ['join({ group: "239.255.1.1", ttl: 5 }, { onDatagram() {} })', /'ttl' does not exist in type 'JoinFields'/],
      ["join({}, { onDatagramm() {} })", /'onDatagramm' does not exist in type 'GroupListener'/],
      ["listen({ maxqueued: 5 })", /'maxqueued' does not exist in type 'ListenFields'/],
      ['send({ tll: 1 }, "x")', /'tll' does not exist in type 'SendFields'/],
      ["send({ ttl: 1 }, undefined)", /'undefined' is not assignable to parameter of type 'Payload'/],
      ['sender({}).send("x", { sourcePort: 1 })', /'sourcePort' does not exist in type 'SendTarget'/],
      ['ask({ colect: 5 }, "x")', /'colect' does not exist in type 'AskFields'/],
      ['relay({ echo: "loud" }, { onDatagram() {} })', /"loud"' is not assignable to type/],
      ["joinedGroups({})", /Expected 0 arguments/],
      ['new McastError("ttl-range")', /Constructor of class 'McastError' is private/],
      ['ask({}, "x").toArray().catch((error: mcast.McastError) => error.reason)', /Property 'reason' does not exist/],
    ] as const;
    const importing = 'import * as mcast from "@mcast/node-red-mcast";\nexport const it = mcast.';
    const errors = compile(
      ...programs.map(([program]) => `${importing}${program.replace("new McastError", "McastError && new mcast.McastError")};`),
    );
    for (const [index, [program, wanted]] of programs.entries()) {
      const own = errors.split("\n").filter((line) => line.startsWith(`program${index}.ts`));
      should(own.join("\n")).match(wanted, program);
    }
  });

  it("passes publint, and its types pass arethetypeswrong", () => {
    should(run(join(bin, "publint"), TARBALL, "--strict")).match(/All good/);
    should(run(join(bin, "attw"), TARBALL, "--no-color")).match(/No problems found/);
  });
});
