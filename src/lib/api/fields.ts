import type { KeyChoice } from "../sealed/group-key";

/** Fields of every object that stays open. */
export interface LifeFields {
  /** A signal that closes the object when it is aborted, as `close()` does. Default: none. Other values throw `ERR_MCAST_OPTION`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * True if the process may end although the object is open or waits for an interface. Default: false, so the process stays alive
   * until `close()`. Other values throw `ERR_MCAST_OPTION`.
   */
  readonly unref?: boolean | undefined;
}

/** The key of a sealed group. */
export interface SealFields {
  /**
   * The key of the group, as `createKey` returns it: 64 hex digits, base64 of 32 bytes, or 32 bytes; or `{ key, previous }`, whose
   * previous key opens but does not seal. With a key, each datagram is sent sealed, and only datagrams that open are received. A
   * property `key` without a value throws, so that a variable that is not set never causes plaintext. Default: not sealed. Other
   * values throw `ERR_MCAST_KEY`.
   */
  readonly key?: KeyChoice;
}

/** Fields of every object that opens sealed datagrams. */
export interface OpenFields extends SealFields {
  /** Seconds by which a sender's clock may differ from this one, 15 to 86400. Default: 30. Other values throw `ERR_MCAST_OPTION`. */
  readonly freshness?: number | string | undefined;
}

/** Fields of every object that receives from groups. */
export interface ReceiveFields extends LifeFields, OpenFields {
  /** The port of the groups, 1 to 65535. Default: 59559. Other values throw `ERR_MCAST_PORT`. */
  readonly port?: number | string | undefined;
  /**
   * The interfaces to join on: `all` (one interface of each link), `default` (the one that the system's routes choose), or
   * interface names, local addresses or ranges of them, as a list or separated by commas. If a named interface is missing, the
   * membership waits for it. Default: `all`. Other values throw `ERR_MCAST_OPTION`.
   */
  readonly iface?: string | readonly string[] | undefined;
  /**
   * The senders to accept: addresses such as 192.168.1.5 and ranges such as 192.168.1.0/24, as a list or as one string. A
   * source-specific group (232.0.0.0/8, ff3x::/32) is joined for these addresses only. Default: every sender. Other values throw
   * `ERR_MCAST_OPTION`.
   */
  readonly allow?: string | readonly string[] | undefined;
  /** Seconds between two refreshes of a membership, 10 to 86400; 0 is never. Default: 120. Other values throw `ERR_MCAST_OPTION`. */
  readonly refresh?: number | string | undefined;
}

/** Fields of `join`: `group` or `groups`, not both. */
export interface JoinFields extends ReceiveFields {
  /** The group to join, such as 239.255.1.1 or ff02::1. Default: 224.0.0.1. Other values throw `ERR_MCAST_GROUP`. */
  readonly group?: string | undefined;
  /** Several groups to join, as a list or as one string. Default: `group` alone. Other values throw `ERR_MCAST_GROUP`. */
  readonly groups?: string | readonly string[] | undefined;
  /**
   * True to receive also datagrams that are sent to this host itself on the port. Programs that listen on every address of the port
   * no longer receive them. Default: false. Other values throw `ERR_MCAST_OPTION`.
   */
  readonly unicast?: boolean | undefined;
}

/** Fields of an iteration: the limits of its queue. Datagrams beyond the limits are dropped and counted. */
export interface QueueFields {
  /** The most datagrams in the queue, 1 to 1000000. Default: 1000. Other values throw `ERR_MCAST_OPTION`. */
  readonly maxQueued?: number | undefined;
  /** The most payload bytes in the queue, 65527 to 1073741824. Default: 4194304 (4 MiB). Other values throw `ERR_MCAST_OPTION`. */
  readonly maxQueuedBytes?: number | undefined;
}

/** Fields of `listen`. */
export interface ListenFields extends JoinFields, QueueFields {}

/** The group, port, interface and settings for sending a datagram. */
export interface SendTarget {
  /** The group to send to. Default: 224.0.0.1. Other values throw `ERR_MCAST_GROUP`. */
  readonly group?: string | undefined;
  /** The port to send to, 1 to 65535. Default: 59559. Other values throw `ERR_MCAST_PORT`. */
  readonly port?: number | string | undefined;
  /**
   * The interfaces to send on: `default` (the one that the system's routes choose), `all` (one interface of each link), or
   * interface names, local addresses or ranges of them, as a list or separated by commas. A named address is the source address
   * too. A datagram waits 10 s for an interface that is missing. Default: `default`. Other values throw `ERR_MCAST_OPTION`.
   */
  readonly iface?: string | readonly string[] | undefined;
  /** The TTL, or the hop limit for IPv6: 0 to 255; 1 stays on the link. Default: 1. Other values throw `ERR_MCAST_TTL`. */
  readonly ttl?: number | string | undefined;
  /** True if listeners on this host receive the datagram too. Default: true. Other values throw `ERR_MCAST_OPTION`. */
  readonly loopback?: boolean | undefined;
}

/** Fields of `send` and `sender`. */
export interface SendFields extends SendTarget, LifeFields, SealFields {
  /** The port to send from: 1 to 65535, or `group` for the group's own. Default: any. Other values throw `ERR_MCAST_PORT`. */
  readonly sourcePort?: number | string | undefined;
}

/** Fields of `ask`. Open questions with the same fixed `sourcePort` get each other's replies. */
export interface AskFields extends Omit<SendFields, "key">, QueueFields {
  /**
   * Milliseconds during which replies are collected, from the sending of the question: 1 to 3600000. Default: 3000. Other values
   * throw `ERR_MCAST_OPTION`.
   */
  readonly collect?: number | string | undefined;
}

/** A group that a relay joins. */
export interface RelayedGroup {
  /** The group, such as 239.255.1.1. Required. Other values throw `ERR_MCAST_GROUP`. */
  readonly group: string;
  /**
   * False if the relay passes datagrams of the group to the listener without echoing them. Default: true. Other values throw
   * `ERR_MCAST_OPTION`.
   */
  readonly echo?: boolean | undefined;
}

/** Fields of `relay`. */
export interface RelayFields extends ReceiveFields {
  /** The group that echoes are sent to, on the same port. Default: 224.0.0.1. Other values throw `ERR_MCAST_GROUP`. */
  readonly group?: string | undefined;
  /** The groups to join, as a list or as one string. Default: 224.0.0.1. Other values throw `ERR_MCAST_GROUP`. */
  readonly groups?: string | readonly (string | RelayedGroup)[] | undefined;
  /** The interfaces to echo on. Default: `iface` if that names interfaces, else `default`. Other values throw `ERR_MCAST_OPTION`. */
  readonly echoIface?: string | readonly string[] | undefined;
  /** The TTL of echoes, or the hop limit for IPv6: 0 to 255. Default: 1. Other values throw `ERR_MCAST_TTL`. */
  readonly ttl?: number | string | undefined;
  /** True if listeners on this host receive the echoes too. Default: true. Other values throw `ERR_MCAST_OPTION`. */
  readonly loopback?: boolean | undefined;
  /** The form of an echo: the same bytes, the HEAR text, or none. Default: `unchanged`. Other values throw `ERR_MCAST_OPTION`. */
  readonly echo?: "unchanged" | "hear" | "off" | undefined;
  /** True to send each sender the HEAR text by unicast. Default: false. Other values throw `ERR_MCAST_OPTION`. */
  readonly acknowledge?: boolean | undefined;
  /** Echoes per second at most, 1 to 1000000. Default: no cap. Other values throw `ERR_MCAST_OPTION`. */
  readonly maxRate?: number | string | undefined;
  /**
   * The first of the 8 source ports of echoes, which show how many relays have sent a datagram: 1 to 65528. All relays that may
   * form a loop need the same one. Default: 61440. Other values throw `ERR_MCAST_PORT`.
   */
  readonly hopPort?: number | string | undefined;
}

/** Fields of `diagnose`. */
export interface DiagnoseFields {
  /** The group to examine, and to send the datagram of the self-test to. Default: 224.0.0.1. Other values throw `ERR_MCAST_GROUP`. */
  readonly group?: string | undefined;
  /** The port of the group, 1 to 65535. Default: 59559. Other values throw `ERR_MCAST_PORT`. */
  readonly port?: number | string | undefined;
  /** The interfaces to test, in the form of `iface` of `join`. Default: every usable interface. Other values throw `ERR_MCAST_OPTION`. */
  readonly iface?: string | readonly string[] | undefined;
}

// The compiler checks that each list has exactly the names of its type.
const LIFE = { signal: true, unref: true } as const;
const QUEUE = { maxQueued: true, maxQueuedBytes: true } as const;
const RECEIVE = { ...LIFE, key: true, freshness: true, port: true, iface: true, allow: true, refresh: true } as const;
const JOIN = { group: true, groups: true, ...RECEIVE, unicast: true } as const;
const TARGET = { group: true, port: true, iface: true, ttl: true, loopback: true } as const;
const SEND = { ...TARGET, sourcePort: true, ...LIFE } as const;

export const JOIN_NAMES = namesOf<JoinFields>(JOIN);
export const LISTEN_NAMES = namesOf<ListenFields>({ ...JOIN, ...QUEUE });
export const TARGET_NAMES = namesOf<SendTarget>(TARGET);
export const SEND_NAMES = namesOf<SendFields>({ ...SEND, key: true });
export const ASK_NAMES = namesOf<AskFields>({ ...SEND, collect: true, ...QUEUE });
export const RELAY_NAMES = namesOf<RelayFields>({
  group: true,
  groups: true,
  ...RECEIVE,
  echoIface: true,
  ttl: true,
  loopback: true,
  echo: true,
  acknowledge: true,
  maxRate: true,
  hopPort: true,
});
export const RELAYED_NAMES = namesOf<RelayedGroup>({ group: true, echo: true });
export const DIAGNOSE_NAMES = namesOf<DiagnoseFields>({ group: true, port: true, iface: true });

function namesOf<F>(names: Readonly<Record<keyof F, true>>): readonly string[] {
  return Object.keys(names);
}
