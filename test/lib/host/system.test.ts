import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import should from "should";
import { system } from "../../../src/lib/host/system";

describe("the system's files", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "mcast-system-"));
    writeFileSync(join(folder, "carrier_changes"), "7\n");
    symlinkSync("../br-lan", join(folder, "master"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("are read as text, as folders and as links", () => {
    should(system.readText(join(folder, "carrier_changes"))).equal("7\n");
    should([...(system.readFolder(folder) ?? [])].sort()).deepEqual(["carrier_changes", "master"]);
    should(system.readLink(join(folder, "master"))).equal("../br-lan");
  });

  it("are undefined, and throw nothing, where they can't be read", () => {
    should(system.readText(join(folder, "missing"))).be.undefined();
    should(system.readText(folder)).be.undefined();
    should(system.readFolder(join(folder, "carrier_changes"))).be.undefined();
    should(system.readLink(join(folder, "carrier_changes"))).be.undefined();
  });
});
