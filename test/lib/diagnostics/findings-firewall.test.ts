import should from "should";
import { firewallFindings } from "../../../src/lib/diagnostics/findings-firewall";
import { examined, hostWith, levelOf, one } from "../../support/examined";

const NFT = "nft -j list ruleset";
const SAVE = "iptables-save -t filter";
const table = (policy: string) => `*filter\n:INPUT ${policy} [0:0]\nCOMMIT\n`;
const nft = (policy: string, family = "inet", name = "f") =>
  JSON.stringify({ nftables: [{ chain: { family, table: name, name: "input", type: "filter", hook: "input", policy } }] });

const levels = async (commands: ReturnType<typeof hostWith>["commands"], files = {}) => {
  const system = hostWith(files);
  system.commands = commands;
  const findings = await firewallFindings(examined(system));
  return `${levelOf(findings, "firewall")} ${levelOf(findings, "firewall-igmp")}`;
};

describe("the doctor on the firewall", () => {
  it("finds nothing wrong where the rules accept everything", async () => {
    should(await levels({ [NFT]: nft("accept") })).equal("ok ok");
    should(await levels({ [SAVE]: table("ACCEPT") })).equal("ok ok");
    should(await levels({ [NFT]: JSON.stringify({ nftables: [] }) })).equal("ok ok");
  });

  it("finds rules that drop, of nftables and of iptables", async () => {
    should(await levels({ [NFT]: nft("drop") })).equal("fault warning");
    should(await levels({ [SAVE]: table("DROP") })).equal("fault warning");
  });

  it("names the chain, and the command for the program in charge", async () => {
    const system = hostWith();
    system.commands = { [NFT]: nft("drop") };
    const found = one(await firewallFindings(examined(system)), "firewall");
    should(found.fact).match(/drops datagrams to 239\.255\.1\.1:5000 on eth0: table inet f, chain input: policy drop/);
    should(found.remedy).equal("nft insert rule inet f input udp dport 5000 accept");
    system.files = { ...system.files, "/etc/ufw/ufw.conf": "# a comment\nENABLED=yes\n" };
    should(one(await firewallFindings(examined(system)), "firewall").remedy).match(/^ufw allow in proto udp to 239\.255\.1\.1 port 5000/);
    system.files = {};
    system.commands = { ...system.commands, "firewall-cmd --state": "running\n" };
    should(one(await firewallFindings(examined(system)), "firewall").remedy).match(/^firewall-cmd --permanent --add-port=5000\/udp/);
  });

  it("takes the output of iptables for its rules in nftables", async () => {
    const inNft = JSON.stringify({
      nftables: [
        { chain: { family: "ip", table: "filter", name: "INPUT", type: "filter", hook: "input", policy: "drop" } },
        { rule: { family: "ip", table: "filter", chain: "INPUT", expr: [{ xt: null }, { accept: null }] } },
      ],
    });
    should(await levels({ [NFT]: inNft })).equal("unknown unknown");
    should(
      await levels({ [NFT]: inNft, [SAVE]: table("DROP").replace("COMMIT", "-A INPUT -m pkttype --pkt-type multicast -j ACCEPT\nCOMMIT") }),
    ).equal("ok ok");
  });

  it("does not know rules that depend on the sender", async () => {
    should(await levels({ [SAVE]: table("DROP").replace("COMMIT", "-A INPUT -s 192.168.1.0/24 -j ACCEPT\nCOMMIT") })).equal(
      "unknown unknown",
    );
  });

  it("does not know rules that only root may read, and names root in the remedy", async () => {
    const system = hostWith({ "/etc/ufw/ufw.conf": "ENABLED=yes" });
    system.commands = { [NFT]: { kind: "failed", reason: "Operation not permitted (you must be root)" } };
    const found = one(await firewallFindings(examined(system)), "firewall");
    should(found).containEql({ level: "unknown", remedy: "Needs root: sudo mcast doctor" });
    should(found.fact).match(/Operation not permitted.*ufw is on/);
  });

  it("does not know rules that were not printed in time, and does not ask for root", async () => {
    const system = hostWith();
    system.commands = { [NFT]: { kind: "failed", reason: "no result within 2 s" } };
    should(one(await firewallFindings(examined(system)), "firewall").remedy).equal("Run the doctor again when this host is less busy.");
  });

  it("ends the reason with one full stop, also where the system's own text has one", async () => {
    const system = hostWith();
    system.commands = { [NFT]: { kind: "failed", reason: "Access to this API has been restricted." } };
    const found = one(await firewallFindings(examined(system)), "firewall");
    should(found.fact).equal("The rules of the firewall could not be read: Access to this API has been restricted.");
  });

  it("does not know the rules where no program for them is installed, or on another system", async () => {
    should(await levels({})).equal("unknown unknown");
    const system = hostWith();
    system.platform = "win32";
    should(levelOf(await firewallFindings(examined(system)), "firewall")).equal("unknown");
  });
});
