import { addressOfBytes, bytesOf, bytesOfWords } from "./kernel-address";
import type { System } from "./system";

/** A group that any program has joined on an interface of this host. */
export interface JoinedGroup {
  /** The name of the interface. */
  readonly interface: string;
  /** The address of the group. */
  readonly group: string;
  /** The number of sockets that have joined it, including the system's own. */
  readonly sockets: number;
}

/** Returns the groups that are joined on this host; undefined where the system does not list them (every system but Linux). */
export function joinedGroups(system: System): readonly JoinedGroup[] | undefined {
  const [igmp, igmp6] = [system.readText(IGMP), system.readText(IGMP6)];
  return igmp || igmp6 ? [...readIgmp(igmp ?? ""), ...readIgmp6(igmp6 ?? "")] : undefined;
}

/**
 * Returns true if any program has joined a group on an interface, by a table that is at most 50 ms old: when an interface is back,
 * each of its groups asks. Undefined where the system does not list the groups.
 */
export function isJoined(group: string, interfaceName: string, system: System): boolean | undefined {
  const now = system.now();
  let table = tables.get(system);
  if (!table || now - table.readAt >= FRESH_MS) {
    table = { readAt: now, keys: keysOf(joinedGroups(system)) };
    tables.set(system, table);
  }
  return table.keys?.has(`${group} ${interfaceName}`);
}

interface Table {
  readonly readAt: number;
  readonly keys: ReadonlySet<string> | undefined;
}

const FRESH_MS = 50;
const tables = new WeakMap<System, Table>();

function keysOf(joined: readonly JoinedGroup[] | undefined): ReadonlySet<string> | undefined {
  return joined && new Set(joined.map(({ group, interface: name }) => `${group} ${name}`));
}

const IGMP = "/proc/net/igmp";
const IGMP6 = "/proc/net/igmp6";

/**
 * Returns true while the kernel receives queries of IGMP version 1 or 2 on an interface (Linux; the table is world-readable). Under
 * IGMPv2 a refresh may lose the group for some milliseconds, under IGMPv3 it does not.
 */
export function hearsOldQuerier(name: string, system: System): boolean {
  const lines = system.readText(IGMP)?.split("\n") ?? [];
  return lines.some((line) => {
    const [, device, querier] = /^\d+\s+(\S+)\s*:\s*\d+\s+(\S+)/.exec(line) ?? [];
    return device === name && querier !== "V3";
  });
}

// Reads a line for each interface, `2<tab>eth0      :     1      V3`, and below it a line for each of its groups,
// `<tab>0100A8EF     1 0:00000000<tab><tab>0`. The address is a number in this machine's byte order.
function readIgmp(table: string): JoinedGroup[] {
  let name = "";
  return table.split("\n").flatMap((line) => {
    name = /^\d+\s+(\S+?)\s*:/.exec(line)?.[1] ?? name;
    const [, hex, sockets] = /^\s+([0-9A-F]{8})\s+(\d+)\s/.exec(line) ?? [];
    return hex ? [{ interface: name, group: addressOfBytes(bytesOfWords(hex)), sockets: Number(sockets) }] : [];
  });
}

// Reads a line for each group of each interface: `2    eth0            ff0200000000000000000000000000fb     1 00000004 0`.
function readIgmp6(table: string): JoinedGroup[] {
  return table.split("\n").flatMap((line) => {
    const [, name, hex, sockets] = /^\d+\s+(\S+)\s+([0-9a-f]{32})\s+(\d+)\s/.exec(line) ?? [];
    return name && hex ? [{ interface: name, group: addressOfBytes(bytesOf(hex)), sockets: Number(sockets) }] : [];
  });
}
