import { spawnSync } from "node:child_process";
import should from "should";
import { filesUnder, found, read } from "./support/files";

describe("the public declarations", () => {
  it("are all documented, and are those of src/lib/index.api.md", function () {
    this.timeout(60_000); // API Extractor compiles them
    const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/declarations.mjs"], { encoding: "utf8" });
    should({ status, stdout, stderr }).deepEqual({ status: 0, stdout: "", stderr: "" });
  });

  it("stand alone in one file: they import nothing, and contain no class but McastError", () => {
    should(filesUnder("dist").filter((file) => file.endsWith(".d.ts"))).deepEqual(["dist/lib/index.d.ts"]);
    const declared = read("dist/lib/index.d.ts");
    should(declared).startWith('/// <reference types="node" />\n');
    should(declared).not.match(/^import |#private|@internal|\brequire\(/m);
    should(found(declared, /^(?:export )?(?:declare )?class (\w+)/gm)).deepEqual(["McastError"]);
    should(found(declared, /^declare \w+ (\w+)/gm)).be.empty();
  });

  it("name ERR_MCAST_KEY at each function that takes a key, beside the codes of its other fields", () => {
    const functions = Array.from(
      read("dist/lib/index.d.ts").matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\nexport declare function (\w+)\((.*?)\)/gs),
    );
    const taking = functions.filter(([, , , parameters = ""]) => /: (Join|Listen|Relay|Send)Fields/.test(parameters));
    should(taking.map(([, , name]) => name).sort()).deepEqual(["join", "listen", "relay", "send", "sender"]);
    for (const [, comment = "", name] of taking) should(comment).match(/ERR_MCAST_KEY/, name);
  });

  it("name ERR_MCAST_JOIN at each function that joins, which refuses too many groups", () => {
    const functions = Array.from(
      read("dist/lib/index.d.ts").matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\nexport declare function (join|listen|relay)\(/gs),
    );
    should(functions).have.length(3);
    for (const [, comment = "", name] of functions) should(comment).match(/`ERR_MCAST_JOIN`/, name);
  });

  it("document each member of an object, but for the kinds of a state", () => {
    const lines = read("dist/lib/index.d.ts").split("\n");
    const bare = lines.filter((line, at) => /^ +readonly \w+\??:/.test(line) && !lines[at - 1]?.includes("*/"));
    should(bare.filter((line) => !/ (kind: "|reason: McastError)/.test(line))).be.empty();
  });
});

describe("the compiled files", () => {
  it("come without source maps, and name none", () => {
    const built = [...filesUnder("dist"), ...filesUnder("resources")];
    should(built.filter((file) => file.endsWith(".map"))).be.empty();
    should(built.filter((file) => file.endsWith(".js") && read(file).includes("sourceMappingURL"))).be.empty();
  });
});
