import should from "should";
import { diagnoseWith } from "../../../src/lib/diagnostics/doctor";
import { doctorOptions } from "../../../src/lib/diagnostics/examination";
import { FINDING_IDS } from "../../../src/lib/diagnostics/finding";
import { system } from "../../../src/lib/host/system";
import { Multicast } from "../../../src/lib/multicast";
import { freePort, LO, ownGroup } from "../../support/loopback";
import { systemRefusal, TestSystem } from "../../support/test-system";

describe("the doctor", () => {
  it("examines everything, once", async () => {
    const multicast = new Multicast(system);
    const findings = await diagnoseWith(multicast, doctorOptions({ group: ownGroup(), port: await freePort(), iface: LO }));
    should([...new Set(findings.map(({ id }) => id))].sort()).deepEqual([...FINDING_IDS].sort());
    should(findings.find(({ id }) => id === "self-test")).containEql({ level: "ok" });
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    for (const { level, remedy, fact } of findings) should(["ok", "note"].includes(level) || remedy !== "").be.true(fact);
  });

  for (const platform of ["win32", "darwin", "freebsd", "aix"] as const) {
    it(`guesses nothing on ${platform}`, async () => {
      const elsewhere = new TestSystem();
      elsewhere.platform = platform;
      elsewhere.after = system.after;
      const findings = await diagnoseWith(new Multicast(elsewhere), doctorOptions({ port: await freePort() }));
      const reported = findings.filter(({ level }) => level !== "unknown").map(({ id }) => id);
      should(reported).deepEqual([
        "network",
        "interfaces",
        "one-link",
        "interface-default",
        "interface-all",
        "group-kind",
        "port-holder",
        "self-test",
      ]);
    });
  }

  it("throws nothing where the system refuses everything", async () => {
    const refusing = new TestSystem();
    refusing.networkInterfaces = () => {
      throw systemRefusal("EAFNOSUPPORT");
    };
    refusing.refuse = () => "EMFILE";
    should((await diagnoseWith(new Multicast(refusing), doctorOptions({}))).length).be.above(10);
  });
});
