import { listInterfaces } from "./interfaces";
import { linkFacts } from "./link";
import type { System } from "./system";

// The bonding driver's file, which is no interface.
const BONDING = "bonding_masters";

/**
 * Returns the names of the interfaces in this process's network namespace, by `/proc/net/dev`, also of those without an address.
 * Undefined if the file could not be read.
 */
export function interfaceNames(system: System): readonly string[] | undefined {
  const lines = system.readText("/proc/net/dev")?.split("\n");
  return lines?.flatMap((line) => /^\s*([^\s:]+):/.exec(line)?.[1] ?? []);
}

/**
 * Returns true if `/sys/class/net` shows the network namespace of this process. A process that was moved to another namespace may
 * still see the interfaces of the former one, with the same names (measured, `unshare -n`). The folder must have the names of
 * `/proc/net/dev`, and the MAC address of every listed interface.
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
