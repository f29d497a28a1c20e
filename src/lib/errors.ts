import { printable } from "./printable";

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
  | "ERR_MCAST_CLOSED";

/**
 * Every reason why something can't be, its code, and the words for it.
 * The same words stand in the catalogues, so a reason can be told in the reader's language.
 */
export const REASONS = {
  "group-missing": ["ERR_MCAST_GROUP", "no group given: choose one such as 239.255.1.1"],
  "group-address": ["ERR_MCAST_GROUP", "__value__ is not an address: a group is one such as 239.255.1.1 or ff02::1"],
  "group-port": ["ERR_MCAST_GROUP", "__value__ names a port: give the group alone, the port is set beside it"],
  "group-range": ["ERR_MCAST_GROUP", "__value__ is not a multicast group (224.0.0.0 to 239.255.255.255, or ff00::/8)"],
  "group-zone": ["ERR_MCAST_GROUP", "__value__ names interface __zone__, but the interface chosen is __iface__"],
  "port-missing": ["ERR_MCAST_PORT", "no port given (1 to 65535)"],
  "port-range": ["ERR_MCAST_PORT", "__value__ is not a port (1 to 65535)"],
  "ttl-range": ["ERR_MCAST_TTL", "__value__ is not a TTL (0 to 255)"],
  "message-odd": ["ERR_MCAST_OPTION", "the message can't be dealt with: __why__"],
  "payload-type": ["ERR_MCAST_PAYLOAD", "a payload of type __type__ can't be sent: give a Buffer, text, number or object"],
  "payload-json": ["ERR_MCAST_PAYLOAD", "the payload can't be written as JSON: __why__"],
  "payload-size": ["ERR_MCAST_PAYLOAD", "__size__ bytes are too many for one datagram (at most __most__)"],
  "iface-words": ["ERR_MCAST_OPTION", "__value__ is not an interface choice (default, all, or names and addresses separated by commas)"],
  "iface-alone": ["ERR_MCAST_OPTION", "__value__ is not an interface choice: default and all stand alone"],
  "loopback-boolean": ["ERR_MCAST_OPTION", "__value__ is not a choice for loopback (true or false)"],
  "datatype-choice": ["ERR_MCAST_OPTION", "__value__ is not a datatype (buffer, utf8, base64 or json)"],
  "refresh-range": ["ERR_MCAST_OPTION", "__value__ is not a refresh in seconds (0 = off, or 10 to 86400)"],
  "silence-range": ["ERR_MCAST_OPTION", "__value__ is not a silence in seconds (blank = never, or 1 to 86400)"],
  "echo-choice": ["ERR_MCAST_OPTION", "__value__ is not a kind of echo (unchanged, hear or off)"],
  "echo-boolean": ["ERR_MCAST_OPTION", "__value__ is not a choice for echo (true or false)"],
  "replies-choice": ["ERR_MCAST_OPTION", "__value__ is not a choice for replies (off, output or collect)"],
  "collect-range": ["ERR_MCAST_OPTION", "__value__ is not a time to collect in milliseconds (1 to 3600000)"],
  "unicast-boolean": ["ERR_MCAST_OPTION", "__value__ is not a choice for unicast (true or false)"],
  "control-boolean": ["ERR_MCAST_OPTION", "__value__ is not a choice for control (true or false)"],
  "acknowledge-boolean": ["ERR_MCAST_OPTION", "__value__ is not a choice for acknowledge (true or false)"],
  "allow-address": ["ERR_MCAST_OPTION", "__value__ is not a sender (an address such as 192.168.1.5, or a range such as 192.168.1.0/24)"],
  "allow-range": ["ERR_MCAST_OPTION", "__group__ is source-specific: allow single addresses for it, not a range such as __value__"],
  "allow-family": ["ERR_MCAST_OPTION", "__group__ is source-specific, but no __family__ address is allowed: allow one, or everyone"],
  "rate-range": ["ERR_MCAST_OPTION", "__value__ is not a rate in echoes a second (blank = no cap, or 1 to 1000000)"],
  "action-choice": ["ERR_MCAST_OPTION", "__value__ is not an action (join, leave or groups)"],
  "interface-absent": ["ERR_MCAST_INTERFACE", "waiting for __interface__"],
  "interface-family": ["ERR_MCAST_INTERFACE", "waiting for an __family__ address on __interface__"],
  "interface-none": ["ERR_MCAST_INTERFACE", "waiting for a network (no usable __family__ interface)"],
  "interface-choose": ["ERR_MCAST_INTERFACE", "choose an interface: no route decides between __interfaces__"],
  "bind-held": ["ERR_MCAST_BIND", "port __port__ is held by a program that does not share it"],
  "bind-privilege": ["ERR_MCAST_BIND", "port __port__ needs privileges (it is below 1024)"],
  "bind-refused": ["ERR_MCAST_BIND", "the system refuses to open port __port__ (__errno__)"],
  "join-memberships": ["ERR_MCAST_JOIN", "too many memberships (net.ipv4.igmp_max_memberships)"],
  "join-sources": ["ERR_MCAST_JOIN", "__count__ allowed senders are too many for __group__ (__limit__)"],
  "join-refused": ["ERR_MCAST_JOIN", "the system refuses to join __group__ on __interface__ (__errno__)"],
  "send-firewall": ["ERR_MCAST_SEND", "sending on __interface__ is blocked by the local firewall"],
  "send-route": ["ERR_MCAST_SEND", "no network, or no route, on __interface__"],
  "send-size": ["ERR_MCAST_SEND", "datagram too large for __interface__"],
  "send-refused": ["ERR_MCAST_SEND", "the system refuses to send on __interface__ (__errno__)"],
  "relay-loop": ["ERR_MCAST_SEND", "loop suspected: __from__ > __to__"],
  "relay-held": ["ERR_MCAST_SEND", "__count__ held back (at most __most__ echoes/s)"],
  "send-late": ["ERR_MCAST_INTERFACE", "not sent, after __seconds__ s of waiting for __interface__"],
  "send-nowhere": ["ERR_MCAST_INTERFACE", "not sent, after __seconds__ s of waiting for a network"],
  "send-crowded": ["ERR_MCAST_SEND", "__count__ messages wait already for an interface: this one is not sent"],
  "ask-crowded": ["ERR_MCAST_SEND", "__count__ questions are open already: this one is not asked"],
  "ask-closed": ["ERR_MCAST_CLOSED", "closed before the answers were in"],
  closed: ["ERR_MCAST_CLOSED", "closed before the message was sent"],
  // Bounds that were reached.
  "send-slow": [
    "ERR_MCAST_SEND",
    "the link on __interface__ is slower than what is sent: __mebibytes__ MiB (__count__ datagrams) are waiting",
  ],
  "send-dropped": ["ERR_MCAST_SEND", "link too slow: __count__ not sent"],
  "ack-unreachable": ["ERR_MCAST_SEND", "__count__ not acknowledged (no way back by their interface)"],
  unsent: ["ERR_MCAST_CLOSED", "__count__ messages were not sent, or not replied to in time: the node was closed first"],
  "join-crowded": ["ERR_MCAST_JOIN", "too many groups (at most __count__): leave some first"],
  "iface-many": ["ERR_MCAST_OPTION", "__count__ interfaces are too many (at most __most__): choose all"],
} as const satisfies Record<string, readonly [McastCode, string]>;

export type Reason = keyof typeof REASONS;
export type Details = Readonly<Record<string, string | number>>;

/**
 * The one error of this package. `code` is for programs, `message` for people: what was given, what would be right.
 * `reason` and `details` are what the message was made from; `cause` is the system's own error, if there was one.
 */
export class McastError extends Error {
  override readonly name = "McastError";
  readonly code: McastCode;
  readonly reason: Reason;
  readonly details: Details;
  declare readonly cause: unknown;

  constructor(reason: Reason, details: Details = {}, cause?: unknown) {
    const [code, words] = REASONS[reason];
    super(printable(words.replace(/__(\w+?)__/g, (blank, name: string) => String(details[name] ?? blank))), { cause });
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The same error with its message in other words, such as those of another language. */
  inWords(message: string): McastError {
    const error = new McastError(this.reason, this.details, this.cause);
    error.message = printable(message);
    return error;
  }
}

/** What was being tried when the system said no. */
export type Step = "bind" | "join" | "send";

// What an errno means for a flow author; whatever stands here for no step is told with its own name.
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

/** The system's refusal in words: by its errno and by the step at which it came. */
export function systemError(step: Step, cause: unknown, details: Details): McastError {
  const errno = errnoOf(cause);
  const advice = ADVICE[step][errno] ?? `${step}-refused`;
  const isPrivileged = typeof details.port === "number" && details.port < 1024;
  const reason = advice === "bind-privilege" && !isPrivileged ? "bind-refused" : advice;
  return new McastError(reason, { ...details, errno }, cause);
}

/** The name of a system error, such as `EADDRINUSE`; `UNKNOWN` for anything that has none. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
}
