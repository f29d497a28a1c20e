import should from "should";
import type { Probe } from "../../../src/lib/diagnostics/firewall-rules";
import { isRecord, listOf, matchExpression, matchValue } from "../../../src/lib/diagnostics/nft-match";

const PROBE: Probe = { family: "IPv4", protocol: "udp", group: "239.255.1.1", port: 5000, interface: "eth0" };
const field = (protocol: string, name: string) => ({ payload: { protocol, field: name } });
const is = (left: unknown, right: unknown, op = "==") =>
  matchExpression({ op, left, right }, PROBE, (name) => (name === "@known" ? [5000] : undefined));

describe("a match of nftables", () => {
  it("compares interface, protocol, group and port", () => {
    should(is({ meta: { key: "iifname" } }, "eth*")).be.true();
    should(is({ meta: { key: "l4proto" } }, { set: ["tcp", "udp"] })).be.true();
    should(is({ meta: { key: "protocol" } }, "ip")).be.true();
    should(is(field("udp", "dport"), 5000)).be.true();
    should(is(field("th", "dport"), { set: [1, { range: [4000, 6000] }] })).be.true();
    should(is(field("ip", "daddr"), { prefix: { addr: "239.0.0.0", len: 8 } })).be.true();
    should(is(field("ip", "daddr"), "239.255.1.2")).be.false();
    should(is(field("ip", "protocol"), "igmp")).be.false();
    should(is({ fib: { result: "type", flags: ["daddr"] } }, "multicast")).be.true();
    should(is({ ct: { key: "state" } }, ["established", "related"], "in")).be.false();
  });

  it("looks into named sets, with elements that carry more than a value", () => {
    should(is(field("udp", "dport"), "@known")).be.true();
    should(is(field("udp", "dport"), "@unknown")).be.undefined();
    should(is(field("udp", "dport"), { set: [{ elem: { val: 5000, timeout: 60 } }] })).be.true();
  });

  it("negates, but never finds the field of another protocol", () => {
    should(is(field("udp", "dport"), 5001, "!=")).be.true();
    should(is(field("udp", "dport"), 5000, "!=")).be.false();
    should(is(field("tcp", "dport"), 22, "!=")).be.false();
    should(is(field("ip6", "daddr"), "ff02::1", "!=")).be.false();
    should(is(field("tcp", "dport"), 22, ">")).be.false();
  });

  it("does not know the sender, nor unknown expressions", () => {
    should(is(field("ip", "saddr"), "10.0.0.1")).be.undefined();
    should(is(field("ip", "saddr"), "10.0.0.1", "!=")).be.undefined();
    should(is({ meta: { key: "mark" } }, 1)).be.undefined();
    should(is(field("udp", "dport"), 1, ">")).be.undefined();
    should(is(field("udp", "dport"), { prefixes: [] })).be.undefined();
    should(matchExpression("odd", PROBE, () => undefined)).be.undefined();
  });
});

describe("matchValue, isRecord and listOf", () => {
  it("take JSON of any shape", () => {
    should(matchValue(field("udp", "dport"), [1, 5000], PROBE)).be.true();
    should([isRecord({}), isRecord([]), isRecord(null)]).deepEqual([true, false, false]);
    should([listOf([1]), listOf("no")]).deepEqual([[1], []]);
  });
});
