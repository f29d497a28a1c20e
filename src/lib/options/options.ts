import { familyOf, type Group, type GroupEndpoint, isSourceSpecific, parseGroup, parseGroupEndpoint, parsePort } from "../address";
import { McastError, quote, type Reason } from "../errors";
import { entries, isBlank, pick, toBoolean } from "./coerce";
import {
  type Datatype,
  DEFAULTS,
  type Echo,
  type InterfaceChoice,
  ifaceKey,
  type Replies,
  readIface,
  readProperty,
  readSourcePort,
} from "./properties";

export * from "./properties";

/** Unchecked values by property name, from a form, a message, a flag or a program. */
export type Fields = Readonly<Record<string, unknown>>;

/** The options of replies to sent datagrams. */
export interface ReplyOptions {
  readonly replies: Replies;
  /** Milliseconds during which replies are collected. */
  readonly collect: number;
  /** The type of the payload of a reply. */
  readonly datatype: Datatype;
}

/** The group, port, interface and settings for sending a datagram. */
export interface Destination {
  readonly group: Group;
  readonly port: number;
  readonly iface: InterfaceChoice;
  /** 0 to 255; the hop limit for IPv6. 1 stays on the link. */
  readonly ttl: number;
  /** True if listeners on this host receive the datagram too. */
  readonly loopback: boolean;
  /** The port to send from; 0 for any port. */
  readonly sourcePort: number;
  /** True if the socket may use any other port when another program does not share this one. */
  readonly isPortOptional?: boolean;
}

/** One group to join, on one port. */
export interface JoinOptions {
  readonly group: Group;
  /** The zone of a group that was written with one (`%eth0`). */
  readonly zone?: string;
  readonly port: number;
  readonly iface: InterfaceChoice;
  /** The senders to accept, by address and range; empty accepts every sender. */
  readonly allow: readonly string[];
  /** The senders of a source-specific join; empty joins the group for every sender. */
  readonly sources: readonly string[];
  /** Seconds between refreshes of the membership; 0 is never. */
  readonly refresh: number;
}

/** The options of `mcast-recv`. */
export interface RecvOptions {
  readonly joins: readonly JoinOptions[];
  readonly datatype: Datatype;
  /** Seconds without a datagram until the status shows silence; 0 is never. */
  readonly silence: number;
  /** True to receive also datagrams that are sent to this host itself on the port. */
  readonly unicast: boolean;
  /** True if messages may join and leave groups. */
  readonly control: boolean;
}

/** A group that a relay joins. `echo` is true if the relay echoes it. */
export type EchoedJoin = JoinOptions & { readonly echo: boolean };

/** The options of a relay. */
export interface RelayOptions {
  readonly joins: readonly EchoedJoin[];
  /** The destination of echoes. */
  readonly bindGroup: Destination;
  /** The form of an echo. */
  readonly echo: Echo;
  /** True if each sender gets the HEAR text by unicast. */
  readonly acknowledge: boolean;
  /** Echoes per second at most; `Infinity` is no cap. */
  readonly maxRate: number;
  /** The source port of an echo at hop 1; the 7 ports above it are those of later hops. */
  readonly hopPort: number;
}

/** The options of `mcast-hear`. */
export interface HearOptions extends RelayOptions {
  readonly datatype: Datatype;
  readonly silence: number;
}

/** Reads the options for joining one group. Throws a McastError that names the property. */
export function joinOptions(fields: Fields): JoinOptions {
  const joined = withZone(parseGroup(fields.group ?? DEFAULTS.group), readIface(fields.iface, "all"));
  const allow = readProperty("allow", fields.allow);
  return {
    ...joined,
    allow,
    sources: sourcesOf(joined.group, allow),
    port: readProperty("port", fields.port),
    refresh: readProperty("refresh", fields.refresh),
  };
}

/**
 * Reads the properties of `mcast-recv`. With `control` the list of groups may be empty: messages join them.
 * Throws a McastError that names the property.
 */
export function recvOptions(fields: Fields): RecvOptions {
  const control = readProperty("control", fields.control);
  const groups = control && isEmptyList(fields.groups) ? [] : groupList(fields.groups ?? DEFAULTS.group);
  const joins = groups.map((group) => joinOptions({ ...fields, group: group ?? "" }));
  return {
    joins: distinctGroups(joins),
    datatype: readProperty("datatype", fields.datatype),
    silence: readProperty("silence", fields.silence),
    unicast: unlessSealed("sealed-unicast", fields.key, readProperty("unicast", fields.unicast)),
    control,
  };
}

/**
 * Reads the properties of `mcast-hear`. If `echoIface` is blank, echoes leave by the interfaces that `iface` names, so that a relay
 * on one network never sends on another; without named interfaces the system chooses. Throws a McastError that names the property.
 */
export function hearOptions(fields: Fields): HearOptions {
  const form = readProperty("echo", fields.echo);
  const heard = groupList(fields.groups ?? DEFAULTS.group).flatMap(readHeard);
  const joins = heard.map(({ group, echo }) => ({ ...joinOptions({ ...fields, group }), echo: echo && form !== "off" }));
  const { group, port, ttl, loopback } = fields;
  return {
    joins: distinctGroups(joins),
    maxRate: readProperty("maxRate", fields.maxRate),
    hopPort: readProperty("hopPort", fields.hopPort),
    bindGroup: destination({ group, port, ttl, loopback, iface: echoIface(fields) }, undefined, "echoIface"),
    echo: form,
    acknowledge: unlessSealed("sealed-acknowledge", fields.key, readProperty("acknowledge", fields.acknowledge)),
    datatype: readProperty("datatype", fields.datatype),
    silence: readProperty("silence", fields.silence),
  };
}

/**
 * Reads the destination of a message. The properties of the form come first. The message (`msg.group`, `msg.port`, `msg.ttl`,
 * `msg.iface` or `msg.interface`) provides properties that are blank in the form. Throws a McastError that names the property;
 * `ifaceProperty` is the name of the property that `iface` comes from.
 */
export function destination(form: Fields, message?: Fields, ifaceProperty = "iface"): Destination {
  // Only a message's group may include a port. It replaces msg.port, which in a received message is the sender's port.
  const { group, port } =
    form.group === "" ? groupOfMessage(message) : { group: parseGroup(form.group ?? DEFAULTS.group), port: undefined };
  const groupPort = form.port === "" ? portOfMessage(port, message) : parsePort(form.port ?? DEFAULTS.port);
  const messageIface = isBlank(message?.iface) ? message?.interface : message?.iface;
  const { zone: _zone, ...place } = withZone(group, readIface(pick(form.iface, messageIface), "default", ifaceProperty), ifaceProperty);
  return {
    ...place,
    port: groupPort,
    sourcePort: readSourcePort(form.sourcePort, groupPort),
    ttl: readProperty("ttl", pick(form.ttl, message?.ttl)),
    loopback: readProperty("loopback", form.loopback),
  };
}

/** Reads the options of `mcast-say` for replies. Throws a McastError that names the property. */
export function replyOptions(fields: Fields): ReplyOptions {
  const replies = readProperty("replies", fields.replies);
  unlessSealed("sealed-replies", fields.key, replies !== "off");
  return {
    replies,
    collect: readProperty("collect", fields.collect),
    datatype: readProperty("datatype", fields.datatype),
  };
}

/** True if a blank property of the form may come from a message. */
export function dependsOnMessage(form: Fields): boolean {
  return [form.group, form.port, form.ttl, form.iface].includes("");
}

// Reads the group of a message. With a message, the error of a missing group or port names the message too: it may provide them.
function groupOfMessage(message: Fields | undefined): GroupEndpoint {
  if (message && isBlank(message.group)) throw new McastError("group-blank");
  return parseGroupEndpoint(message?.group);
}

function portOfMessage(groupPort: number | undefined, message: Fields | undefined): number {
  const port = groupPort ?? message?.port;
  if (message && isBlank(port)) throw new McastError("port-blank");
  return parsePort(port);
}

// A zone in the bind group names the interface already.
function echoIface({ group, iface, echoIface: chosen }: Fields): unknown {
  if (!isBlank(chosen) || parseGroup(group ?? DEFAULTS.group).zone !== undefined) return chosen;
  return typeof readIface(iface, "all") === "string" ? undefined : iface;
}

// Refuses an option that sends or receives unicast together with a key: a seal is for a group and a port. `key` is any value that
// names a key; a blank value is none.
function unlessSealed(reason: Reason, key: unknown, isOn: boolean): boolean {
  if (isOn && !isBlank(key)) throw new McastError(reason);
  return isOn;
}

// A row of hear's list: `{ group, echo }`, or a group alone, which is echoed.
function readHeard(row: unknown): readonly { readonly group: unknown; readonly echo: boolean }[] {
  if (typeof row !== "object" || row === null) return [{ group: row ?? "", echo: true }];
  const { group, echo }: { group?: unknown; echo?: unknown } = row;
  return groupList(group ?? "").map((each) => ({ group: each, echo: isBlank(echo) || toBoolean("echo", echo) }));
}

interface Zoned {
  readonly group: Group;
  readonly iface: InterfaceChoice;
  readonly zone?: string;
}

// A zone names the interface (RFC 4007). Throws where another interface is named as well.
function withZone({ zone, ...group }: Group, iface: InterfaceChoice, property = "iface"): Zoned {
  if (zone === undefined) return { group, iface };
  if (typeof iface !== "string" && !iface.includes(zone)) {
    throw new McastError("group-zone", { property, value: group.address, zone: quote(zone), iface: quote(iface.join(", ")) });
  }
  return { group, iface: [zone], zone };
}

// IGMPv3 and MLDv2 filter the senders of a source-specific group by single addresses; they have no ranges.
function sourcesOf(group: Group, allow: readonly string[]): readonly string[] {
  if (!isSourceSpecific(group) || allow.length === 0) return [];
  const { address, family } = group;
  const sources = allow.filter((sender) => familyOf(sender) === family);
  const range = sources.find((sender) => sender.includes("/"));
  if (range !== undefined) throw new McastError("allow-range", { group: address, value: range });
  if (sources.length === 0) throw new McastError("allow-family", { group: address, family });
  return sources;
}

// An empty list counts as a missing group. A blank row in a list stays, so that it is refused.
function groupList(value: unknown): readonly unknown[] {
  const groups = entries(value);
  if (groups.length === 0) throw new McastError("group-missing");
  return groups;
}

function isEmptyList(value: unknown): boolean {
  return value !== undefined && entries(value).every(isBlank);
}

function distinctGroups<T extends JoinOptions>(joins: readonly T[]): readonly T[] {
  return [...new Map(joins.map((join) => [`${join.group.address} ${ifaceKey(join.iface)}`, join])).values()];
}
