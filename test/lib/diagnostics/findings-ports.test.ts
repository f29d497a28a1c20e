import should from "should";
import { portFindings } from "../../../src/lib/diagnostics/findings-ports";
import { examined, hostWith, levelOf, one } from "../../support/examined";
import { freePort } from "../../support/loopback";
import { ipv4, TestSystem } from "../../support/test-system";

// Of a socket on 0.0.0.0:5000 with inode 701.
const line = (drops: number, queue = "00000000") =>
  `  sl  local_address\n  77: 00000000:1388 00000000:0000 07 00000000:${queue} 00:00000000 00000000   113        0 701 2 0000000000000000 ${drops}\n`;
const lo = (files: Readonly<Record<string, string>>) => {
  const system = new TestSystem({ lo: [ipv4("127.0.0.1/8", true)] });
  system.files = files;
  return system;
};

describe("the doctor on the port", () => {
  it("finds nothing wrong with a free port", async () => {
    const findings = portFindings(examined(lo({ "/proc/net/udp": "" }), { port: await freePort() }));
    should(findings.map(({ id, level }) => `${id} ${level}`)).deepEqual(["port-holder ok", "receive-queue ok"]);
  });

  it("finds a program that does not share it, and names the program", () => {
    const system = lo({ "/proc/net/udp": line(0), "/proc/42/comm": "avahi-daemon\n" });
    system.links = { "/proc/42/fd/7": "socket:[701]" };
    system.refuse = () => "EADDRINUSE";
    const found = one(portFindings(examined(system)), "port-holder");
    should(found.level).equal("fault");
    should(found.fact).match(/avahi-daemon \(pid 42, 0\.0\.0\.0:5000\)/);
    should(found.remedy).not.match(/as root/);
  });

  it("names root, who could see the program", () => {
    const system = lo({ "/proc/net/udp": line(0) });
    system.refuse = () => "EADDRINUSE";
    const found = one(portFindings(examined(system)), "port-holder");
    should(found.fact).match(/a program of user 113/);
    should(found.remedy).match(/run the doctor as root/);
  });

  it("finds a port that the system refuses", () => {
    const system = lo({ "/proc/net/udp": "" });
    system.refuse = () => "EACCES";
    should(levelOf(portFindings(examined(system)), "port-holder")).equal("fault");
  });

  it("finds datagrams that wait, and those that were lost", async () => {
    should(one(portFindings(examined(lo({ "/proc/net/udp": line(0, "00000300") }))), "receive-queue")).containEql({ level: "note" });
    const lost = one(portFindings(examined(lo({ "/proc/net/udp": line(38) }))), "receive-queue");
    should(lost.level).equal("warning");
    should(lost.fact).match(/^Datagrams were lost on port 5000 since its sockets were opened: 38 by /);
  });

  it("does not know queues and losses on another system", () => {
    const system = hostWith();
    system.platform = "darwin";
    should(levelOf(portFindings(examined(system)), "receive-queue")).equal("unknown");
  });
});
