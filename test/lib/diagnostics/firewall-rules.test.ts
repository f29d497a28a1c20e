import should from "should";
import { allOf, type Chain, follow, type Match, type Rule, type Verdict } from "../../../src/lib/diagnostics/firewall-rules";

const rule = (match: Match, kind: "accept" | "drop" | "return" | "continue" | "anything"): Rule => ({
  match,
  verdict: { kind },
  text: kind,
});
const to = (match: Match, kind: "jump" | "goto", chain: string): Rule => ({
  match,
  verdict: { kind, chain } satisfies Verdict,
  text: `${kind} ${chain}`,
});
const outcome = (policy: "accept" | "drop", rules: readonly Rule[], others: Readonly<Record<string, readonly Rule[]>> = {}): string => {
  const chains = new Map(Object.entries(others).map(([name, its]) => [name, { name, policy: undefined, rules: its }] as const));
  const base: Chain = { name: "input", policy, rules };
  const { accepts, drops } = follow(base, chains);
  return accepts && drops ? "depends" : accepts ? "accepts" : "drops";
};

describe("following a datagram through the rules of a firewall", () => {
  it("takes the first verdict, or the policy", () => {
    should(outcome("drop", [])).equal("drops");
    should(outcome("accept", [rule(false, "drop"), rule(true, "continue")])).equal("accepts");
    should(outcome("drop", [rule(true, "accept"), rule(true, "drop")])).equal("accepts");
    should(outcome("accept", [rule(true, "drop"), rule(true, "accept")])).equal("drops");
  });

  it("keeps both ways open after a condition that is not known", () => {
    should(outcome("drop", [rule(undefined, "accept")])).equal("depends");
    should(outcome("accept", [rule(undefined, "accept")])).equal("accepts");
    should(outcome("accept", [rule(undefined, "drop"), rule(true, "drop")])).equal("drops");
    should(outcome("accept", [rule(true, "anything")])).equal("depends");
  });

  it("jumps to chains and returns from them", () => {
    const chains = { a: [to(true, "jump", "b"), rule(true, "drop")], b: [rule(true, "return"), rule(true, "accept")] };
    should(outcome("accept", [to(true, "jump", "a")], chains)).equal("drops");
    should(outcome("accept", [to(true, "jump", "b")], chains)).equal("accepts");
    should(outcome("drop", [to(true, "goto", "b"), rule(true, "accept")], chains)).equal("drops");
    should(outcome("drop", [to(true, "jump", "b"), rule(true, "accept")], chains)).equal("accepts");
  });

  it("does not know where a chain is missing, and ends in a circle of chains", () => {
    should(outcome("accept", [to(true, "jump", "none")])).equal("depends");
    should(outcome("accept", [to(true, "jump", "a")], { a: [to(true, "jump", "a")] })).equal("depends");
  });

  it("names the rules that would drop the datagram", () => {
    const base: Chain = { name: "input", policy: "drop", rules: [rule(undefined, "drop")] };
    should(follow(base, new Map()).by).deepEqual(["chain input: drop", "chain input: policy drop"]);
  });
});

describe("allOf", () => {
  it("is false if one is false, else not known if one is not known", () => {
    should([allOf([]), allOf([true, undefined]), allOf([undefined, false])]).deepEqual([true, undefined, false]);
  });
});
