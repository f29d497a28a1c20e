import { isAddress, matchesAddress, toInteger } from "../address";
import type { Match, Probe } from "./firewall-rules";

type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object in JSON, except a list. */
export function isRecord(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns a list as it is, and an empty list for any other value. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * Compares a datagram with a match expression of nftables. The result is undefined if the datagram lacks the fact, or if the
 * expression is unknown.
 */
export function matchExpression(value: unknown, probe: Probe, setNamed: (name: string) => readonly unknown[] | undefined): Match {
  if (!isRecord(value)) return undefined;
  const named = typeof value.right === "string" && value.right.startsWith("@") ? setNamed(value.right) : undefined;
  if (typeof value.right === "string" && value.right.startsWith("@") && !named) return undefined;
  const match = matchValue(value.left, named ? { set: named } : value.right, probe);
  if (value.op === "==" || value.op === "in") return match;
  // A field of another protocol does not exist in the datagram, so no comparison with it matches.
  if (value.op === "!=") return match === undefined || !isPresent(value.left, probe) ? match : !match;
  return isPresent(value.left, probe) ? undefined : false;
}

/** Compares a field of a datagram with a value, a list, a set, a range or a prefix. */
export function matchValue(left: unknown, right: unknown, probe: Probe): Match {
  if (!isPresent(left, probe)) return false;
  const actual = fieldOf(left, probe);
  return actual === undefined ? undefined : isAmong(actual, right);
}

const HEADERS: Readonly<Record<string, Partial<Pick<Probe, "family" | "protocol">>>> = {
  ip: { family: "IPv4" },
  ip6: { family: "IPv6" },
  udp: { protocol: "udp" },
  igmp: { protocol: "igmp" },
  icmpv6: { protocol: "ipv6-icmp" },
};
// Headers that no examined datagram has.
const ABSENT = new Set(["tcp", "icmp", "sctp", "dccp", "udplite", "ah", "esp", "comp"]);

function isPresent(left: unknown, probe: Probe): boolean {
  const payload = isRecord(left) && isRecord(left.payload) ? left.payload : undefined;
  if (!payload || typeof payload.protocol !== "string") return true;
  if (ABSENT.has(payload.protocol)) return false;
  if (payload.protocol === "th") return probe.port !== undefined;
  const { family = probe.family, protocol = probe.protocol } = HEADERS[payload.protocol] ?? {};
  return family === probe.family && protocol === probe.protocol;
}

// Returns the possible notations of a field's value; undefined for an unknown field, such as the sender.
function fieldOf(left: unknown, probe: Probe): readonly string[] | undefined {
  if (!isRecord(left)) return undefined;
  const { meta, payload, ct, fib } = left;
  if (isRecord(meta)) return metaField(meta.key, probe);
  if (isRecord(payload)) return payloadField(`${payload.protocol} ${payload.field}`, probe);
  // A datagram to a group never belongs to a known connection.
  if (isRecord(ct) && ct.key === "state") return ["new"];
  if (isRecord(fib) && fib.result === "type" && listOf(fib.flags).join() === "daddr") return ["multicast"];
  return undefined;
}

const PROTOCOLS = { udp: ["udp", "17"], igmp: ["igmp", "2"], "ipv6-icmp": ["ipv6-icmp", "icmpv6", "58"] } as const;

function metaField(key: unknown, { family, protocol, interface: name }: Probe): readonly string[] | undefined {
  switch (key) {
    case "iifname":
    case "iif":
      return [name];
    case "l4proto":
      return PROTOCOLS[protocol];
    case "nfproto":
      return [family.toLowerCase()];
    case "protocol":
      return [family === "IPv4" ? "ip" : "ip6"];
    case "pkttype":
      return ["multicast"];
  }
  return undefined;
}

function payloadField(field: string, { protocol, group, port }: Probe): readonly string[] | undefined {
  switch (field) {
    case "ip daddr":
    case "ip6 daddr":
      return [group];
    case "ip protocol":
    case "ip6 nexthdr":
      return PROTOCOLS[protocol];
    case "udp dport":
    case "th dport":
      return [String(port)];
    case "icmpv6 type":
      return ["mld-listener-query", "130"];
    case "igmp type":
      return ["membership-query", "17"];
  }
  return undefined;
}

// The elements of a set may be objects with a time-out or a counter around the value.
function isAmong(actual: readonly string[], right: unknown): Match {
  if (Array.isArray(right)) return anyOf(right.map((each) => isAmong(actual, each)));
  if (typeof right === "string" || typeof right === "number") return actual.some((value) => isSame(value, String(right)));
  if (!isRecord(right)) return undefined;
  if ("set" in right) return isAmong(actual, listOf(right.set));
  if (isRecord(right.elem)) return isAmong(actual, right.elem.val);
  if (isRecord(right.prefix)) {
    const range = `${right.prefix.addr}/${right.prefix.len}`;
    return actual.some((value) => matchesAddress(range, value));
  }
  const [first, last] = listOf(right.range).map(toInteger);
  const numbers = actual.map(toInteger).filter((number) => number !== undefined);
  if (first === undefined || last === undefined) return undefined;
  return numbers.some((number) => number >= first && number <= last);
}

function isSame(value: string, written: string): boolean {
  if (written.endsWith("*")) return value.startsWith(written.slice(0, -1));
  return value === written || (isAddress(value) && isAddress(written) && matchesAddress(written, value));
}

function anyOf(matches: readonly Match[]): Match {
  if (matches.includes(true)) return true;
  return matches.includes(undefined) ? undefined : false;
}
