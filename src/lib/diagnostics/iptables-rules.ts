import { matchesAddress } from "../address";
import { allOf, type Chain, type Match, type Probe, type Rule, type Verdict } from "./firewall-rules";

/**
 * Reads the output of iptables-save and ip6tables-save, the part of the filter table that concerns one datagram. Conditions that
 * depend on the sender, or that are unknown, stay undefined.
 */
export function readIptables(text: string, probe: Probe): ReadonlyMap<string, Chain> {
  const [, table = ""] = /^\*filter$(.*?)^COMMIT$/ms.exec(text) ?? [];
  const lines = table.split("\n");
  const policies = new Map(
    lines.flatMap((line) => {
      const [, name, policy = ""] = /^:(\S+) (\S+)/.exec(line) ?? [];
      return name === undefined ? [] : [[name, POLICIES[policy]] as const];
    }),
  );
  const rules = new Map<string, Rule[]>();
  for (const line of lines) {
    const [, name, spec] = /^-A (\S+) ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && spec !== undefined) rules.set(name, [...(rules.get(name) ?? []), ruleOf(spec, probe, policies)]);
  }
  return new Map([...policies].map(([name, policy]) => [name, { name, policy, rules: rules.get(name) ?? [] }]));
}

const POLICIES: Readonly<Record<string, "accept" | "drop">> = { ACCEPT: "accept", DROP: "drop" };

// Splits a rule into words. Text in quotes, such as a comment, is one word.
function wordsOf(spec: string): readonly string[] {
  return Array.from(spec.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? "");
}

/** Has the names of the chains. */
type Chains = Pick<ReadonlyMap<string, unknown>, "has">;

function ruleOf(spec: string, probe: Probe, chains: Chains): Rule {
  const words = wordsOf(spec);
  const matches: Match[] = [];
  let verdict: Verdict = { kind: "continue" };
  let isNot = false;
  for (let at = 0; at < words.length; at += 1) {
    const [word = "", value = ""] = words.slice(at, at + 2);
    if (word === "!") {
      isNot = true;
      continue;
    }
    if (word === "-j" || word === "-g") {
      verdict = verdictOf(word, value, chains);
      break; // the words behind are options of the target
    }
    const match = conditionOf(word, value, probe);
    if (match !== "none") matches.push(match === undefined ? undefined : match !== isNot);
    isNot = false;
    if (word.startsWith("-")) at += 1;
  }
  return { match: allOf(matches), verdict, text: spec };
}

function verdictOf(word: string, target: string, chains: Chains): Verdict {
  switch (target) {
    case "ACCEPT":
      return { kind: "accept" };
    case "DROP":
    case "REJECT":
      return { kind: "drop" };
    case "RETURN":
      return { kind: "return" };
    case "NFQUEUE":
      return { kind: "anything" };
  }
  // Other built-in targets decide nothing: LOG, MARK, CT, TRACE, …
  return chains.has(target) ? { kind: word === "-g" ? "goto" : "jump", chain: target } : { kind: "continue" };
}

function conditionOf(word: string, value: string, { protocol, port, group, interface: name }: Probe): Match | "none" {
  const items = value.split(",");
  switch (word) {
    case "-m":
    case "--comment":
      return "none";
    case "-p":
      return (
        value === "all" || value === protocol || value === PROTOCOL_NUMBERS[protocol] || (value === "icmpv6" && protocol === "ipv6-icmp")
      );
    case "-d":
      return matchesAddress(value, group);
    case "-i":
      return value.endsWith("+") ? name.startsWith(value.slice(0, -1)) : value === name;
    case "--dport":
    case "--dports":
      return port !== undefined && items.some((item) => isInRange(port, item));
    case "--state":
    case "--ctstate":
      // A datagram to a group never belongs to a known connection.
      return items.includes("NEW");
    case "--dst-type":
      return items.includes("MULTICAST");
    case "--pkt-type":
      return value === "multicast";
    case "--icmpv6-type":
      return value === "130" || value === "mld-listener-query";
  }
  return undefined;
}

const PROTOCOL_NUMBERS = { udp: "17", igmp: "2", "ipv6-icmp": "58" } as const;

function isInRange(port: number, item: string): boolean {
  const [first = "", last = first] = item.split(":");
  return port >= Number(first || 0) && port <= Number(last || 65535);
}
