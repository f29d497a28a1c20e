import should from "should";
import { hearsOldQuerier, isJoined, joinedGroups } from "../../../src/lib/host/igmp-table";
import { TestSystem } from "../../support/test-system";

// The tables of Linux on a little-endian machine.
const IGMP = `Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter
1\tlo        :     1      V3
\t\t\t\t010000E0     1 0:00000000\t\t0
4\teth0      :     2      V2
\t\t\t\t0101FFEF     2 1:0000003A\t\t1
\t\t\t\t010000E0     1 0:00000000\t\t0
12\tverylonginterf1:     1      V3
\t\t\t\t010000E0     1 0:00000000\t\t0
`;
const IGMP6 = `1    lo              ff020000000000000000000000000001     1 0000000C 0
4    eth0            ff0200000000000000000001ff000002     3 00000004 0
`;

describe("the groups joined on this host", () => {
  const on = (igmp: string, igmp6: string) => joinedGroups(Object.assign(new TestSystem(), { igmp, igmp6 }));

  it("are listed for each interface and both families", () => {
    should(on(IGMP, IGMP6)).deepEqual([
      { interface: "lo", group: "224.0.0.1", sockets: 1 },
      { interface: "eth0", group: "239.255.1.1", sockets: 2 },
      { interface: "eth0", group: "224.0.0.1", sockets: 1 },
      { interface: "verylonginterf1", group: "224.0.0.1", sockets: 1 },
      { interface: "lo", group: "ff02::1", sockets: 1 },
      { interface: "eth0", group: "ff02::1:ff00:2", sockets: 3 },
    ]);
  });

  it("are listed for one family where the other is off", () => {
    should(on(IGMP, "")).have.length(4);
    should(on("", IGMP6)).have.length(2);
  });

  it("are unknown where the system has no such table", () => {
    should(on("", "")).be.undefined();
  });
});

describe("a group on an interface", () => {
  it("is joined if the system lists it there, in a table that is at most 50 ms old", () => {
    const system = Object.assign(new TestSystem(), { igmp: IGMP, igmp6: IGMP6 });
    const joined = () => ["239.255.1.1", "ff02::1:ff00:2"].map((group) => isJoined(group, "eth0", system));
    should(joined()).deepEqual([true, true]);
    should(isJoined("239.255.1.1", "lo", system)).be.false();
    system.igmp = "";
    system.pass(49);
    should(joined()).deepEqual([true, true]);
    system.pass(1);
    should(joined()).deepEqual([false, true]);
  });

  it("is unknown where the system has no such table", () => {
    should(isJoined("239.255.1.1", "eth0", new TestSystem())).be.undefined();
  });
});

describe("a querier of IGMP version 1 or 2", () => {
  const table =
    "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n2\teth0      :     2      V2\n";
  it("is found on the interface with its line, and on no other", () => {
    const system = new TestSystem();
    system.igmp = table;
    should(["lo", "eth0", "eth1"].filter((name) => hearsOldQuerier(name, system))).deepEqual(["eth0"]);
  });
});
