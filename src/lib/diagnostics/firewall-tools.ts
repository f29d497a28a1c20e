import type { System } from "../host/system";
import type { Probe } from "./firewall-rules";

/** The rules, as the firewall programs print them. */
export interface RuleTexts {
  readonly nft: string | undefined;
  readonly iptables: string | undefined;
  /** The reason why no rules could be read; undefined if some were read. */
  readonly refusal: string | undefined;
}

/** The program that manages the rules, whose commands change them. */
export type Manager = "ufw" | "firewalld" | "nft" | "iptables";

/** Finds the program that manages the rules; undefined if none does. */
export async function managerOf(system: System): Promise<Manager | undefined> {
  if (/^ENABLED=yes/m.test(system.readText("/etc/ufw/ufw.conf") ?? "")) return "ufw";
  const state = await system.run("firewall-cmd", ["--state"]);
  return state.kind === "done" && /running/.test(state.text) ? "firewalld" : undefined;
}

/** Reads the rules of nftables, and those of iptables for a family. */
export async function ruleTexts(system: System, family: Probe["family"]): Promise<RuleTexts> {
  const save = family === "IPv4" ? "iptables-save" : "ip6tables-save";
  const [nft, iptables] = await Promise.all([system.run("nft", ["-j", "list", "ruleset"]), system.run(save, ["-t", "filter"])]);
  const failed = [nft, iptables].find(({ kind }) => kind === "failed");
  const refusal = failed?.kind === "failed" ? failed.reason : "neither nft nor iptables is installed";
  const isRead = nft.kind === "done" || iptables.kind === "done";
  return {
    nft: nft.kind === "done" ? nft.text : undefined,
    iptables: iptables.kind === "done" ? iptables.text : undefined,
    refusal: isRead ? undefined : refusal,
  };
}
