import { listInterfaces } from "./interfaces";
import { linkFacts } from "./link";
import type { System } from "./system";

// The bonding driver's file, which is no interface.
const BONDING = "bonding_masters";

/**
 * Returns the names of the interfaces of this process's network namespace that `/proc/net/dev` lists, those without an address too; undefined where
 * it could not be read.
 */
export function interfaceNames(system: System): readonly string[] | undefined {
  const lines = system.readText("/proc/net/dev")?.split("\n");
  return lines?.flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? []);
}

/**
 * Returns true if `/sys/class/net` shows the network namespace of this process. A process that was moved to another one may still see
 * the interfaces of the one it came from, with the same names (measured, `unshare -n`). It must have the same names as `/proc/net/dev`, and the
 * MAC address of every interface that is listed.
 */
export function hasOwnSysfs(system: System): boolean {
  try {
    return hasOwnNames(system) && listInterfaces(system).every(({ name, mac }) => linkFacts(system, name, mac) !== undefined);
  } catch {
    return false; // the system lists nothing this time
  }
}

function hasOwnNames(system: System): boolean {
  const names = interfaceNames(system);
  const shown = (system.readFolder("/sys/class/net") ?? []).filter((name) => name !== BONDING);
  return names === undefined || (names.length === shown.length && names.every((name) => shown.includes(name)));
}
