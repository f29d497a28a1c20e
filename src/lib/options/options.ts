import { familyOf, type Group, isSourceSpecific, parseGroup, parseGroupEndpoint, parsePort, quote } from "../address";
import { McastError } from "../errors";
import { boolean, entries, pick } from "./coerce";
import {
  type Datatype,
  DEFAULTS,
  type Echo,
  type InterfaceChoice,
  type Replies,
  readAcknowledge,
  readAllow,
  readCollect,
  readControl,
  readDatatype,
  readEcho,
  readIface,
  readLoopback,
  readMaxRate,
  readPort,
  readRefresh,
  readReplies,
  readSilence,
  readSourcePort,
  readTtl,
  readUnicast,
} from "./properties";

export * from "./properties";

/** What a form, a message, a flag or a caller gives, before anything of it is believed. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a node does about answers to what it sends. */
export interface ReplyOptions {
  readonly replies: Replies;
  /** Milliseconds for which answers are collected. */
  readonly collect: number;
}

/** Where and how a datagram is sent. */
export interface Destination {
  readonly group: Group;
  readonly port: number;
  readonly iface: InterfaceChoice;
  /** Hop limit for IPv6; 1 stays on the link. */
  readonly ttl: number;
  /** Whether this host's own listeners hear what is sent. */
  readonly loopback: boolean;
  /** The port it is sent from; 0 is any. */
  readonly sourcePort: number;
}

export interface JoinOptions {
  readonly group: Group;
  /** The zone that the group was written with (`%eth0`); missing for a group without one. */
  readonly zone?: string;
  readonly port: number;
  readonly iface: InterfaceChoice;
  /** The senders to be heard, by address and range; empty for everyone. */
  readonly allow: readonly string[];
  /** The senders that a source-specific group is joined from; empty for a join that asks for all of them. */
  readonly sources: readonly string[];
  /** Seconds between refreshes of the membership; 0 = never. */
  readonly refresh: number;
}

export interface RecvOptions {
  readonly joins: readonly JoinOptions[];
  readonly datatype: Datatype;
  /** Seconds without a datagram that are worth telling; 0 = never. */
  readonly silence: number;
  /** Whether what is sent to this host itself on the port is heard too. */
  readonly unicast: boolean;
  /** Whether messages may join and leave groups. */
  readonly control: boolean;
}

/** A group that a relay joins. `echo` is true if the relay echoes it. */
export type EchoedJoin = JoinOptions & { readonly echo: boolean };

export interface RelayOptions {
  readonly joins: readonly EchoedJoin[];
  /** The bind group, and how it is sent to. */
  readonly bindGroup: Destination;
  /** How the payload is echoed. */
  readonly echo: Echo;
  /** Whether each sender is told, by unicast, what was heard. */
  readonly acknowledge: boolean;
  /** The most echoes a second; `Infinity` for no cap. */
  readonly maxRate: number;
}

export interface HearOptions extends RelayOptions {
  readonly datatype: Datatype;
  readonly silence: number;
}

/** Reads how one group is joined. Throws a McastError that names the field. */
export function joinOptions(fields: Fields): JoinOptions {
  const place = withZone(parseGroup(fields.group ?? DEFAULTS.group), readIface(fields.iface, "all"));
  const allow = readAllow(fields.allow);
  return {
    ...place,
    allow,
    sources: sourcesOf(place.group, allow),
    port: readPort(fields.port),
    refresh: readRefresh(fields.refresh),
  };
}

/** Reads the properties of `mcast-recv`. Throws a McastError that names the field. */
export function recvOptions(fields: Fields): RecvOptions {
  const joins = groupList(fields.groups ?? DEFAULTS.group).map((group) => joinOptions({ ...fields, group: group ?? "" }));
  return {
    joins: distinctGroups(joins),
    datatype: readDatatype(fields.datatype),
    silence: readSilence(fields.silence),
    unicast: readUnicast(fields.unicast),
    control: readControl(fields.control),
  };
}

/** Reads the properties of `mcast-hear`. Throws a McastError that names the field. */
export function hearOptions(fields: Fields): HearOptions {
  const kind = readEcho(fields.echo);
  const heard = groupList(fields.groups ?? DEFAULTS.group).flatMap(readHeard);
  const joins = heard.map(({ group, echo }) => ({ ...joinOptions({ ...fields, group }), echo: echo && kind !== "off" }));
  const { group, port, ttl, loopback, echoIface } = fields;
  return {
    joins: distinctGroups(joins),
    maxRate: readMaxRate(fields.maxRate),
    bindGroup: destination({ group, port, ttl, loopback, iface: echoIface }),
    echo: kind,
    acknowledge: readAcknowledge(fields.acknowledge),
    datatype: readDatatype(fields.datatype),
    silence: readSilence(fields.silence),
  };
}

/**
 * Where a message goes: what the form sets wins, what it leaves blank is taken from the message
 * (`msg.group`, which may bring its port along, `msg.port`, `msg.ttl`, `msg.iface`). Throws a McastError that names the field.
 */
export function destination(form: Fields, message: Fields = {}): Destination {
  // A message's group may bring its port along; a form has a field for each.
  const { group, port } =
    form.group === "" ? parseGroupEndpoint(message.group) : { group: parseGroup(form.group ?? DEFAULTS.group), port: undefined };
  const groupPort = parsePort(pick(form.port, message.port ?? port, DEFAULTS.port));
  const { zone: _zone, ...place } = withZone(group, readIface(pick(form.iface, message.iface), "default"));
  return {
    ...place,
    port: groupPort,
    sourcePort: readSourcePort(form.sourcePort, groupPort),
    ttl: readTtl(pick(form.ttl, message.ttl)),
    loopback: readLoopback(form.loopback),
  };
}

/** Reads what `mcast-say` does about answers. Throws a McastError that names the field. */
export function replyOptions(fields: Fields): ReplyOptions {
  return {
    replies: readReplies(fields.replies),
    collect: readCollect(fields.collect),
  };
}

/** True where a message may still decide something that the form leaves open. */
export function dependsOnMessage(form: Fields): boolean {
  return [form.group, form.port, form.ttl, form.iface].includes("");
}

// One row of hear's list: `{ group, echo }`, or the group alone, which is echoed.
function readHeard(row: unknown): readonly { readonly group: unknown; readonly echo: boolean }[] {
  if (typeof row !== "object" || row === null) return [{ group: row ?? "", echo: true }];
  const { group, echo }: { group?: unknown; echo?: unknown } = row;
  return groupList(group ?? "").map((each) => ({ group: each, echo: boolean(echo, true, "echo-boolean") }));
}

interface Zoned {
  readonly group: Group;
  readonly iface: InterfaceChoice;
  readonly zone?: string;
}

// A zone equals naming the interface. Where another one was named as well, one of the two is a mistake.
function withZone({ zone, ...group }: Group, iface: InterfaceChoice): Zoned {
  if (zone === undefined) return { group, iface };
  if (typeof iface !== "string" && !iface.includes(zone)) {
    throw new McastError("group-zone", { value: group.address, zone: quote(zone), iface: quote(iface.join(", ")) });
  }
  return { group, iface: [zone], zone };
}

// The network itself chooses the senders of a source-specific group, one by one: it knows nothing of ranges.
function sourcesOf(group: Group, allow: readonly string[]): readonly string[] {
  if (!isSourceSpecific(group) || allow.length === 0) return [];
  const { address, family } = group;
  const sources = allow.filter((sender) => familyOf(sender) === family);
  const range = sources.find((sender) => sender.includes("/"));
  if (range !== undefined) throw new McastError("allow-range", { group: address, value: range });
  if (sources.length === 0) throw new McastError("allow-family", { group: address, family });
  return sources;
}

// An empty list of groups is a missing group, and a blank row in it a mistake, not nothing.
function groupList(value: unknown): readonly unknown[] {
  const groups = entries(value);
  if (groups.length === 0) throw new McastError("group-missing");
  return groups;
}

function distinctGroups<T extends JoinOptions>(joins: readonly T[]): readonly T[] {
  return [...new Map(joins.map((join) => [`${join.group.address} ${join.iface}`, join])).values()];
}
