import should from "should";
import { membershipFindings } from "../../../src/lib/diagnostics/findings-memberships";
import { joinOptions } from "../../../src/lib/options/options";
import { examined, one } from "../../support/examined";
import { freePort, LO } from "../../support/loopback";
import { TestSystem } from "../../support/test-system";

// 239.255.1.1 on lo, in a table as Linux prints it; and no group but that of all hosts.
const JOINED =
  "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n1\tlo        :     1      V3\n\t\t\t\t0101FFEF     2 0:00000000\t\t0\n";
const NONE = JOINED.replace("0101FFEF", "010000E0");
const hostThat = (igmp: string) => {
  const system = new TestSystem();
  system.igmp = igmp;
  return system;
};

describe("the doctor on memberships", () => {
  it("finds the interfaces on which the group is joined", () => {
    const found = one(membershipFindings(examined(hostThat(JOINED))), "membership");
    should(found).containEql({ level: "ok", fact: "239.255.1.1 is joined on lo (2 sockets)." });
  });

  it("finds that no program has joined it", () => {
    should(one(membershipFindings(examined(hostThat(NONE))), "membership")).containEql({ level: "note" });
  });

  it("finds a membership of this process that the kernel lacks, and none if the kernel has it", async () => {
    const system = hostThat(NONE);
    const examination = examined(system, { port: await freePort() });
    const { multicast, port } = examination;
    const membership = multicast.join(joinOptions({ group: "239.255.1.1", port, iface: LO }), { onDatagram: () => {} });
    const found = one(membershipFindings(examination), "membership");
    should(found).containEql({ level: "fault", details: { lost: [{ group: "239.255.1.1", interface: "lo" }] } });
    system.igmp = JOINED;
    should(one(membershipFindings(examination), "membership")).containEql({ level: "ok" });
    await membership.leave();
  });

  it("does not take a program's share of the unicast on a port for a membership", async () => {
    const examination = examined(hostThat(NONE), { port: await freePort() });
    const { multicast, port } = examination;
    const unicast = multicast.listenUnicast(joinOptions({ group: "239.255.1.1", port, iface: LO }), { onDatagram: () => {} });
    should(one(membershipFindings(examination), "membership")).containEql({ level: "note" });
    await unicast.leave();
  });

  it("does not know where the system does not list them", () => {
    should(one(membershipFindings(examined(hostThat(""))), "membership")).containEql({ level: "unknown" });
  });
});
