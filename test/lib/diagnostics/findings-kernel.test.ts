import should from "should";
import { kernelFindings } from "../../../src/lib/diagnostics/findings-kernel";
import { examined, hostWith, levelOf, one } from "../../support/examined";
import { ipv4 } from "../../support/test-system";

const SETTINGS = {
  "/proc/sys/net/ipv4/conf/all/rp_filter": "0\n",
  "/proc/sys/net/ipv4/igmp_max_memberships": "20\n",
  "/proc/sys/net/core/rmem_max": "4194304\n",
  "/proc/sys/net/ipv4/conf/all/force_igmp_version": "0\n",
};
const host = (files: Readonly<Record<string, string>> = {}) => hostWith({ ...SETTINGS, ...files });

describe("the doctor on the kernel", () => {
  it("finds nothing wrong with good settings", () => {
    const findings = kernelFindings(examined(host()));
    should(findings.map(({ id, level }) => `${id} ${level}`)).deepEqual([
      "reverse-path-filter ok",
      "membership-limit ok",
      "receive-buffer ok",
      "igmp-version ok",
      "old-querier ok",
    ]);
  });

  it("finds a strict reverse path filter on a host with several cards", () => {
    const system = host({ "/proc/sys/net/ipv4/conf/eth1.5/rp_filter": "1" });
    should(levelOf(kernelFindings(examined(system)), "reverse-path-filter")).equal("ok");
    system.interfaces = { ...system.interfaces, "eth1.5": [ipv4("10.0.0.5/8")] };
    should(one(kernelFindings(examined(system)), "reverse-path-filter")).containEql({
      level: "warning",
      details: { interfaces: ["eth1.5"] },
    });
    should(levelOf(kernelFindings(examined(system, { iface: "eth0" })), "reverse-path-filter")).equal("note");
  });

  it("takes the higher of both values of the filter, of which 2 is loose", () => {
    const system = host({ "/proc/sys/net/ipv4/conf/all/rp_filter": "2", "/proc/sys/net/ipv4/conf/eth0/rp_filter": "1" });
    system.interfaces = { ...system.interfaces, eth1: [ipv4("10.0.0.5/8")] };
    should(levelOf(kernelFindings(examined(system)), "reverse-path-filter")).equal("ok");
  });

  it("is content with a strict filter and one card", () => {
    should(levelOf(kernelFindings(examined(host({ "/proc/sys/net/ipv4/conf/all/rp_filter": "1" }))), "reverse-path-filter")).equal("ok");
  });

  for (const [limit, level] of [
    ["0", "fault"],
    ["5", "note"],
    ["100", "ok"],
  ] as const) {
    it(`takes a limit of ${limit} memberships for ${level}`, () => {
      should(levelOf(kernelFindings(examined(host({ "/proc/sys/net/ipv4/igmp_max_memberships": limit }))), "membership-limit")).equal(
        level,
      );
    });
  }

  it("finds a small receive buffer", () => {
    const found = one(kernelFindings(examined(host({ "/proc/sys/net/core/rmem_max": "212992\n" }))), "receive-buffer");
    should(found).containEql({ level: "note", details: { most: 212992 }, remedy: "sysctl -w net.core.rmem_max=4194304" });
  });

  it("finds a forced version of IGMP, of MLD for an IPv6 group", () => {
    const found = one(kernelFindings(examined(host({ "/proc/sys/net/ipv4/conf/eth0/force_igmp_version": "2" }))), "igmp-version");
    should(found).containEql({ level: "warning", remedy: "sysctl -w net.ipv4.conf.eth0.force_igmp_version=0" });
    const mld = host({ "/proc/sys/net/ipv6/conf/all/force_mld_version": "1" });
    should(levelOf(kernelFindings(examined(mld, { group: "ff15::1" })), "igmp-version")).equal("warning");
  });

  it("finds an old querier", () => {
    const system = host();
    system.igmp = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n2\teth0      :     1      V2\n";
    should(one(kernelFindings(examined(system)), "old-querier")).containEql({ level: "note", details: { interfaces: ["eth0"] } });
  });

  it("does not know settings that can't be read, and nothing on another system", () => {
    const levels = kernelFindings(examined(hostWith())).map(({ level }) => level);
    should(levels).deepEqual(["unknown", "unknown", "unknown", "unknown", "ok"]);
    const system = hostWith();
    system.platform = "darwin";
    should(kernelFindings(examined(system)).every(({ level }) => level === "unknown")).be.true();
  });
});
