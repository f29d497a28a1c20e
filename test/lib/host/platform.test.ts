import should from "should";
import type { Step } from "../../../src/lib/errors";
import { isContainerName } from "../../../src/lib/host/interface-names";
import { platformOf, refusalBy } from "../../../src/lib/host/platform";
import { systemRefusal } from "../../support/test-system";

const KNOWN = ["linux", "android", "darwin", "win32", "freebsd", "openbsd"] as const;

describe("the platform table", () => {
  it("has a row for each system that is known, and a cautious one for the others", () => {
    for (const name of KNOWN) should(platformOf(name)).be.an.Object();
    should(platformOf("linux")).not.equal(platformOf("aix"));
    should(platformOf("sunos")).equal(platformOf("aix"));
    should(platformOf("aix")).containDeep({ groupBind: "group", filtersByMembership: false, hasProcTables: false, zoneBy: "name" });
  });

  it("has every fact in every row", () => {
    const facts = Object.keys(platformOf("aix")).sort();
    should(facts).have.length(15);
    for (const name of KNOWN) should(Object.keys(platformOf(name)).sort()).deepEqual(facts, name);
  });

  it("tells how each system binds to a group", () => {
    should(KNOWN.map((name) => platformOf(name).groupBind)).deepEqual([
      ...["mapped-exact", "mapped-exact", "group", "own-address-or-wildcard", "group", "group"],
    ]);
    should(platformOf("darwin").unfilteredGroups).deepEqual(["224.0.0.1"]);
  });

  it("tells the errnos of a second join and of a port that is held", () => {
    should(KNOWN.filter((name) => platformOf(name).memberAgainErrnos.has("EINVAL"))).deepEqual(["win32"]);
    should(KNOWN.filter((name) => platformOf(name).bindHeldErrnos.has("EACCES"))).deepEqual(["win32"]);
    should(KNOWN.filter((name) => !platformOf(name).memberAgainErrnos.has("EADDRINUSE"))).be.empty();
    should(KNOWN.filter((name) => !platformOf(name).bindHeldErrnos.has("EADDRINUSE"))).be.empty();
  });

  it("tells zones by index and loopback of the receiver on Windows alone", () => {
    for (const is of [
      (name: NodeJS.Platform) => platformOf(name).zoneBy === "index",
      (name: NodeJS.Platform) => platformOf(name).loopbackIsReceivers,
      (name: NodeJS.Platform) => platformOf(name).ipv6Only,
      (name: NodeJS.Platform) => !platformOf(name).loopbackHasZone,
      (name: NodeJS.Platform) => !platformOf(name).hasPrivilegedPorts,
    ]) {
      should(KNOWN.filter(is)).deepEqual(["win32"]);
    }
  });

  it("tells tables and alias labels on Linux alone", () => {
    should(KNOWN.filter((name) => platformOf(name).hasProcTables)).deepEqual(["linux", "android"]);
    should(KNOWN.filter((name) => platformOf(name).hasAliasLabels)).deepEqual(["linux", "android"]);
  });

  it("tells interfaces that lead to no LAN by names that the whole package knows", () => {
    for (const [name, example] of [
      ["linux", "docker0"],
      ["darwin", "awdl0"],
      ["win32", "vEthernet (WSL)"],
    ] as const) {
      should(platformOf(name).notLans?.test(example)).be.true();
      should(isContainerName(example)).be.true();
    }
  });

  it("gives words for each errno that means more on one system", () => {
    const message = (platform: NodeJS.Platform, step: Step, errno: string) =>
      refusalBy(platform, step, systemRefusal(errno), { port: 5000, interface: "eth0" }).message;
    should(message("win32", "bind", "EACCES")).match(/excludedportrange/);
    should(message("freebsd", "bind", "EADDRNOTAVAIL")).match(/jail/);
    should(message("darwin", "send", "EHOSTUNREACH")).match(/Local Network/);
    should(message("win32", "send", "ENETUNREACH")).match(/loopback/);
    should(message("linux", "send", "ENETUNREACH")).equal("No network or no route on eth0");
  });
});
