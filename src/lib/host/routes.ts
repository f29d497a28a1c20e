import ipaddr from "ipaddr.js";
import { familyOf, withoutZone } from "../address";
import { bytesOf, bytesOfWords } from "./kernel-address";
import type { System } from "./system";

/** The route to an address, by the tables of Linux that every user may read. */
export type RouteDevice =
  | { readonly kind: "device"; readonly device: string; readonly hasGateway: boolean }
  /** Several routes fit equally well. The first is the one that Linux 6.18 took when measured; of IPv6 ECMP, any. */
  | { readonly kind: "ambiguous"; readonly devices: readonly string[] }
  /** The best route is one of type unreachable, prohibit, blackhole or throw. */
  | { readonly kind: "rejected" }
  /** No route fits. */
  | { readonly kind: "none" }
  /** The table can't be read: no Linux, or a sandbox. */
  | { readonly kind: "unknown" };

/**
 * Finds the device that Linux routes an address to: the longest prefix, then the lowest metric. These tables lack the source
 * address that a route prefers, and the effect of policy rules: call `hasPolicyRoute` before relying on the result. Of an IPv4
 * route with several next hops Linux prints the first, so the result stays the same (measured, Linux 6.18).
 */
export function routeDevice(system: System, address: string): RouteDevice {
  const target = ipaddr.parse(withoutZone(address)).toByteArray();
  if (familyOf(address) === "IPv4") {
    const text = system.readText("/proc/net/route");
    return text === undefined ? { kind: "unknown" } : (bestOf(ipv4Routes(text), target) ?? { kind: "none" });
  }
  const text = system.readText("/proc/net/ipv6_route");
  if (text === undefined) return { kind: "unknown" };
  // Linux uses the local table first, before any policy rule. It has ff00::/8 for each interface, which hides the multicast routes
  // of the main table.
  const [local = [], main = []] = ipv6Tables(text).reverse();
  return bestOf(local, target) ?? bestOf(main, target) ?? { kind: "none" };
}

/**
 * Returns true if a table of policy rules has a route to an address, which a rule may prefer to the main table's; undefined if
 * unknown. Every user can read the tables of the rules, but not the rules (measured on Linux 6.18).
 */
export function hasPolicyRoute(system: System, address: string): boolean | undefined {
  const target = ipaddr.parse(withoutZone(address)).toByteArray();
  if (familyOf(address) === "IPv6") {
    const text = system.readText("/proc/net/ipv6_route");
    if (text === undefined) return undefined;
    const [local = [], , ...others] = ipv6Tables(text).reverse();
    // Linux applies rules after the local table.
    return bestOf(local, target) === undefined && others.some((table) => bestOf(table, target) !== undefined);
  }
  const routes = policyRoutes(system);
  return routes?.some((route) => isWithin(target, route));
}

// The age up to which policy routes are used. The list of all routes is long on a router, and policy routes change seldom.
const POLICY_ROUTES_MS = 10_000;
const knownPolicyRoutes = new WeakMap<System, { readonly until: number; readonly routes: readonly Prefix[] | undefined }>();

function policyRoutes(system: System): readonly Prefix[] | undefined {
  const known = knownPolicyRoutes.get(system);
  if (known && system.now() < known.until) return known.routes;
  const tables = system.readText("/proc/net/fib_trie")?.split(/^(?=\w.*:$)/m);
  // Linux keeps the main and the local table as one until the first rule is added (measured on Linux 6.18).
  const hasRules = !tables?.some((table) => table.startsWith("Main:") && / LOCAL$/m.test(table));
  const routes = hasRules ? tables?.filter((table) => table.startsWith("Id ")).flatMap(prefixesIn) : [];
  knownPolicyRoutes.set(system, { until: system.now() + POLICY_ROUTES_MS, routes });
  return routes;
}

// Reads lines such as `   |-- 239.0.0.0`, each followed by a line for each prefix of that address: `      /8 universe UNICAST`.
function prefixesIn(table: string): readonly Prefix[] {
  let destination: readonly number[] = [];
  return table.split("\n").flatMap((line) => {
    const [, address, prefix] = /^\s*(?:\|-- ([\d.]+)|\/(\d+) \S+ [A-Z]+)/.exec(line) ?? [];
    if (address !== undefined) destination = ipaddr.parse(address).toByteArray();
    return prefix === undefined ? [] : [{ destination, prefix: Number(prefix) }];
  });
}

interface Prefix {
  readonly destination: readonly number[];
  readonly prefix: number;
}

interface Route extends Prefix {
  readonly device: string | undefined;
  readonly metric: number;
  readonly flags: number;
}

// linux/route.h and linux/ipv6_route.h
const RTF_GATEWAY = 0x2;
const RTF_REJECT = 0x200;
// The entry that ends a table without a default route.
const NO_ROUTE_METRIC = 0xffffffff;

function bestOf(routes: readonly Route[], target: readonly number[]): RouteDevice | undefined {
  const fitting = routes.filter((route) => isWithin(target, route) && route.metric !== NO_ROUTE_METRIC);
  const longest = Math.max(...fitting.map(({ prefix }) => prefix));
  const longestOnes = fitting.filter(({ prefix }) => prefix === longest);
  const lowest = Math.min(...longestOnes.map(({ metric }) => metric));
  const best = longestOnes.filter(({ metric }) => metric === lowest);
  const [first] = best;
  if (!first) return undefined;
  // A rejecting route has no device in the IPv4 table, and lo and the flag in the IPv6 table.
  if (first.device === undefined || (first.flags & RTF_REJECT) !== 0) return { kind: "rejected" };
  const devices = [...new Set(best.flatMap(({ device }) => device ?? []))];
  if (devices.length > 1) return { kind: "ambiguous", devices };
  return { kind: "device", device: first.device, hasGateway: (first.flags & RTF_GATEWAY) !== 0 };
}

function isWithin(target: readonly number[], { destination, prefix }: Prefix): boolean {
  return destination.every((byte, position) => {
    const bits = Math.min(8, Math.max(0, prefix - position * 8));
    return (byte ^ (target[position] ?? 0)) >> (8 - bits) === 0;
  });
}

// Reads lines such as `eth0	000000EF	00000000	0001	0	0	0	000000FF	0	0	0`: device, destination, gateway, flags, …, metric, mask.
function ipv4Routes(text: string): readonly Route[] {
  return text.split("\n").flatMap((line) => {
    const [device, destination = "", , flags = "", , , metric = "", mask = ""] = line.split(/\s+/);
    if (!/^[0-9A-F]{8}$/.test(destination)) return []; // the heading
    const route = { destination: bytesOfWords(destination), prefix: ones(bytesOfWords(mask)), metric: Number(metric) };
    return [{ ...route, device: device === "*" ? undefined : device, flags: Number.parseInt(flags, 16) }];
  });
}

function ones(mask: readonly number[]): number {
  return mask.map((byte) => byte.toString(2).replaceAll("0", "").length).reduce((sum, bits) => sum + bits, 0);
}

/**
 * Returns the tables of IPv6, which follow one another without a heading: those of policy rules, the main one, and the local one
 * last. A table ends with its route to ::/0, or with an entry of the highest metric if it has no such route (measured, Linux 6.18).
 * A kernel without policy routing has a single table.
 */
function ipv6Tables(text: string): (readonly Route[])[] {
  const tables: Route[][] = [];
  let last: Route | undefined;
  for (const route of text.split("\n").flatMap(ipv6Route)) {
    const isNew = last === undefined || last.metric === NO_ROUTE_METRIC || (last.prefix === 0 && route.prefix > 0);
    if (isNew) tables.push([]);
    tables.at(-1)?.push(route);
    last = route;
  }
  return tables;
}

// Reads a line: destination and its prefix, source and its prefix, next hop, metric, two use counts, flags, device; all numbers
// hexadecimal.
function ipv6Route(line: string): readonly Route[] {
  const [destination, prefix = "", , from = "", , metric = "", , , flags = "", device] = line.trim().split(/\s+/);
  if (!destination || !device || from !== "00") return []; // routes for some sources only are left out
  const [length, cost, bits] = [prefix, metric, flags].map((hex) => Number.parseInt(hex, 16));
  return [{ device, destination: bytesOf(destination), prefix: length ?? 0, metric: cost ?? 0, flags: bits ?? 0 }];
}
