import { allOf, type Chain, type Match, type Probe, type Rule, type Verdict } from "./firewall-rules";
import { isRecord, listOf, matchExpression, matchValue } from "./nft-match";
import { ruleText } from "./nft-text";

/** A table of nftables, the part that concerns one datagram: its base chains for input, and all chains by name. */
export interface NftTable {
  readonly name: string;
  readonly bases: readonly Chain[];
  readonly chains: ReadonlyMap<string, Chain>;
}

const FAMILIES = { IPv4: ["ip", "inet"], IPv6: ["ip6", "inet"] } as const;
const HOOKS = new Set(["prerouting", "input"]);

/**
 * Reads the output of `nft -j list ruleset` (libnftables-json(5)), the part that concerns one datagram; undefined for other text.
 * Conditions that depend on the sender, or that are unknown, stay undefined.
 */
export function readNft(text: string, probe: Probe): readonly NftTable[] | undefined {
  const objects = objectsIn(text);
  if (!objects) return undefined;
  const families: readonly unknown[] = FAMILIES[probe.family];
  const of = (kind: string) =>
    objects.flatMap((each) => (isRecord(each[kind]) && families.includes(each[kind].family) ? [each[kind]] : []));
  const sets = new Map(of("set").map((set) => [`${set.family} ${set.table} @${set.name}`, listOf(set.elem)]));
  const tables = [...new Set(of("chain").map((chain) => `${chain.family} ${chain.table}`))];
  return tables.map((name) => {
    const rules = of("rule").filter((rule) => `${rule.family} ${rule.table}` === name);
    const setNamed = (set: string) => sets.get(`${name} ${set}`);
    const inTable = of("chain").filter((chain) => `${chain.family} ${chain.table}` === name);
    const chains = inTable.map((chain) => ({
      hook: `${chain.type} ${chain.hook}`,
      chain: {
        name: `${chain.name}`,
        policy: policyOf(chain),
        rules: rules.filter((rule) => rule.chain === chain.name).map((rule) => ruleOf(rule, probe, setNamed)),
      },
    }));
    return {
      name,
      bases: chains.filter(({ hook }) => [...HOOKS].some((each) => hook === `filter ${each}`)).map(({ chain }) => chain),
      chains: new Map(chains.map(({ chain }) => [chain.name, chain])),
    };
  });
}

type SetNamed = (name: string) => readonly unknown[] | undefined;

function objectsIn(text: string): readonly Readonly<Record<string, unknown>>[] | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return isRecord(read) && Array.isArray(read.nftables) ? read.nftables.filter(isRecord) : undefined;
  } catch {
    return undefined;
  }
}

function policyOf({ hook, policy }: Readonly<Record<string, unknown>>): "accept" | "drop" | undefined {
  if (hook === undefined) return undefined;
  return policy === "drop" ? "drop" : "accept";
}

function ruleOf(rule: Readonly<Record<string, unknown>>, probe: Probe, setNamed: SetNamed): Rule {
  const expressions = listOf(rule.expr).filter(isRecord);
  const matches: Match[] = [];
  let verdict: Verdict = { kind: "continue" };
  for (const expression of expressions) {
    const [[kind, value] = ["", undefined]] = Object.entries(expression);
    if (kind === "match") matches.push(matchExpression(value, probe, setNamed));
    else if (kind === "limit" || kind === "xt" || kind === "quota" || kind === "ct count") matches.push(undefined);
    else if (kind === "vmap") verdict = mapped(value, probe);
    else verdict = verdictOf(kind, value) ?? verdict;
  }
  const comment = typeof rule.comment === "string" ? ` (${rule.comment})` : "";
  return { match: allOf(matches), verdict, text: `${ruleText(expressions)}${comment}` };
}

function verdictOf(kind: string, value: unknown): Verdict | undefined {
  switch (kind) {
    case "accept":
    case "drop":
    case "return":
    case "continue":
      return { kind };
    case "reject":
      return { kind: "drop" };
    case "queue":
      return { kind: "anything" };
    case "jump":
    case "goto":
      return isRecord(value) && typeof value.target === "string" ? { kind, chain: value.target } : { kind: "anything" };
  }
  return undefined; // counter, log, meta, … decide nothing
}

// A verdict map: `ct state vmap { established : accept, new : jump inbound }`.
function mapped(value: unknown, probe: Probe): Verdict {
  if (!isRecord(value) || !isRecord(value.data)) return { kind: "anything" };
  for (const pair of listOf(value.data.set)) {
    const [key, verdict]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    const match = matchValue(value.key, key, probe);
    if (match === undefined) return { kind: "anything" };
    if (match && isRecord(verdict)) return Object.entries(verdict).map(([kind, its]) => verdictOf(kind, its))[0] ?? { kind: "anything" };
  }
  return { kind: "continue" };
}
