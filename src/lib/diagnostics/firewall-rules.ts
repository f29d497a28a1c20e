/** A datagram for which the rules of a firewall are examined. Its sender is unknown. */
export interface Probe {
  readonly family: "IPv4" | "IPv6";
  readonly protocol: "udp" | "igmp" | "ipv6-icmp";
  /** The group of the datagram. */
  readonly group: string;
  /** The port; undefined for a protocol without ports. */
  readonly port: number | undefined;
  readonly interface: string;
}

/** The result of a condition: true, false, or undefined if it depends on unknown facts. */
export type Match = boolean | undefined;

/** The effect of a rule on a matching datagram. `anything` is a verdict that this program does not understand. */
export type Verdict =
  | { readonly kind: "accept" | "drop" | "return" | "continue" | "anything" }
  | { readonly kind: "jump" | "goto"; readonly chain: string };

export interface Rule {
  readonly match: Match;
  readonly verdict: Verdict;
  /** The rule as it is written, for people. */
  readonly text: string;
}

export interface Chain {
  readonly name: string;
  /** The verdict on a datagram that no rule decided; undefined for a chain that others jump to. */
  readonly policy: "accept" | "drop" | undefined;
  readonly rules: readonly Rule[];
}

/** The possible results for a datagram in a chain, and the rules that would drop it. */
export interface Outcome {
  readonly accepts: boolean;
  readonly drops: boolean;
  readonly by: readonly string[];
}

interface Walked extends Outcome {
  /** True if the datagram may leave the chain undecided. */
  readonly passes: boolean;
}

// The most levels of jumps. Rule sets do not nest deeper (NFT_JUMP_STACK_SIZE is 16); a loop of jumps ends here too.
const DEEPEST = 16;

/**
 * Follows a datagram through a base chain and the chains that it jumps to. After an unknown condition both paths are possible. The
 * outcome is certain if only one of `accepts` and `drops` is true.
 */
export function follow(base: Chain, chains: ReadonlyMap<string, Chain>): Outcome {
  const { accepts, drops, passes, by } = walk(base, chains, 0);
  const isPolicyDrop = passes && base.policy === "drop";
  return {
    accepts: accepts || (passes && !isPolicyDrop),
    drops: drops || isPolicyDrop,
    by: isPolicyDrop ? [...by, `chain ${base.name}: policy drop`] : by,
  };
}

/** Combines conditions that must all hold: false if one is false, else undefined if one is unknown. */
export function allOf(matches: readonly Match[]): Match {
  if (matches.includes(false)) return false;
  return matches.includes(undefined) ? undefined : true;
}

function walk(chain: Chain, chains: ReadonlyMap<string, Chain>, depth: number): Walked {
  let accepts = false;
  let drops = false;
  let returns = false;
  const by: string[] = [];
  for (const rule of chain.rules) {
    if (rule.match === false) continue;
    const done = outcomeOf(rule, chain, chains, depth);
    accepts ||= done.accepts;
    drops ||= done.drops;
    by.push(...done.by);
    returns ||= rule.verdict.kind === "return" || (rule.verdict.kind === "goto" && done.passes);
    const goesOn = done.passes && rule.verdict.kind !== "return" && rule.verdict.kind !== "goto";
    if (rule.match === true && !goesOn) return { accepts, drops, by, passes: returns };
  }
  return { accepts, drops, by, passes: true };
}

function outcomeOf({ verdict, text }: Rule, { name }: Chain, chains: ReadonlyMap<string, Chain>, depth: number): Walked {
  switch (verdict.kind) {
    case "accept":
      return { accepts: true, drops: false, passes: false, by: [] };
    case "drop":
      return { accepts: false, drops: true, passes: false, by: [`chain ${name}: ${text}`] };
    case "return":
    case "continue":
      return { accepts: false, drops: false, passes: true, by: [] };
    case "anything":
      return { accepts: true, drops: true, passes: true, by: [`chain ${name}: ${text}`] };
    case "jump":
    case "goto": {
      const target = chains.get(verdict.chain);
      if (!target || depth >= DEEPEST) return { accepts: true, drops: true, passes: true, by: [`chain ${name}: ${text}`] };
      return walk(target, chains, depth + 1);
    }
  }
}
