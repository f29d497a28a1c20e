import should from "should";
import { interfaceFindings } from "../../../src/lib/diagnostics/findings-interfaces";
import { examined, hostWith, levelOf, one } from "../../support/examined";
import { ipv4, systemRefusal, TestSystem } from "../../support/test-system";

describe("the doctor on the interfaces", () => {
  it("finds nothing wrong with one card and a route", () => {
    const system = hostWith();
    system.route = "192.168.1.5";
    const findings = interfaceFindings(examined(system, { iface: "eth0" }));
    should(findings.map(({ id, level }) => `${id} ${level}`)).deepEqual([
      "interfaces ok",
      "one-link ok",
      "interface-default ok",
      "interface-all ok",
      "interface-named ok",
    ]);
  });

  it("finds two cards on one network, and names the one that all uses", () => {
    const system = hostWith();
    system.interfaces = { eth0: [ipv4("192.168.1.5/24")], wlan0: [ipv4("192.168.1.6/24")] };
    const findings = interfaceFindings(examined(system));
    should(one(findings, "one-link")).containEql({ level: "note", fact: "eth0 and wlan0 are on one network." });
    should(one(findings, "interface-all").fact).equal("`all` is eth0. wlan0 stands by for eth0.");
  });

  it("states each network with several cards in a sentence of its own", () => {
    const system = hostWith();
    system.interfaces = {
      eth0: [ipv4("192.168.1.5/24")],
      wlan0: [ipv4("192.168.1.6/24")],
      eth1: [ipv4("192.168.2.5/24")],
      eth2: [ipv4("192.168.2.6/24")],
    };
    should(one(interfaceFindings(examined(system)), "one-link").fact).equal(
      "eth0 and wlan0 are on one network. eth1 and eth2 are on one network.",
    );
  });

  it("names the interfaces that all leaves out", () => {
    const system = hostWith();
    system.interfaces = { ...system.interfaces, docker0: [ipv4("172.17.0.1/16")] };
    should(one(interfaceFindings(examined(system)), "interface-all").fact).match(/Not used: docker0 /);
  });

  it("finds that no route and several cards leave default open", () => {
    const system = hostWith();
    system.interfaces = { ...system.interfaces, eth1: [ipv4("10.0.0.5/8")] };
    const found = one(interfaceFindings(examined(system)), "interface-default");
    should(found.level).equal("warning");
    should(found.remedy).containEql("ip route add 224.0.0.0/4 dev eth0");
  });

  it("states the reason for the interface of default", () => {
    const system = hostWith();
    const reason = () => one(interfaceFindings(examined(system)), "interface-default").fact;
    should(reason()).match(/eth0 .*: the system would send from its address/);
    system.files = {
      ...system.files,
      "/proc/net/route": "Iface\tDestination\tGateway\nlo\t0000007F\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n",
    };
    should(reason()).match(/there is no route, and no other usable interface/);
  });

  it("finds a named interface that is absent", () => {
    const findings = interfaceFindings(examined(hostWith(), { iface: "eth7" }));
    should(one(findings, "interface-named")).containEql({ level: "fault" });
    should(one(findings, "interface-named").remedy).containEql("lo and eth0");
    should(levelOf(interfaceFindings(examined(hostWith(), { iface: "10.0.0.9" })), "interface-named")).equal("fault");
  });

  it("names the absent parts of a choice alone, in a sentence that is right for one and for several", () => {
    const fact = (iface: string) => one(interfaceFindings(examined(hostWith(), { iface })), "interface-named").fact;
    should(fact("eth0, 10.0.0.9")).equal("Missing, or without an address: 10.0.0.9.");
    should(fact("eth7, eth0, 10.0.0.9")).equal("Missing, or without an address: eth7 and 10.0.0.9.");
    should(fact("lo, 192.168.1.5")).equal("Available: lo and eth0 with the address 192.168.1.5.");
  });

  it("finds no usable interface for a family", () => {
    should(levelOf(interfaceFindings(examined(new TestSystem(), { group: "ff15::1" })), "interface-all")).equal("warning");
  });

  it("knows nothing where the interfaces are not listed", () => {
    const system = hostWith();
    system.networkInterfaces = () => {
      throw systemRefusal("EAFNOSUPPORT");
    };
    const [found, ...more] = interfaceFindings(examined(system));
    should(found).containEql({ id: "interfaces", level: "unknown" });
    should(more).be.empty();
  });
});
