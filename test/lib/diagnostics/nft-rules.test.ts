import should from "should";
import { follow, type Probe } from "../../../src/lib/diagnostics/firewall-rules";
import { readNft } from "../../../src/lib/diagnostics/nft-rules";

const PROBE: Probe = { family: "IPv4", protocol: "udp", group: "239.255.1.1", port: 5000, interface: "eth0" };
const chain = (name: string, more: object = {}, family = "inet") => ({ chain: { family, table: "t", name, ...more } });
const base = (policy: string, hook = "input", type = "filter") => chain("in", { type, hook, prio: 0, policy });
const rule = (name: string, ...expr: readonly object[]) => ({ rule: { family: "inet", table: "t", chain: name, expr } });
const port = (value: unknown) => ({ match: { op: "==", left: { payload: { protocol: "udp", field: "dport" } }, right: value } });

const outcome = (...objects: readonly object[]): string => {
  const tables = readNft(JSON.stringify({ nftables: [{ metainfo: {} }, ...objects] }), PROBE) ?? [];
  const outcomes = tables.flatMap(({ bases, chains }) => bases.map((each) => follow(each, chains)));
  if (outcomes.some(({ accepts, drops }) => drops && !accepts)) return "drops";
  return outcomes.some(({ drops }) => drops) ? "depends" : "accepts";
};

describe("the rules of nftables", () => {
  it("have a policy", () => {
    should(outcome(base("drop"))).equal("drops");
    should(outcome(base("accept"))).equal("accepts");
    should(outcome()).equal("accepts");
  });

  it("count on the way in only, and for the family of the group", () => {
    should(outcome(base("drop", "output"))).equal("accepts");
    should(outcome(base("drop", "prerouting"))).equal("drops");
    should(outcome(base("drop", "prerouting", "nat"))).equal("accepts");
    should(outcome(chain("in", { type: "filter", hook: "input", policy: "drop" }, "ip6"))).equal("accepts");
  });

  it("decide by their conditions and verdicts", () => {
    should(outcome(base("drop"), rule("in", port(5000), { counter: {} }, { accept: null }))).equal("accepts");
    should(outcome(base("drop"), rule("in", port(5001), { accept: null }))).equal("drops");
    should(outcome(base("accept"), rule("in", { log: {} }, { reject: {} }))).equal("drops");
    should(outcome(base("accept"), rule("in", { queue: {} }))).equal("depends");
    should(outcome(base("drop"), rule("in", { limit: { rate: 5 } }, { accept: null }))).equal("depends");
  });

  it("jump to other chains, and look into sets", () => {
    const set = { set: { family: "inet", table: "t", name: "ports", elem: [{ range: [1, 5000] }] } };
    should(
      outcome(set, base("drop"), chain("more"), rule("in", { jump: { target: "more" } }), rule("more", port("@ports"), { accept: null })),
    ).equal("accepts");
  });

  it("decide by verdict maps", () => {
    const map = (state: string) => ({
      vmap: {
        key: { ct: { key: "state" } },
        data: {
          set: [
            ["established", { accept: null }],
            [state, { drop: null }],
          ],
        },
      },
    });
    should(outcome(base("accept"), rule("in", map("new")))).equal("drops");
    should(outcome(base("accept"), rule("in", map("invalid")))).equal("accepts");
    should(outcome(base("accept"), rule("in", { vmap: { key: { meta: { key: "mark" } }, data: "@m" } }))).equal("depends");
  });

  it("are named as nft writes them", () => {
    const comment = { rule: { family: "inet", table: "t", chain: "in", comment: "no lamps", expr: [port(5000), { drop: null }] } };
    const [table] = readNft(JSON.stringify({ nftables: [base("accept"), comment] }), PROBE) ?? [];
    should(table?.bases.map((each) => follow(each, table.chains).by)).deepEqual([["chain in: udp dport 5000 drop (no lamps)"]]);
  });

  it("leave open the rules of iptables in them", () => {
    should(outcome(base("drop"), rule("in", { xt: null }, { accept: null }))).equal("depends");
  });

  it("are undefined for text that nft did not print", () => {
    for (const text of ["", "{}", "[]", '{"nftables":1}', "no JSON"]) should(readNft(text, PROBE)).be.undefined();
  });
});
