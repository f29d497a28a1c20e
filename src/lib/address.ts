import ipaddr from "ipaddr.js";
import { McastError, quote } from "./errors";
import { hasInvisible } from "./printable";

export type Family = "IPv4" | "IPv6";

/** A multicast group in canonical form: `ff02:0::FB%eth0` is `{ family: "IPv6", address: "ff02::fb", zone: "eth0" }`. */
export interface Group {
  readonly family: Family;
  readonly address: string;
  /** The interface, for a group that was written with one (`%eth0`). */
  readonly zone?: string;
}

/** A group and the port on it. */
export interface GroupAndPort {
  readonly group: Group;
  readonly port: number;
}

/** A group with an optional port, as in `msg.group`. */
export interface GroupEndpoint {
  readonly group: Group;
  readonly port?: number;
}

/**
 * Reads a group: an IPv4 address in 224.0.0.0/4 (RFC 5771) or an IPv6 address in ff00::/8 (RFC 4291, 2.7), in brackets or not, with
 * or without a zone (`%eth0`, RFC 4007). An IPv4 address needs four decimal parts: `239.1` is invalid, not another form of
 * 239.0.0.1. Throws ERR_MCAST_GROUP.
 */
export function parseGroup(value: unknown): Group {
  const text = typeof value === "string" ? value.trim() : value;
  if (text === undefined || text === null || text === "") throw new McastError("group-missing");
  // A zone is an interface name. It may contain characters that ipaddr.js refuses.
  const [, plain = "", zone] = (typeof text === "string" && /^\[?([^%[\]]*)(?:%([^\s%[\]]{1,255}))?\]?$/.exec(text)) || [];
  const address = parseAddress(plain);
  if (!address || (zone !== undefined && (address.kind() === "ipv4" || hasInvisible(zone)))) {
    throw new McastError(isEndpoint(text) ? "group-port" : "group-address", { value: quote(value) });
  }
  if (address.range() !== "multicast") throw new McastError("group-range", { value: quote(value) });
  const group = { family: address.kind() === "ipv4" ? "IPv4" : "IPv6", address: address.toString() } as const;
  return zone === undefined ? group : { ...group, zone };
}

/** Formats a group as users write it: `239.255.1.1`, or `ff02::1%eth0` with a zone. */
export function formatGroup({ address, zone }: { readonly address: string; readonly zone?: string | undefined }): string {
  return zone === undefined ? address : `${address}%${zone}`;
}

/** Reads a port, 1 to 65535, as a number or in digits. Throws ERR_MCAST_PORT, which names the property. */
export function parsePort(value: unknown, property = "port"): number {
  if (value === undefined || value === null || value === "") throw new McastError("port-missing");
  const port = toInteger(value);
  if (port === undefined || port < 1 || port > 65535) throw new McastError("port-range", { property, value: quote(value) });
  return port;
}

/** Reads `239.255.1.1`, `239.255.1.1:5000`, `ff02::1` or `[ff02::1]:5000`. Throws ERR_MCAST_GROUP or ERR_MCAST_PORT. */
export function parseGroupEndpoint(value: unknown): GroupEndpoint {
  const parts = endpointParts(value);
  return parts ? { group: parseGroup(parts[1]), port: parsePort(parts[2]) } : { group: parseGroup(value) };
}

/** Formats an endpoint: `239.255.1.1:5000`, or `[ff02::1]:5000` with brackets for IPv6. */
export function formatEndpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** True for groups of interface or link scope (ff01, ff02; RFC 4291, 2.7), whose zone is part of the address. */
export function isLinkScoped(group: Group): boolean {
  return group.family === "IPv6" && /^ff.[12]:/.test(group.address);
}

/** True for source-specific groups: 232.0.0.0/8 and ff3x::/32 (RFC 4607, 1). */
export function isSourceSpecific(group: Group): boolean {
  return group.family === "IPv4" ? group.address.startsWith("232.") : /^ff3.:(:|0:)/.test(group.address);
}

/**
 * Reads a sender, or a range of senders: `192.168.1.5`, `192.168.1.0/24`, `fe80::1`, `fd00::/8`. Returns it in canonical form.
 * Throws ERR_MCAST_OPTION.
 */
export function parseSender(value: unknown): string {
  const text = typeof value === "string" ? value.trim() : "";
  const [plain = "", bits] = text.split("/");
  const address = parseAddress(plain);
  if (!address || !isAddress(text) || address.range() === "multicast") throw new McastError("allow-address", { value: quote(value) });
  const sender = withoutZone(address.toString()); // the interface property chooses the interface
  return bits === undefined ? sender : `${sender}/${Number(bits)}`;
}

/** Removes the zone: `fe80::1%eth0` becomes `fe80::1`. */
export function withoutZone(address: string): string {
  return address.replace(/%.*/, "");
}

/** Stands before an IPv4 address that is written as an IPv6 address. */
export const MAPPED = "::ffff:";

/** The IPv4 address of an IPv4-mapped address (`::ffff:192.168.1.5`, RFC 4291, 2.5.5.2); any other address as it is. */
export function withoutMapping(address: string): string {
  if (!address.startsWith(MAPPED)) return address;
  const mapped = address.slice(MAPPED.length);
  return familyOf(mapped) === "IPv4" && mapped.includes(".") ? mapped : address; // `::ffff:a00:1` and `::ffff:0:10.0.0.1` are others
}

/** Returns the bytes of an address in network order: 4 for IPv4, 16 for IPv6. Throws ERR_MCAST_GROUP for other text. */
export function addressBytes(address: string): Uint8Array {
  const parsed = parseAddress(address);
  if (!parsed) throw new McastError("group-address", { value: quote(address) });
  return Uint8Array.from(parsed.toByteArray());
}

/** The family of a valid address or range. */
export function familyOf(address: string): Family {
  return address.includes(":") ? "IPv6" : "IPv4";
}

/** True for an address or a range of addresses; false for anything else, such as an interface name. */
export function isAddress(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const parsed = parseAddress(address);
  return parsed !== undefined && more.length === 0 && (bits === undefined || prefixOf(parsed, bits) !== undefined);
}

/** True for an address, or a range of addresses, that an interface can have: not a group, not 255.255.255.255, 0.0.0.0 or `::`. */
export function isInterfaceAddress(text: string): boolean {
  const [address = "", bits] = text.split("/");
  const range = parseAddress(address)?.range();
  return range !== undefined && range !== "multicast" && range !== "broadcast" && (range !== "unspecified" || bits !== undefined);
}

/** True if `written`, an address or a range in any notation, contains `address`. */
export function matchesAddress(written: string, address: string): boolean {
  const local = parseAddress(address);
  if (!local) return false;
  const [range, bits] = written.split("/");
  const wanted = parseAddress(range ?? "");
  if (!wanted || wanted.kind() !== local.kind()) return false;
  const prefix = prefixOf(wanted, bits);
  return prefix !== undefined && local.match(wanted, prefix);
}

/** Reads a whole number, given as a number or in digits; undefined for anything else. */
export function toInteger(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

// Returns the prefix length of a range, in bits; the length of the whole address if `bits` is missing.
function prefixOf(address: ipaddr.IPv4 | ipaddr.IPv6, bits?: string): number | undefined {
  const whole = address.kind() === "ipv4" ? 32 : 128;
  const prefix = bits === undefined ? whole : toInteger(bits);
  return prefix !== undefined && prefix <= whole ? prefix : undefined;
}

function endpointParts(value: unknown): readonly string[] | null {
  return typeof value === "string" ? /^(\[[^\]]*\]|[^:]*):([^:]*)$/.exec(value.trim()) : null;
}

function isEndpoint(value: unknown): boolean {
  const [, group = "", port = ""] = endpointParts(value) ?? [];
  return isAddress(withoutZone(group.replace(/[[\]]/g, ""))) && toInteger(port) !== undefined;
}

const FOUR_NUMBERS = /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){3}$/;

// For any other text ipaddr.js throws an error and catches it, which takes 12 to 23 µs (measured).
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (FOUR_NUMBERS.test(text)) return ipaddr.IPv4.isValid(text) ? ipaddr.IPv4.parse(text) : undefined;
  // `process` turns an IPv4-mapped address such as ::ffff:239.1.1.1 into its IPv4 address.
  return text.includes(":") && ipaddr.IPv6.isValid(text) ? ipaddr.process(inHexadecimal(text)) : undefined;
}

// ipaddr.js takes ::10.0.0.1 for an IPv4-mapped address. It is an IPv6 address of the deprecated form "IPv4-compatible"
// (RFC 4291, 2.5.5.1).
function inHexadecimal(address: string): string {
  const [, ...bytes] = /^::(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address) ?? [];
  if (bytes.length === 0) return address;
  const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number);
  return `::${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}
