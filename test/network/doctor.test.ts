import { resolve } from "node:path";
import should from "should";
import type { Finding, FindingId } from "../../src/lib/diagnostics/finding";
import { SCRIPT } from "../support/command";
import { one } from "../support/examined";
import { describeLab, type HostName, type Lab } from "./lab";

const GROUP = "239.255.1.1";
const PORT = 5000;

describeLab("the doctor on a host of the lab", (lab) => {
  const about = (...words: readonly string[]) => diagnose(lab, "a", ...words);
  const level = (id: FindingId, ...words: readonly string[]) => one(about(...words), id).level;

  it("finds no fault and no warning on a host without a problem", () => {
    const findings = about();
    const bad = findings.filter((each) => !["ok", "note"].includes(each.level) && !MACHINES.includes(each.id));
    should(bad).be.empty();
    should(findings.filter(({ id }) => id === "self-test").map(({ level: its }) => its)).deepEqual(["ok", "ok"]);
    should(one(findings, "interface-default").fact).match(/`default` is eth0 .* gateway/);
  });

  it("finds that there is no network", () => {
    lab.on("a", "ip link set eth0 down; ip link set eth1 down");
    should(level("network")).equal("fault");
  });

  it("finds that no route selects an interface", () => {
    lab.on("a", "ip route del default");
    should(level("interface-default")).equal("warning");
  });

  it("finds a named interface that is down, and one that is absent", () => {
    lab.on("a", "ip link set eth1 down");
    should(level("interface-named", "-i", "eth1")).equal("fault");
    should(level("carrier", "-i", "eth1")).equal("fault");
    should(level("interface-named", "-i", "eth7")).equal("fault");
  });

  it("finds an interface without a cable", () => {
    lab.on("switch", "ip link set a-eth1 down");
    const found = one(about(), "carrier");
    should(found).containEql({ level: "note", fact: "eth1 is up, but has no carrier." });
  });

  it("finds an interface without the flag MULTICAST", () => {
    lab.on("a", "ip link set eth1 multicast off");
    should(one(about(), "multicast-flag")).containEql({ level: "warning", details: { interfaces: ["eth1"] } });
  });

  it("finds two interfaces on one network", () => {
    lab.plug("a", "eth2", 1);
    should(one(about(), "one-link")).containEql({ level: "note", fact: "eth0 and eth2 are on one network." });
  });

  it("finds a strict reverse path filter", () => {
    lab.on("a", "sysctl -qw net.ipv4.conf.eth1.rp_filter=1");
    should(one(about(), "reverse-path-filter")).containEql({ level: "warning", details: { interfaces: ["eth1"] } });
    lab.on("a", "sysctl -qw net.ipv4.conf.all.rp_filter=2");
    should(level("reverse-path-filter")).equal("ok");
  });

  it("finds that no membership is allowed, and the self-test names the half that failed", () => {
    lab.on("a", "sysctl -qw net.ipv4.igmp_max_memberships=0");
    const findings = about("-i", "eth0");
    should(one(findings, "membership-limit").level).equal("fault");
    should(one(findings, "self-test")).containEql({ level: "fault" });
    should(one(findings, "self-test").details.outcome).containEql({ kind: "not-joined" });
  });

  it("finds a forced version of IGMP", () => {
    lab.on("a", "sysctl -qw net.ipv4.conf.eth0.force_igmp_version=2");
    should(level("igmp-version")).equal("warning");
  });

  it("finds an old querier, but not one of IGMPv3", async () => {
    const listening = await lab.start(
      "a",
      [process.execPath, resolve(SCRIPT), "recv", "-g", GROUP, "-i", "eth0", "--daemon", "-v"],
      /joined/,
    );
    lab.on("switch", "ip link set lan1 type bridge mcast_snooping 1 mcast_igmp_version 2 mcast_querier 1");
    untilTrue(lab, "a", "grep -q 'eth0 .* V2' /proc/net/igmp");
    should(one(about(), "old-querier")).containEql({ level: "note", details: { interfaces: ["eth0"] } });
    await listening.end();
  });

  it("finds a bridge that snoops without a querier, and none that is its own querier", () => {
    lab.on("switch", "ip link set lan1 type bridge mcast_snooping 1 mcast_querier 0; ip addr add 10.1.0.254/24 dev lan1");
    should(one(diagnose(lab, "switch"), "bridge-querier")).containEql({ level: "warning", details: { bridges: ["lan1"] } });
    lab.on("switch", "ip link set lan1 type bridge mcast_querier 1");
    should(one(diagnose(lab, "switch"), "bridge-querier").level).equal("ok");
  });

  it("finds a firewall that drops, and the self-test receives nothing; the remedy repairs both", () => {
    lab.on(
      "a",
      "nft add table inet f; nft 'add chain inet f in { type filter hook input priority 0; policy drop; }'; nft add rule inet f in iifname lo accept",
    );
    const before = about("-i", "eth0");
    should(one(before, "firewall").level).equal("fault");
    should(one(before, "firewall-igmp").level).equal("warning");
    should(one(before, "self-test").details.outcome).deepEqual({ kind: "not-heard" });
    lab.on("a", `${one(before, "firewall").remedy}; ${one(before, "firewall-igmp").remedy}`);
    const after = about("-i", "eth0");
    should([one(after, "firewall"), one(after, "firewall-igmp"), one(after, "self-test")].map((each) => each.level)).deepEqual([
      "ok",
      "ok",
      "ok",
    ]);
  });

  it("reports to a program that uses the library too that the firewall drops: its process lives until the findings are there", () => {
    lab.on("a", "nft add table inet f; nft 'add chain inet f in { type filter hook input priority 0; policy drop; }'");
    const program = `require("${resolve("dist/lib")}").diagnose({ group: "${GROUP}", port: ${PORT}, iface: "eth0" })
      .then((findings) => findings.forEach((each) => console.log(JSON.stringify(each))))`;
    const findings = parse(lab.on("a", `${process.execPath} -e '${program}'`));
    should(one(findings, "self-test").details.outcome).deepEqual({ kind: "not-heard" });
  });

  it("finds that sending fails where the firewall drops outgoing datagrams", () => {
    lab.on("a", "nft add table inet f; nft 'add chain inet f out { type filter hook output priority 0; policy drop; }'");
    should(one(about("-i", "eth0"), "self-test").details.outcome).containEql({ kind: "not-sent" });
  });

  it("does not know the firewall without root", () => {
    const printed = lab.on("a", `setpriv --bounding-set=-all --inh-caps=-all ${command("-i", "eth0")} || true`);
    should(one(parse(printed), "firewall")).containEql({ level: "unknown", remedy: "Needs root: sudo mcast doctor" });
  });

  it("finds a program that does not share the port, and names it", async () => {
    await lab.start("a", perl("bind S, sockaddr_in(5000, INADDR_ANY)"), /ready/);
    const found = one(about(), "port-holder");
    should(found.level).equal("fault");
    should(found.fact).match(/perl \(pid \d+, 0\.0\.0\.0:5000\)/);
  });

  it("finds datagrams that wait, and those that were lost", async () => {
    const open =
      "setsockopt S, SOL_SOCKET, SO_REUSEADDR, 1; setsockopt S, SOL_SOCKET, SO_RCVBUF, 2048; bind S, sockaddr_in(5000, INADDR_ANY)";
    await lab.start("a", perl(open), /ready/);
    lab.sayTo("a", "127.0.0.1", PORT, "one");
    should(level("receive-queue")).equal("note");
    for (let count = 0; count < 20; count += 1) lab.sayTo("a", "127.0.0.1", PORT, "many");
    should(one(about(), "receive-queue").fact).match(/^Datagrams were lost on port 5000 since its sockets were opened: \d+ by perl/);
  });

  it("finds the programs that have joined the group, and that none has", async () => {
    should(level("membership")).equal("note");
    await lab.start("a", [process.execPath, resolve(SCRIPT), "recv", "-g", GROUP, "-i", "eth1", "--daemon", "-v"], /joined/);
    should(one(about(), "membership")).containEql({ level: "ok", fact: `${GROUP} is joined on eth1 (1 socket).` });
  });
});

// Findings that depend on the machine under the lab.
const MACHINES: readonly FindingId[] = ["container", "virtual-machine", "wsl", "receive-buffer"];

function command(...words: readonly string[]): string {
  return [process.execPath, resolve(SCRIPT), "doctor", "--json", "-g", GROUP, "-p", String(PORT), ...words].join(" ");
}

function diagnose(lab: Lab, host: HostName, ...words: readonly string[]): readonly Finding[] {
  return parse(lab.on(host, `${command(...words)} || true`));
}

function parse(printed: string): readonly Finding[] {
  return printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function untilTrue(lab: Lab, host: HostName, test: string): void {
  lab.on(host, `for try in $(seq 100); do ${test} && exit 0; sleep 0.05; done; exit 1`);
}

function perl(open: string): readonly string[] {
  return ["perl", "-MSocket", "-e", `socket S, AF_INET, SOCK_DGRAM, 17; ${open} or die; print STDERR "ready\\n"; sleep 100`];
}
