import { formatEndpoint } from "../address";
import type { Examination } from "./examination";
import { type Finding, type FindingId, finding, inWords, unknownFinding } from "./finding";
import { follow, type Outcome, type Probe } from "./firewall-rules";
import { type Manager, managerOf, type RuleTexts, ruleTexts } from "./firewall-tools";
import { readIptables } from "./iptables-rules";
import { readNft } from "./nft-rules";

/** Examines the rules of the firewall for incoming datagrams to the group, and for the questions of an IGMP or MLD querier. */
export async function firewallFindings(examination: Examination): Promise<readonly Finding[]> {
  const { hasProcTables, network, group, tested } = examination;
  const { system } = network;
  if (!hasProcTables) return elsewhere(system.platform);
  const texts = await ruleTexts(system, group.family);
  if (texts.refusal !== undefined) return unreadable(texts.refusal, await managerOf(system));
  const probes = tested.filter(({ internal }) => !internal).map(({ name }) => probesOn(name, examination));
  if (probes.length === 0)
    return [
      finding("firewall", "ok", { fact: "No interface of a network is tested." }),
      finding("firewall-igmp", "ok", { fact: "No interface of a network is tested." }),
    ];
  const manager = await managerOf(system);
  return [
    datagrams(
      examination,
      probes.map(({ datagram }) => ({ probe: datagram, outcome: outcomeOf(texts, datagram) })),
      manager,
    ),
    queries(
      probes.map(({ query }) => ({ probe: query, outcome: outcomeOf(texts, query) })),
      manager,
    ),
  ];
}

function elsewhere(platform: NodeJS.Platform): readonly Finding[] {
  const remedies: Partial<Record<NodeJS.Platform, string>> = {
    win32: "Look at the rules for Node.js: Get-NetFirewallApplicationFilter -Program *node.exe | Get-NetFirewallRule",
    darwin: "Look at System Settings > Network > Firewall, and at Privacy & Security > Local Network.",
  };
  const remedy = remedies[platform] ?? "Look at the rules of the firewall of this system.";
  return [
    unknownFinding("firewall", `Unknown on ${platform}: the rules of the firewall.`, remedy),
    unknownFinding("firewall-igmp", `Unknown on ${platform}: rules for IGMP.`, remedy),
  ];
}

function unreadable(reason: string, manager: Manager | undefined): readonly Finding[] {
  const fact = `The rules of the firewall could not be read: ${reason.replace(/\.$/, "")}.${manager ? ` ${manager} is on.` : ""}`;
  const remedy = remedyOf(reason);
  return (["firewall", "firewall-igmp"] as const).map((id) => unknownFinding(id, fact, remedy, { manager: manager ?? null }));
}

function remedyOf(reason: string): string {
  if (reason.includes("installed")) return "Install nftables and run the doctor as root.";
  if (reason.startsWith("no result")) return "Run the doctor again when this host is less busy.";
  return "Needs root: sudo mcast doctor";
}

function probesOn(name: string, { group, port }: Examination): { readonly datagram: Probe; readonly query: Probe } {
  const { family } = group;
  const query =
    family === "IPv4" ? ({ protocol: "igmp", group: "224.0.0.1" } as const) : ({ protocol: "ipv6-icmp", group: "ff02::1" } as const);
  return {
    datagram: { family, protocol: "udp", group: group.address, port, interface: name },
    query: { family, ...query, port: undefined, interface: name },
  };
}

// Returns the outcome for a datagram, which must pass every base chain. For rules of iptables that nft cannot print, the output of
// iptables is used.
function outcomeOf({ nft, iptables }: RuleTexts, probe: Probe): Outcome {
  const filter = iptables === undefined ? undefined : readIptables(iptables, probe);
  const input = filter?.get("INPUT");
  const tables = (nft === undefined ? undefined : readNft(nft, probe)) ?? [];
  const own = tables.filter(({ name }) => !(input && /^ip6? filter$/.test(name)));
  const outcomes = [
    ...own.flatMap(({ name, bases, chains }) => bases.map((base) => labelled(name, follow(base, chains)))),
    ...(input && filter ? [labelled("iptables filter", follow(input, filter))] : []),
  ];
  return {
    accepts: outcomes.every(({ accepts }) => accepts),
    drops: outcomes.some(({ drops }) => drops),
    by: outcomes.flatMap(({ by }) => by),
  };
}

function labelled(table: string, { accepts, drops, by }: Outcome): Outcome {
  return { accepts, drops, by: by.map((rule) => `table ${table}, ${rule}`) };
}

interface Tried {
  readonly probe: Probe;
  readonly outcome: Outcome;
}

function datagrams({ group, port }: Examination, tried: readonly Tried[], manager: Manager | undefined): Finding {
  const to = formatEndpoint(group.address, port);
  const commands = {
    ufw: `ufw allow in proto udp to ${group.address} port ${port}`,
    firewalld: `firewall-cmd --permanent --add-port=${port}/udp && firewall-cmd --reload`,
    nft: `nft insert rule TABLE CHAIN udp dport ${port} accept`,
    iptables: `${group.family === "IPv4" ? "iptables" : "ip6tables"} -I INPUT -p udp --dport ${port} -j ACCEPT`,
  };
  return judged(
    "firewall",
    { what: `datagrams to ${to}`, level: "fault", why: "No program receives them, and no error is reported.", commands },
    tried,
    manager,
  );
}

function queries(tried: readonly Tried[], manager: Manager | undefined): Finding {
  const isIgmp = tried[0]?.probe.protocol === "igmp";
  const protocol = isIgmp ? "igmp" : "ipv6-icmp";
  const commands = {
    ufw: `Add -A ufw-before-input -p ${protocol} -j ACCEPT to /etc/ufw/before.rules, then ufw reload`,
    firewalld: `firewall-cmd --permanent --add-protocol=${protocol} && firewall-cmd --reload`,
    nft: `nft insert rule TABLE CHAIN meta l4proto ${protocol} accept`,
    iptables: `${isIgmp ? "iptables" : "ip6tables"} -I INPUT -p ${protocol} -j ACCEPT`,
  };
  const why =
    "This host does not reply to the querier, so that switches forget after some minutes that it listens. A refresh every 120 s helps against that.";
  return judged(
    "firewall-igmp",
    { what: `the questions of a querier (${isIgmp ? "IGMP" : "MLD"})`, level: "warning", why, commands },
    tried,
    manager,
  );
}

interface Judgement {
  readonly what: string;
  readonly level: "warning" | "fault";
  readonly why: string;
  readonly commands: Readonly<Record<Manager, string>>;
}

function judged(id: FindingId, { what, level, why, commands }: Judgement, tried: readonly Tried[], manager: Manager | undefined): Finding {
  const dropping = tried.filter(({ outcome }) => outcome.drops && !outcome.accepts);
  const unclear = tried.filter(({ outcome }) => outcome.drops && outcome.accepts);
  const [first] = dropping.length > 0 ? dropping : unclear;
  if (!first) return finding(id, "ok", { fact: `The firewall accepts ${what}.` });
  const rule = first.outcome.by[0] ?? "";
  const details = {
    rules: first.outcome.by,
    interfaces: (dropping.length > 0 ? dropping : unclear).map(({ probe }) => probe.interface),
    manager: manager ?? null,
  };
  const [, family = "", table = "", chain = ""] = /^table (\S+) (\S+), chain (\S+):/.exec(rule) ?? [];
  const command = manager
    ? commands[manager]
    : family === "iptables"
      ? commands.iptables
      : commands.nft.replace("TABLE CHAIN", `${family} ${table} ${chain}`);
  if (dropping.length > 0)
    return finding(id, level, {
      fact: `The firewall drops ${what} on ${inWords(details.interfaces)}: ${rule}.`,
      why,
      remedy: command,
      details,
    });
  return finding(id, "unknown", {
    fact: `The firewall accepts ${what} on some conditions: ${rule} may drop them.`,
    why: "Rules about the sender, or that the doctor does not know, decide.",
    remedy: `Look at the rules (nft list ruleset). To accept all of them: ${command}`,
    details,
  });
}
