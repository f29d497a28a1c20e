import { isAddress, parsePort, parseSender, quote } from "../address";
import { McastError } from "../errors";
import { hasInvisible } from "../printable";
import { boolean, entries, integer, isBlank, oneOf } from "./coerce";

// What each property may be, and how it is read: from a form, a message or a flag, as text or as a typed value; blank is its default.

/** The system's own choice, every usable interface, or those named (by name, address or range). */
export type InterfaceChoice = "default" | "all" | readonly string[];

export const DATATYPES = ["buffer", "utf8", "base64", "json"] as const;
export type Datatype = (typeof DATATYPES)[number];

export const ECHOES = ["unchanged", "hear", "off"] as const;
export type Echo = (typeof ECHOES)[number];

export const REPLIES = ["off", "output", "collect"] as const;
export type Replies = (typeof REPLIES)[number];

/**
 * What a property is where an older flow lacks it, a form leaves it blank, or a caller does not care.
 * `iface` is not among them: joining where nobody talks costs nothing, sending copies does.
 */
export const DEFAULTS = {
  group: "224.0.0.1",
  port: 59559,
  ttl: 1,
  loopback: true,
  datatype: "buffer",
  refresh: 120,
  silence: 0,
  echo: "unchanged",
  replies: "off",
  collect: 3000,
  unicast: false,
  control: false,
  acknowledge: false,
  maxRate: Number.POSITIVE_INFINITY,
} as const;

/** The port, 1 to 65535; missing is 59559. Throws ERR_MCAST_PORT. */
export function readPort(value: unknown): number {
  return parsePort(value === undefined ? DEFAULTS.port : value);
}

/** The port to send from: blank for any (0), `group` for the group's own, or a number. Throws ERR_MCAST_PORT. */
export function readSourcePort(value: unknown, groupPort: number): number {
  if (isBlank(value)) return 0;
  return value === "group" ? groupPort : parsePort(value);
}

/** The hop limit, 0 to 255. Throws ERR_MCAST_TTL. */
export function readTtl(value: unknown): number {
  return integer(value, DEFAULTS.ttl, "ttl-range", (ttl) => ttl >= 0 && ttl <= 255);
}

/** Seconds between two refreshes, 10 to 86400; 0 is never. Throws ERR_MCAST_OPTION, as all below do. */
export function readRefresh(value: unknown): number {
  return integer(value, DEFAULTS.refresh, "refresh-range", (seconds) => seconds === 0 || (seconds >= 10 && seconds <= 86400));
}

/** Milliseconds for which answers are collected, 1 to 3600000. */
export function readCollect(value: unknown): number {
  return integer(value, DEFAULTS.collect, "collect-range", (milliseconds) => milliseconds >= 1 && milliseconds <= 3_600_000);
}

/** Seconds without a datagram that are worth telling, up to 86400; 0 is never. */
export function readSilence(value: unknown): number {
  return integer(value, DEFAULTS.silence, "silence-range", (seconds) => seconds >= 0 && seconds <= 86400);
}

/** The most echoes a second, 1 to 1000000; blank is no cap. */
export function readMaxRate(value: unknown): number {
  return integer(value, DEFAULTS.maxRate, "rate-range", (rate) => rate >= 1 && rate <= 1_000_000);
}

export function readLoopback(value: unknown): boolean {
  return boolean(value, DEFAULTS.loopback, "loopback-boolean");
}

export function readUnicast(value: unknown): boolean {
  return boolean(value, DEFAULTS.unicast, "unicast-boolean");
}

export function readControl(value: unknown): boolean {
  return boolean(value, DEFAULTS.control, "control-boolean");
}

export function readAcknowledge(value: unknown): boolean {
  return boolean(value, DEFAULTS.acknowledge, "acknowledge-boolean");
}

export function readDatatype(value: unknown): Datatype {
  return oneOf(value, DATATYPES, DEFAULTS.datatype, "datatype-choice");
}

export function readEcho(value: unknown): Echo {
  return oneOf(value, ECHOES, DEFAULTS.echo, "echo-choice");
}

export function readReplies(value: unknown): Replies {
  return oneOf(value, REPLIES, DEFAULTS.replies, "replies-choice");
}

/** The senders to accept, by address and range, in a list or in words; none for everyone. */
export function readAllow(value: unknown): readonly string[] {
  const senders = entries(value).filter((entry) => !isBlank(entry));
  return [...new Set(senders.map(parseSender))].sort();
}

// Each name has a socket or waits for one. The choice `all` has no such bound: there it is the machine's.
const MAX_INTERFACES = 256;

/** `default`, `all`, or interface names, local addresses and ranges of them, separated by commas (a Windows name has blanks). */
export function readIface(value: unknown, otherwise: "default" | "all"): InterfaceChoice {
  if (isBlank(value)) return otherwise;
  const words = typeof value === "string" ? value.split(",") : value;
  const names = Array.isArray(words) ? words.map((word: unknown) => (typeof word === "string" ? word.trim() : "")) : [];
  const [first] = names;
  if (names.length === 1 && (first === "default" || first === "all")) return first;
  if (names.length === 0 || !names.every(isName)) throw new McastError("iface-words", { value: quote(value) });
  if (names.length > MAX_INTERFACES) throw new McastError("iface-many", { count: names.length, most: MAX_INTERFACES });
  if (names.includes("default") || names.includes("all")) throw new McastError("iface-alone", { value: quote(value) });
  return [...new Set(names)];
}

/** True for the name of a container's own interface: those are many and lead nowhere, and are used only where they are named. */
export function isContainers(name: string): boolean {
  return /^(veth|docker|br-)/.test(name);
}

// Windows has the longest names, of 256 characters. Only a range has a slash in it, and it has to be one.
function isName(word: string): boolean {
  return word !== "" && word.length <= 256 && !hasInvisible(word) && (!word.includes("/") || isAddress(word));
}
