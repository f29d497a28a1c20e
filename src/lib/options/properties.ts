import { isAddress, isInterfaceAddress, parsePort, parseSender } from "../address";
import { McastError, quote } from "../errors";
import { hasInvisible } from "../printable";
import { entries, flatten, type IntegerRange, isBlank, toBoolean, toChoice, toIntegerIn } from "./coerce";

/** The system's own choice, every usable interface, or named ones (by name, address or range). */
export type InterfaceChoice = "default" | "all" | readonly string[];

export const DATATYPES = ["buffer", "utf8", "base64", "json"] as const;
export type Datatype = (typeof DATATYPES)[number];

export const ECHOES = ["unchanged", "hear", "off"] as const;
export type Echo = (typeof ECHOES)[number];

export const REPLIES = ["off", "output", "collect"] as const;
export type Replies = (typeof REPLIES)[number];

/** A property: its default, and its reader. The reader takes text or a typed value, from a form, a message, a flag or a program. */
export interface Property<T> {
  /** The value if an older flow lacks the property or a caller omits it. */
  readonly otherwise: T;
  /** Reads a value under the property's name. Throws a McastError. */
  readonly read: (value: unknown, name: string) => T;
}

const DEFAULT_PORT = 59559;

/**
 * The properties whose valid values depend on nothing else: one row each. The readers of the options, the validators of the
 * forms and `DEFAULTS` follow from this table. A blank value stands for the default. Only for `port` the empty string does not: in
 * the form of mcast-say it means the port of the message. `group` is read by `parseGroup`, `iface` and `sourcePort` by `readIface`
 * and `readSourcePort`.
 */
export const PROPERTIES = {
  port: { otherwise: DEFAULT_PORT, read: (value) => parsePort(value ?? DEFAULT_PORT) },
  ttl: integer(1, { least: 0, most: 255, reason: "ttl-range" }),
  loopback: boolean(true),
  datatype: choice("buffer", DATATYPES),
  allow: { otherwise: [], read: readAllow },
  /** Seconds between two refreshes of a membership; 0 is never. */
  refresh: integer(120, { least: 10, most: 86_400, off: 0, reason: "refresh-range" }),
  /** Seconds without a datagram until the status shows silence; 0 is never. */
  silence: integer(0, { least: 1, most: 86_400, off: 0, reason: "silence-range" }),
  unicast: boolean(false),
  control: boolean(false),
  echo: choice("unchanged", ECHOES),
  acknowledge: boolean(false),
  /** Echoes per second at most; `Infinity` is no cap. */
  maxRate: integer(Number.POSITIVE_INFINITY, { least: 1, most: 1_000_000, reason: "rate-range" }),
  /** The first of the 8 source ports of echoes; the same for all relays that may form a loop. Set in the library only. */
  hopPort: integer(61440, { least: 1, most: 65_528, reason: "hop-port-range" }),
  /** Seconds by which a sender's clock and the network's delay may differ from this machine's clock, for sealed groups. */
  freshness: integer(30, { least: 15, most: 86_400, reason: "freshness-range" }),
  replies: choice("off", REPLIES),
  /** Milliseconds during which replies are collected. */
  collect: integer(3000, { least: 1, most: 3_600_000, reason: "collect-range" }),
  /** The most datagrams that an iteration keeps until the program takes them. Set in the library only, as the next two are. */
  maxQueued: integer(1000, { least: 1, most: 1_000_000, reason: "option-range" }),
  /** The most bytes of those datagrams; the largest datagram fits. */
  maxQueuedBytes: integer(4_194_304, { least: 65_527, most: 1_073_741_824, reason: "option-range" }),
  /** True if waiting does not keep the process alive. */
  unref: boolean(false),
} as const satisfies Readonly<Record<string, Property<unknown>>>;

export type PropertyName = keyof typeof PROPERTIES;
type Values = { readonly [Name in PropertyName]: ReturnType<(typeof PROPERTIES)[Name]["read"]> };

const TABLE: { readonly [Name in PropertyName]: Property<Values[Name]> } = PROPERTIES;

/** The default of each property. `iface` has none of its own: it is `all` for receiving and `default` for sending. */
export const DEFAULTS = { group: "224.0.0.1", ...defaultsOf(TABLE) } as const;

/** Reads a property of the table. Throws a McastError that names the property. */
export function readProperty<Name extends PropertyName>(name: Name, value: unknown): Values[Name] {
  return TABLE[name].read(value, name);
}

/** Reads the port to send from: blank is any (0), `group` is the group's own. Throws ERR_MCAST_PORT. */
export function readSourcePort(value: unknown, groupPort: number): number {
  if (isBlank(value)) return 0;
  return value === "group" ? groupPort : parsePort(value, "sourcePort");
}

/** Returns an interface choice as one text, for comparing. */
export function ifaceKey(choice: InterfaceChoice): string {
  return typeof choice === "string" ? choice : JSON.stringify(choice);
}

/** Reads the senders to accept, as a list or as one string; an empty list accepts every sender. Throws ERR_MCAST_OPTION. */
export function readAllow(value: unknown): readonly string[] {
  const senders = entries(value).filter((entry) => !isBlank(entry));
  return [...new Set(senders.map(parseSender))].sort();
}

// The most names in a choice, since each name has a socket or waits for one. The choice `all` is limited by the machine's
// interfaces.
const MAX_INTERFACES = 256;

/**
 * Reads `default`, `all`, or interface names, local addresses and ranges of them. Commas separate them, because a Windows
 * interface name may contain blanks. Throws ERR_MCAST_OPTION, which names the property.
 */
export function readIface(value: unknown, otherwise: "default" | "all", property = "iface"): InterfaceChoice {
  if (isBlank(value)) return otherwise;
  const words = typeof value === "string" ? value.split(",") : Array.isArray(value) ? flatten(value) : [];
  const names = words.map((word) => (typeof word === "string" ? word.trim() : ""));
  const [first] = names;
  if (names.length === 1 && (first === "default" || first === "all")) return first;
  if (names.length === 0 || !names.every(isName)) throw new McastError("iface-words", { property, value: quote(value) });
  const odd = names.find((name) => isAddress(name) && !isInterfaceAddress(name));
  if (odd !== undefined) throw new McastError("iface-address", { property, value: quote(odd) });
  if (names.length > MAX_INTERFACES) throw new McastError("iface-many", { count: names.length, most: MAX_INTERFACES });
  if (names.includes("default") || names.includes("all")) throw new McastError("iface-alone", { property, value: quote(value) });
  return [...new Set(names)];
}

function integer(otherwise: number, range: IntegerRange): Property<number> {
  return { otherwise, read: (value, name) => (isBlank(value) ? otherwise : toIntegerIn(range, value, name)) };
}

function boolean(otherwise: boolean): Property<boolean> {
  return { otherwise, read: (value, name) => (isBlank(value) ? otherwise : toBoolean(name, value)) };
}

function choice<T extends string>(otherwise: T, choices: readonly T[]): Property<T> {
  return { otherwise, read: (value, name) => (isBlank(value) ? otherwise : toChoice(name, choices, value)) };
}

function defaultsOf<T extends Readonly<Record<string, Property<unknown>>>>(table: T): { readonly [Name in keyof T]: T[Name]["otherwise"] };
function defaultsOf(table: Readonly<Record<string, Property<unknown>>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(table).map(([name, { otherwise }]) => [name, otherwise]));
}

// 256 characters are the longest interface name of any system (Windows). A slash occurs in ranges only.
function isName(word: string): boolean {
  return word !== "" && word.length <= 256 && !hasInvisible(word) && (!word.includes("/") || isAddress(word));
}
