import should from "should";
import { environmentFindings } from "../../../src/lib/diagnostics/findings-environment";
import { card, examined, hostWith, levelOf, one } from "../../support/examined";
import { ipv4, ipv6, TestSystem } from "../../support/test-system";

describe("the doctor on its environment", () => {
  it("finds nothing wrong on a host with a network", () => {
    const findings = environmentFindings(examined(hostWith()));
    should(findings.map(({ id, level }) => `${id} ${level}`)).deepEqual(["network ok", "container ok", "wsl ok", "virtual-machine ok"]);
  });

  it("finds that there is no network, also for the family of the group alone", () => {
    should(levelOf(environmentFindings(examined(new TestSystem())), "network")).equal("fault");
    should(levelOf(environmentFindings(examined(hostWith(), { group: "ff15::1" })), "network")).equal("fault");
  });

  it("finds the bridge network of a container", () => {
    const system = hostWith({ "/.dockerenv": "", ...card("eth0", { ifindex: "2", iflink: "9" }) });
    system.interfaces = { eth0: [ipv4("172.17.0.2/16")] };
    const found = one(environmentFindings(examined(system)), "container");
    should(found).containEql({ level: "fault", details: { interfaces: ["eth0"] } });
    should(found.fact).equal("This is a container. Its end of a bridge network seems to be eth0.");
    should(found.remedy).match(/--network host/);
  });

  it("finds a container that has the network of its host", () => {
    should(levelOf(environmentFindings(examined(hostWith({ "/.dockerenv": "" }))), "container")).equal("note");
  });

  it("finds the NAT mode of WSL 2, and not the mirrored mode", () => {
    const system = hostWith({ "/proc/version": "Linux version 5.15.167.4-microsoft-standard-WSL2" });
    should(levelOf(environmentFindings(examined(system)), "wsl")).equal("note");
    system.interfaces = { eth0: [ipv6("fd00::1/64"), ipv4("172.29.16.5/20")] };
    should(one(environmentFindings(examined(system)), "wsl")).containEql({
      level: "fault",
      fact: "This is WSL 2, and 172.29.16.5 looks like an address of NAT mode.",
    });
  });

  it("does not know about WSL where the version of the kernel can't be read", () => {
    const system = hostWith();
    const { "/proc/version": _version, ...files } = system.files;
    system.files = files;
    should(levelOf(environmentFindings(examined(system)), "wsl")).equal("unknown");
  });

  it("finds NAT of a virtual machine by its address, that of libvirt only in one", () => {
    const system = hostWith();
    system.interfaces = { enp0s3: [ipv4("10.0.2.15/24"), ipv6("fd00::1/64")] };
    should(levelOf(environmentFindings(examined(system)), "virtual-machine")).equal("warning");
    system.interfaces = { enp0s3: [ipv6("fd00::1/64"), ipv4("10.0.2.15/24")], enp0s8: [ipv4("10.0.2.16/24")] };
    should(one(environmentFindings(examined(system)), "virtual-machine").fact).equal(
      "Addresses of virtual machines behind NAT: enp0s3 (10.0.2.15/24) and enp0s8 (10.0.2.16/24).",
    );
    system.interfaces = { enp0s3: [ipv4("10.0.2.1/24")], eth1: [ipv4("192.168.122.7/24")] };
    should(levelOf(environmentFindings(examined(system)), "virtual-machine")).equal("ok");
    system.files = { ...system.files, "/sys/class/dmi/id/sys_vendor": "QEMU\n" };
    should(levelOf(environmentFindings(examined(system)), "virtual-machine")).equal("warning");
    system.interfaces = { eth0: [ipv4("192.168.1.5/24")] };
    should(levelOf(environmentFindings(examined(system)), "virtual-machine")).equal("note");
  });

  it("guesses nothing on another system", () => {
    const system = hostWith();
    system.platform = "darwin";
    const findings = environmentFindings(examined(system));
    should(findings.map(({ id, level }) => `${id} ${level}`)).deepEqual(["network ok", "container unknown", "virtual-machine unknown"]);
  });
});
