import { printable, showInvisible } from "./printable";

/** The codes that scripts and Catch nodes may rely on. */
export type McastCode =
  | "ERR_MCAST_GROUP"
  | "ERR_MCAST_PORT"
  | "ERR_MCAST_TTL"
  | "ERR_MCAST_PAYLOAD"
  | "ERR_MCAST_OPTION"
  | "ERR_MCAST_INTERFACE"
  | "ERR_MCAST_BIND"
  | "ERR_MCAST_JOIN"
  | "ERR_MCAST_SEND"
  | "ERR_MCAST_CLOSED"
  | "ERR_MCAST_KEY"
  | "ERR_MCAST_CLOCK";

/**
 * The code and the English message of each reason. A message states the value that was given, the valid values, and the remedy. A
 * word between double underscores stands for one of the error's details. The catalogues of the nodes contain the messages
 * in the other languages, and in English those that name what only a node has, such as `msg.group`.
 */
export const REASONS = {
  "group-missing": ["ERR_MCAST_GROUP", "No group: give one, for example 239.255.1.1"],
  "group-address": ["ERR_MCAST_GROUP", "__value__ is not an IP address: give a group such as 239.255.1.1 or ff02::1"],
  "group-port": ["ERR_MCAST_GROUP", "__value__ includes a port: give the group alone and set the port separately"],
  "group-range": ["ERR_MCAST_GROUP", "__value__ is not a multicast group (224.0.0.0 to 239.255.255.255, or ff00::/8)"],
  "group-zone": [
    "ERR_MCAST_GROUP",
    "__value__%__zone__ names interface __zone__, but __label__ is set to __iface__. Remove one of the two.",
  ],
  // Of a sender whose group and port come from the message if the form leaves them blank.
  "group-blank": ["ERR_MCAST_GROUP", "No group: give one, for example 239.255.1.1"],
  "group-no-value": ["ERR_MCAST_GROUP", "__label__: __source__ has no value"],
  "port-missing": ["ERR_MCAST_PORT", "No port: give a number from 1 to 65535"],
  "port-blank": ["ERR_MCAST_PORT", "No port: give a number from 1 to 65535"],
  "port-no-value": ["ERR_MCAST_PORT", "__label__: __source__ has no value"],
  "port-range": ["ERR_MCAST_PORT", "__label__ must be a number from 1 to 65535, not __value__"],
  "hop-port-range": ["ERR_MCAST_PORT", "Hop port __value__ is out of range (__least__ to __most__, the first of 8 ports)"],
  "ttl-range": ["ERR_MCAST_TTL", "TTL __value__ is out of range (__least__ to __most__)"],
  "ttl-no-value": ["ERR_MCAST_TTL", "__label__: __source__ has no value"],
  "message-odd": ["ERR_MCAST_OPTION", "Cannot process this message: __why__"],
  "payload-type": ["ERR_MCAST_PAYLOAD", "Cannot send a payload of type __type__: give a Buffer, string, number, boolean, object or array"],
  "payload-json": ["ERR_MCAST_PAYLOAD", "Cannot convert the payload to JSON: __why__"],
  "payload-size": ["ERR_MCAST_PAYLOAD", "Payload of __size__ bytes is too large for one datagram (at most __most__ bytes)"],
  "iface-no-value": ["ERR_MCAST_OPTION", "__label__: __source__ has no value"],
  "iface-words": [
    "ERR_MCAST_OPTION",
    "__label__ must be default, all, or interface names and addresses separated by commas, not __value__",
  ],
  "iface-address": [
    "ERR_MCAST_OPTION",
    "__label__ cannot be __value__: give an interface name, one of this machine's own addresses, default or all",
  ],
  "iface-alone": ["ERR_MCAST_OPTION", "__label__ __value__ is not valid: default and all cannot be combined with anything else"],
  boolean: ["ERR_MCAST_OPTION", "__label__ must be true or false, not __value__"],
  choice: ["ERR_MCAST_OPTION", "__label__ must be one of __choices__, not __value__"],
  "option-unknown": ["ERR_MCAST_OPTION", "Unknown property '__property__': did you mean __nearest__?"],
  "option-unlisted": ["ERR_MCAST_OPTION", "Unknown property '__property__': valid are __names__"],
  "option-both": ["ERR_MCAST_OPTION", "__one__ and __other__ are both set: give one of the two"],
  "option-range": ["ERR_MCAST_OPTION", "__property__ must be __least__ to __most__, not __value__"],
  "option-type": ["ERR_MCAST_OPTION", "__property__ must be of type __type__, not __value__"],
  "refresh-range": ["ERR_MCAST_OPTION", "Refresh must be 0 (off) or __least__ to __most__ seconds, not __value__"],
  "silence-range": ["ERR_MCAST_OPTION", "Silence must be blank or __least__ to __most__ seconds, not __value__"],
  "collect-range": ["ERR_MCAST_OPTION", "Collect must be __least__ to __most__ milliseconds, not __value__"],
  "rate-range": ["ERR_MCAST_OPTION", "__label__ must be blank or __least__ to __most__, not __value__"],
  "allow-address": ["ERR_MCAST_OPTION", "Allow takes addresses such as 192.168.1.5 and ranges such as 192.168.1.0/24, not __value__"],
  "allow-range": ["ERR_MCAST_OPTION", "__group__ is source-specific: allow single addresses for it, not a range such as __value__"],
  "allow-family": ["ERR_MCAST_OPTION", "__group__ is source-specific, but Allow has no __family__ address: add one, or leave Allow blank"],
  "action-choice": ["ERR_MCAST_OPTION", "msg.action must be join, leave, groups or activity, not __value__"],
  "interface-absent": ["ERR_MCAST_INTERFACE", "waiting for __interface__"],
  "interface-family": ["ERR_MCAST_INTERFACE", "waiting for an __family__ address on __interface__"],
  "interface-none": ["ERR_MCAST_INTERFACE", "waiting for a network (no usable __family__ interface)"],
  "interface-choose": ["ERR_MCAST_INTERFACE", "choose an interface: no route selects one of __interfaces__"],
  "interface-shared": [
    "ERR_MCAST_INTERFACE",
    "__one__ and __other__ share the address __address__: the system cannot distinguish them. Give __interface__ an address of its own.",
  ],
  "interface-index": [
    "ERR_MCAST_INTERFACE",
    "The system gives __interface__ no index, which IPv6 needs here: use IPv4 on it, or choose another interface",
  ],
  "interface-left-out": [
    "ERR_MCAST_INTERFACE",
    "waiting for a network. Not used unless named: __interfaces__ (containers, tunnels, no multicast)",
  ],
  "interface-unlisted": [
    "ERR_MCAST_INTERFACE",
    "waiting for __interface__: the system does not list its interfaces (__errno__). Use default or a local address, or allow AF_NETLINK.",
  ],
  "interfaces-unlisted": [
    "ERR_MCAST_INTERFACE",
    "The system does not list its interfaces (__errno__), so it chooses the interface itself. Allow AF_NETLINK to use them by name.",
  ],
  "bind-held": ["ERR_MCAST_BIND", "Port __port__ is held by a program that does not share it: stop that program or choose another port"],
  "bind-privilege": ["ERR_MCAST_BIND", "Port __port__ needs privileges because it is below 1024: choose a higher port"],
  "bind-refused": ["ERR_MCAST_BIND", "The system refused to open port __port__ (__errno__)"],
  "bind-reserved": [
    "ERR_MCAST_BIND",
    "Port __port__ is held by a program that does not share it, or reserved by Windows: see netsh int ipv4 show excludedportrange protocol=udp",
  ],
  "bind-jail": ["ERR_MCAST_BIND", "A jail that shares the host's addresses cannot bind to a group: use a VNET jail"],
  "join-memberships": ["ERR_MCAST_JOIN", "Too many memberships: raise net.ipv4.igmp_max_memberships"],
  "join-sources": ["ERR_MCAST_JOIN", "__count__ allowed senders are too many for __group__: allow fewer, or raise __limit__"],
  "join-refused": ["ERR_MCAST_JOIN", "The system refused to join __group__ on __interface__ (__errno__)"],
  "send-firewall": ["ERR_MCAST_SEND", "The local firewall blocks sending on __interface__"],
  "send-route": ["ERR_MCAST_SEND", "No network or no route on __interface__"],
  "send-permission": [
    "ERR_MCAST_SEND",
    "No route on __interface__, or macOS denies this program the local network: allow it under Privacy & Security, Local Network",
  ],
  "send-nobody": ["ERR_MCAST_SEND", "No network on __interface__, or on the loopback interface no program has joined the group"],
  "send-size": ["ERR_MCAST_SEND", "The datagram is too large for __interface__: send fewer bytes"],
  "send-largest": [
    "ERR_MCAST_SEND",
    "The datagram is too large for __interface__: macOS sends at most 9216 bytes unless net.inet.udp.maxdgram is raised",
  ],
  "send-refused": ["ERR_MCAST_SEND", "The system refused to send on __interface__ (__errno__)"],
  "relay-loop": [
    "ERR_MCAST_SEND",
    "Possible loop __from__ → __to__: echoes are coming back, so repeats are paused. Check for a relay __to__ → __from__.",
  ],
  "relay-held": ["ERR_MCAST_SEND", "Echoes held back: __count__ (at most __most__ per second)"],
  "receive-lost": ["ERR_MCAST_BIND", "Datagrams lost: __count__ (receive buffer full, net.core.rmem_max is __limit__)"],
  "receive-lost-busy": ["ERR_MCAST_BIND", "Datagrams lost: __count__ (receive buffer of __mebibytes__ MiB full, the process is too busy)"],
  "send-late": ["ERR_MCAST_INTERFACE", "Not sent: waited __seconds__ s for __interface__"],
  "send-nowhere": ["ERR_MCAST_INTERFACE", "Not sent: waited __seconds__ s for a network"],
  "send-crowded": ["ERR_MCAST_SEND", "Not sent: the queue is full (__count__ messages are waiting for an interface)"],
  "ask-crowded": ["ERR_MCAST_SEND", "Not sent: __count__ requests are still waiting for replies"],
  "ask-closed": ["ERR_MCAST_CLOSED", "Closed before the replies were collected"],
  closed: ["ERR_MCAST_CLOSED", "Closed before the message was sent"],
  // Limits that were reached.
  "send-slow": [
    "ERR_MCAST_SEND",
    "The link on __interface__ is slower than what is sent: __mebibytes__ MiB (__count__ datagrams) are waiting",
  ],
  "send-dropped": ["ERR_MCAST_SEND", "Link too slow: __count__ not sent"],
  "ack-unreachable": ["ERR_MCAST_SEND", "__count__ not acknowledged: their senders cannot be reached by the interface of arrival"],
  unsent: ["ERR_MCAST_CLOSED", "__count__ messages were not sent or got no replies in time: the node was closed first"],
  "join-crowded": ["ERR_MCAST_JOIN", "Too many groups (at most __count__): leave some first"],
  "iface-many": ["ERR_MCAST_OPTION", "__count__ interfaces are too many (at most __most__): use all"],
  "freshness-range": ["ERR_MCAST_OPTION", "Freshness must be __least__ to __most__ seconds, not __value__"],
  "sealed-replies": ["ERR_MCAST_OPTION", "Replies are not sealed: turn Replies off, or use no key"],
  "sealed-unicast": ["ERR_MCAST_OPTION", "Only datagrams to a group are sealed: turn Unicast off, or use no key"],
  "sealed-acknowledge": ["ERR_MCAST_OPTION", "Acknowledgements are not sealed: turn Acknowledge off, or use no key"],
  "key-missing": ["ERR_MCAST_KEY", "The key has no value: give 64 hex digits, or base64 of 32 bytes"],
  "key-absent": ["ERR_MCAST_KEY", "The chosen mcast key node is missing or disabled: enable it, or choose another key"],
  "key-form": ["ERR_MCAST_KEY", "The key is not 64 hex digits or base64 of 32 bytes (a passphrase is no key): create one with mcast key"],
  "key-previous": ["ERR_MCAST_KEY", "The previous key is not 64 hex digits or base64 of 32 bytes: set the old key again, or clear it"],
  "key-properties": ["ERR_MCAST_KEY", "Unknown property of the key: valid are key and previous"],
  "clock-unset": ["ERR_MCAST_CLOCK", "Not sent: this machine's time is not set (__time__)"],
  "sealed-not": ["ERR_MCAST_KEY", "__count__ refused: not sealed"],
  "sealed-otherwise": ["ERR_MCAST_KEY", "__count__ refused: another key, or altered"],
  "sealed-late": ["ERR_MCAST_CLOCK", "__count__ refused: __sender__'s clock is __skew__ behind"],
  "sealed-early": ["ERR_MCAST_CLOCK", "__count__ refused: __sender__'s clock is __skew__ ahead"],
  "sealed-crowded": ["ERR_MCAST_KEY", "__count__ refused: more than __most__ sealed senders at once"],
} as const satisfies Record<string, readonly [McastCode, string]>;

export type Reason = keyof typeof REASONS;
/** The values that an error's message is made from, by name. */
export type Details = Readonly<Record<string, string | number>>;

/** The only kind of error that this package makes. Programs read `code`; people read `message`. */
export class McastError extends Error {
  /** The name of the class. */
  override readonly name = "McastError";
  /** The kind of the error, for programs. It does not change between versions. */
  readonly code: McastCode;
  /**
   * The reason. It selects the message, which `details` complete.
   * @internal
   */
  readonly reason: Reason;
  /** The values that the message is made from, such as the property and its value. */
  readonly details: Details;
  /** The system's own error, or the reason of the aborted signal, if there was one. */
  declare readonly cause: unknown;

  /** @internal */
  constructor(reason: Reason, details: Details = {}, cause?: unknown) {
    const [code, words] = REASONS[reason];
    const shown: Details = { label: labelOf(details.property), ...details };
    super(printable(words.replace(/__(\w+?)__/g, (blank, name: string) => String(shown[name] ?? blank))), { cause });
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /**
   * Copies the error with another message, such as a translated one.
   * @internal
   */
  withMessage(message: string): McastError {
    const error = new McastError(this.reason, this.details, this.cause);
    error.message = printable(message);
    return error;
  }
}

// The names of properties in an English message, which suit the properties of the library and the flags of the command alike.
const LABELS: Readonly<Record<string, string>> = {
  group: "Group",
  port: "Port",
  ttl: "TTL",
  sourcePort: "Source port",
  iface: "Interface",
  echoIface: "Echo interface",
  maxRate: "Max rate",
};

function labelOf(property: string | number = ""): string | number {
  return LABELS[property] ?? property;
}

/** The step that the system refused. */
export type Step = "bind" | "join" | "send";

// The reason of each errno, by step. For other errnos the error names the errno.
const ADVICE: Readonly<Record<Step, Readonly<Record<string, Reason>>>> = {
  bind: { EADDRINUSE: "bind-held", EACCES: "bind-privilege", ENODEV: "interface-absent", EADDRNOTAVAIL: "interface-absent" },
  join: { ENOBUFS: "join-memberships", ENODEV: "interface-absent", EADDRNOTAVAIL: "interface-absent" },
  send: {
    EPERM: "send-firewall",
    EACCES: "send-firewall",
    ENETUNREACH: "send-route",
    EHOSTUNREACH: "send-route",
    ENETDOWN: "send-route",
    EADDRNOTAVAIL: "send-route",
    ENODEV: "send-route",
    EMSGSIZE: "send-size",
  },
};

/** Makes the error for a refusal of the system, by its errno and the refused step. */
export function systemError(step: Step, cause: unknown, details: Details): McastError {
  const errno = errnoOf(cause);
  const advice = ADVICE[step][errno] ?? `${step}-refused`;
  const isPrivileged = typeof details.port === "number" && details.port < 1024;
  const reason = advice === "bind-privilege" && !isPrivileged ? "bind-refused" : advice;
  return new McastError(reason, { ...details, errno }, cause);
}

/** Returns the name of a system error, such as `EADDRINUSE`; `UNKNOWN` for an error without one. */
export function errnoOf(error: unknown): string {
  // The errors of os.networkInterfaces() have the errno in `info`.
  if (isError(error) && "info" in error && typeof error.info === "object") {
    const { code } = { code: undefined, ...error.info };
    if (typeof code === "string") return code;
  }
  return isError(error) && "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
}

/** Returns true for an error of any realm. In a test of Jest, the errors of Node.js are of another realm than `Error`. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

/**
 * Returns the first line of an error's message, short enough to quote; `unknown` if reading the message throws, as with a revoked
 * proxy.
 */
export function messageOf(error: unknown): string {
  try {
    return quote(isError(error) ? String(error.message).split("\n")[0] : error);
  } catch {
    return "unknown";
  }
}

/** Writes a value for an error message: on one line, with invisible characters shown by their code, 60 characters at most. */
export function quote(value: unknown): string {
  const line = showInvisible(
    textOf(value)
      .slice(0, 1_000)
      .replace(/[\t-\r ]+/g, " ")
      .trim(),
  );
  return line.length > 60 ? `${line.slice(0, 57)}...` : line || '""';
}

// Returns JSON for objects, and text for other values. A value's own methods may throw, and so does JSON for a circular value.
function textOf(value: unknown): string {
  try {
    return (typeof value === "object" ? JSON.stringify(value) : undefined) ?? String(value);
  } catch {
    return typeof value === "function" ? "a function" : "an object";
  }
}
