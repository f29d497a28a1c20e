import should from "should";
import { ruleText } from "../../../src/lib/diagnostics/nft-text";

const field = (protocol: string, name: string) => ({ payload: { protocol, field: name } });
const match = (left: object, right: unknown, op = "==") => ({ match: { op, left, right } });

describe("the text of a rule of nftables", () => {
  // Compared with what nft 1.0.6 prints without -j: it adds quotes, options of log, and what a counter has counted.
  for (const [text, ...expressions] of [
    ["ip daddr 224.0.0.0/4 drop", match(field("ip", "daddr"), { prefix: { addr: "224.0.0.0", len: 4 } }), { drop: null }],
    ["udp dport 4000-6000 counter reject", match(field("udp", "dport"), { range: [4000, 6000] }), { counter: {} }, { reject: {} }],
    ["udp dport != { 53, 67-68 } drop", match(field("udp", "dport"), { set: [53, { range: [67, 68] }] }, "!="), { drop: null }],
    ["iifname eth0 jump inbound", match({ meta: { key: "iifname" } }, "eth0"), { jump: { target: "inbound" } }],
    ["meta pkttype multicast goto lan", match({ meta: { key: "pkttype" } }, "multicast"), { goto: { target: "lan" } }],
    ["ct state invalid,untracked drop", match({ ct: { key: "state" } }, ["invalid", "untracked"], "in"), { drop: null }],
    ["fib daddr type multicast drop", match({ fib: { result: "type", flags: ["daddr"] } }, "multicast"), { drop: null }],
    ["udp dport @ports accept", match(field("udp", "dport"), "@ports"), { accept: null }],
    ["limit rate over 5/second log accept", { limit: { rate: 5, per: "second", inv: true } }, { log: { prefix: "x" } }, { accept: null }],
    [
      "ct state vmap { established : accept, new : jump inbound }",
      {
        vmap: {
          key: { ct: { key: "state" } },
          data: {
            set: [
              ["established", { accept: null }],
              ["new", { jump: { target: "inbound" } }],
            ],
          },
        },
      },
    ],
    [
      "ip saddr . udp dport { 10.0.0.1 . 5000 } drop",
      match({ concat: [field("ip", "saddr"), field("udp", "dport")] }, { set: [{ concat: ["10.0.0.1", 5000] }] }),
      { drop: null },
    ],
    ["ip saddr { 10.0.0.1 } drop", match(field("ip", "saddr"), { set: [{ elem: { val: "10.0.0.1", timeout: 5 } }] }), { drop: null }],
  ] as const) {
    it(`is "${text}"`, () => {
      should(ruleText(expressions)).equal(text);
    });
  }

  it("has no braces of JSON, whatever the rule holds", () => {
    for (const odd of [
      null,
      1,
      "x",
      [],
      {},
      { match: null },
      { match: { op: "==", left: { new: { a: 1 } }, right: { b: { c: 2 } } } },
      { jump: 1 },
    ]) {
      should(ruleText([odd, { drop: null }])).match(/^[^"[\]]*drop$/);
    }
  });
});
