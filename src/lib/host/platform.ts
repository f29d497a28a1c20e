import { type Details, errnoOf, McastError, type Reason, type Step, systemError } from "../errors";

/** A step at which a system refuses. A bind to a group, `bind-group`, has the reasons of a bind and some of its own. */
export type PlatformStep = Step | "bind-group";

/** The facts in which operating systems differ. Those of Linux are measured, all others are documented only. */
export interface Platform {
  /**
   * The most exact bind for one group that the system has.
   * - `mapped-exact`: an AF_INET6 socket on `::ffff:<group>`, exact for group and interface; a plain bind to the group is exact
   *   for the group only.
   * - `group`: a plain bind to the group.
   * - `own-address-or-wildcard`: no bind to a group is possible; the socket receives unicast too.
   */
  readonly groupBind: "mapped-exact" | "group" | "own-address-or-wildcard";
  /** True if a socket receives only the groups that the socket itself has joined, and only on the interfaces on which it joined. */
  readonly filtersByMembership: boolean;
  /** Groups for which `filtersByMembership` does not hold. */
  readonly unfilteredGroups: readonly string[];
  /**
   * Form of an IPv6 zone in a socket option and in an address: `fe80::1%eth0`, or `fe80::1%5`. An interface without an index has no
   * zone by index, because the system would silently use the default interface for index 0.
   */
  readonly zoneBy: "name" | "index";
  /** True if the system lists a second address as an interface `eth0:1`. */
  readonly hasAliasLabels: boolean;
  /** Errnos of a second join that mean that the membership still exists. */
  readonly memberAgainErrnos: ReadonlySet<string>;
  /** True if an IPv6 socket on `::` would receive IPv4 datagrams too. It must then be opened with `ipv6Only`. */
  readonly ipv6Only: boolean;
  /** True if `/proc/net` and `/sys/class/net` list routes, memberships, sockets and links. */
  readonly hasProcTables: boolean;
  /** The reason for an errno, where this system gives the errno for a reason of its own. */
  readonly advice: Readonly<Partial<Record<PlatformStep, Readonly<Record<string, Reason>>>>>;
}

/** Returns the facts of an operating system, by `process.platform`. An unknown system gets the cautious ones. */
export function platformOf(name: NodeJS.Platform): Platform {
  return PLATFORMS[name] ?? OTHER;
}

/** Makes the error for a refusal of the system, by its errno, the step at which it came, and the operating system. */
export function refusalBy(platform: NodeJS.Platform, step: PlatformStep, cause: unknown, details: Details): McastError {
  const errno = errnoOf(cause);
  const { advice } = platformOf(platform);
  const general = step === "bind-group" ? "bind" : step;
  const reason = advice[step]?.[errno] ?? advice[general]?.[errno];
  return reason ? new McastError(reason, { ...details, errno }, cause) : systemError(general, cause, details);
}

// Facts that POSIX systems share, as far as known.
const OTHER: Platform = {
  groupBind: "group",
  filtersByMembership: false, // not known, so the caller filters by subnet
  unfilteredGroups: [],
  zoneBy: "name", // RFC 4007, 11.2
  hasAliasLabels: false,
  memberAgainErrnos: new Set(["EADDRINUSE", "EADDRNOTAVAIL"]), // EADDRNOTAVAIL for a source that is joined
  ipv6Only: false,
  hasProcTables: false,
  advice: {},
};

// (measured on Linux 6.18)
const LINUX: Platform = {
  ...OTHER,
  groupBind: "mapped-exact",
  filtersByMembership: false, // IP_MULTICAST_ALL is on, and Node.js cannot set it
  hasAliasLabels: true,
  hasProcTables: true,
};

// (documented, not measured)
const DARWIN: Platform = {
  ...OTHER,
  groupBind: "group",
  filtersByMembership: true,
  unfilteredGroups: ["224.0.0.1"], // it arrives once for each interface
  // The permission since macOS 15, and 9216 bytes by default.
  advice: { send: { EHOSTUNREACH: "send-permission", EMSGSIZE: "send-largest" } },
};

// (documented, not measured)
const WIN32: Platform = {
  ...OTHER,
  groupBind: "own-address-or-wildcard",
  filtersByMembership: true,
  zoneBy: "index",
  memberAgainErrnos: new Set([...OTHER.memberAgainErrnos, "EINVAL"]), // WSAEINVAL, in spite of Microsoft's documents
  ipv6Only: true,
  advice: {
    bind: { EACCES: "bind-reserved" }, // WSAEACCES; ports below 1024 need no privileges
    send: { ENETUNREACH: "send-nobody" }, // sending on 127.0.0.1 without a listener
  },
};

// (documented, not measured)
const FREEBSD: Platform = {
  ...OTHER,
  groupBind: "group", // the mapped bind is refused
  filtersByMembership: true, // the plain bind is exact
  advice: { "bind-group": { EADDRNOTAVAIL: "bind-jail" } },
};

const PLATFORMS: Partial<Record<NodeJS.Platform, Platform>> = {
  linux: LINUX,
  android: LINUX, // a Linux kernel; files that Android hides are undefined when read (documented, not measured)
  darwin: DARWIN,
  win32: WIN32,
  freebsd: FREEBSD,
  openbsd: OTHER, // not known to differ
};
