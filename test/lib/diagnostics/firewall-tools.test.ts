import should from "should";
import { managerOf, ruleTexts } from "../../../src/lib/diagnostics/firewall-tools";
import { TestSystem } from "../../support/test-system";

describe("the programs of the firewall", () => {
  it("print their rules, those of iptables for the family", async () => {
    const system = new TestSystem();
    system.commands = { "nft -j list ruleset": "{}", "ip6tables-save -t filter": "six" };
    should(await ruleTexts(system, "IPv6")).deepEqual({ nft: "{}", iptables: "six", refusal: undefined });
    should(await ruleTexts(system, "IPv4")).deepEqual({ nft: "{}", iptables: undefined, refusal: undefined });
  });

  it("report the reason if they print nothing", async () => {
    const system = new TestSystem();
    should((await ruleTexts(system, "IPv4")).refusal).equal("neither nft nor iptables is installed");
    system.commands = { "iptables-save -t filter": { kind: "failed", reason: "you must be root" } };
    should((await ruleTexts(system, "IPv4")).refusal).equal("you must be root");
  });

  it("are managed by ufw, by firewalld or by no program", async () => {
    const system = new TestSystem();
    should(await managerOf(system)).be.undefined();
    system.commands = { "firewall-cmd --state": "running\n" };
    should(await managerOf(system)).equal("firewalld");
    system.files = { "/etc/ufw/ufw.conf": "ENABLED=yes\n" };
    should(await managerOf(system)).equal("ufw");
  });
});
