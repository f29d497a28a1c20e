import should from "should";
import { follow, type Probe } from "../../../src/lib/diagnostics/firewall-rules";
import { readIptables } from "../../../src/lib/diagnostics/iptables-rules";

const UDP: Probe = { family: "IPv4", protocol: "udp", group: "239.255.1.1", port: 5000, interface: "eth0" };
const IGMP: Probe = { ...UDP, protocol: "igmp", group: "224.0.0.1", port: undefined };

const outcome = (rules: string, probe: Probe = UDP, policy = "DROP"): string => {
  const text = `# Generated\n*nat\n:INPUT DROP [0:0]\nCOMMIT\n*filter\n:INPUT ${policy} [0:0]\n:user - [0:0]\n${rules}\nCOMMIT\n`;
  const chains = readIptables(text, probe);
  const base = chains.get("INPUT");
  if (!base) throw new Error("no INPUT");
  const { accepts, drops } = follow(base, chains);
  return accepts && drops ? "depends" : accepts ? "accepts" : "drops";
};

describe("the rules of iptables", () => {
  it("have a policy", () => {
    should(outcome("")).equal("drops");
    should(outcome("", UDP, "ACCEPT")).equal("accepts");
  });

  for (const rule of [
    "-A INPUT -p udp -m udp --dport 5000 -j ACCEPT",
    "-A INPUT -p udp -m multiport --dports 1,4000:6000 -j ACCEPT",
    "-A INPUT -p 17 -j ACCEPT",
    "-A INPUT -d 239.0.0.0/8 -j ACCEPT",
    "-A INPUT -i eth+ ! -p tcp -j ACCEPT",
    "-A INPUT -m addrtype --dst-type MULTICAST -j ACCEPT",
    "-A INPUT -m pkttype --pkt-type multicast -j ACCEPT",
    "-A INPUT -m conntrack --ctstate NEW,RELATED -j ACCEPT",
    '-A INPUT -m comment --comment "the -p tcp \\" bus" -j ACCEPT',
    "-A INPUT -j user\n-A user -p udp -j ACCEPT",
    "-A INPUT -j LOG --log-prefix x\n-A INPUT -g user\n-A user -j ACCEPT",
  ]) {
    it(`accept by ${rule.replace("\n", "; ")}`, () => {
      should(outcome(rule)).equal("accepts");
    });
  }

  for (const rule of [
    "-A INPUT -p tcp -m tcp --dport 5000 -j ACCEPT",
    "-A INPUT -p udp -m udp --dport 5001 -j ACCEPT",
    "-A INPUT ! -i eth0 -j ACCEPT",
    "-A INPUT -i lo -j ACCEPT",
    "-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT",
    "-A INPUT -d 224.0.0.251/32 -j ACCEPT",
    "-A INPUT -j user\n-A user -j RETURN\n-A user -j ACCEPT",
    "-A INPUT -j REJECT --reject-with icmp-port-unreachable\n-A INPUT -j ACCEPT",
  ]) {
    it(`drop in spite of ${rule.replace("\n", "; ")}`, () => {
      should(outcome(rule)).equal("drops");
    });
  }

  for (const rule of [
    "-A INPUT -s 192.168.1.0/24 -j ACCEPT",
    "-A INPUT -m limit --limit 5/sec -j ACCEPT",
    "-A INPUT -j NFQUEUE --queue-num 1",
  ]) {
    it(`leave the effect of ${rule} open`, () => {
      should(outcome(rule)).equal("depends");
    });
  }

  it("jump to a chain of a user also if its name is in capitals", () => {
    should(outcome(":DROPS - [0:0]\n-A INPUT -j DROPS\n-A DROPS -j REJECT", UDP, "ACCEPT")).equal("drops");
    should(outcome(":DROPS - [0:0]\n-A INPUT -g DROPS\n-A DROPS -j RETURN", UDP, "ACCEPT")).equal("accepts");
    should(outcome("-A INPUT -j LOG --log-prefix DROPS", UDP, "ACCEPT")).equal("accepts");
  });

  it("decide on IGMP and MLD by their protocols", () => {
    should(outcome("-A INPUT -p igmp -j ACCEPT", IGMP)).equal("accepts");
    should(outcome("-A INPUT -p udp -m udp --dport 5000 -j ACCEPT", IGMP)).equal("drops");
    const mld: Probe = { family: "IPv6", protocol: "ipv6-icmp", group: "ff02::1", port: undefined, interface: "eth0" };
    should(outcome("-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 130 -j ACCEPT", mld)).equal("accepts");
    should(outcome("-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT", mld)).equal("drops");
  });
});
