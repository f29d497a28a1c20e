import type { System } from "./system";

/** What Linux tells of an interface below `/sys/class/net/<name>`. Everything but the flags may be missing. */
export interface LinkFacts {
  readonly name: string;
  readonly isUp: boolean;
  /** True if it carries multicast; WireGuard and tun interfaces do not. */
  readonly isMulticast: boolean;
  readonly isLoopback: boolean;
  readonly isPointToPoint: boolean;
  /** True while the cable or the access point is there; undefined while the interface is down. */
  readonly hasCarrier: boolean | undefined;
  /** Number of times that the carrier came or went since the interface was made. */
  readonly carrierChanges: number | undefined;
  readonly isWireless: boolean;
  /** True if a device stands behind it (PCI, USB, virtio, …) and not the kernel alone. */
  readonly isDevice: boolean;
  /** The hardware type: 1 is Ethernet and Wi-Fi, 772 the loopback interface, 65534 tun (linux/if_arp.h). */
  readonly type: number | undefined;
  /** DEVTYPE of its `uevent`, such as `vlan`, `bridge`, `bond`, `vxlan`, `wlan`; many drivers give none. */
  readonly kind: string | undefined;
  readonly mac: string | undefined;
  readonly index: number | undefined;
  /** The index of the interface that it stands on, or of its veth peer, which may be in another network namespace; else its own. */
  readonly peerIndex: number | undefined;
  /** The bridge, bond, team or VRF that it is a part of. */
  readonly master: string | undefined;
  /** The interfaces that it stands on, and those that stand on it. */
  readonly lower: readonly string[];
  readonly upper: readonly string[];
  /** True for a bridge or a bond: its parts are on its LAN. */
  readonly joinsParts: boolean;
  /** True for the CPU's port of a switch chip: the interfaces on it are the chip's other ports, each a LAN of its own. */
  readonly isSwitchConduit: boolean;
  readonly isVlan: boolean;
}

const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_POINTOPOINT = 0x10;
const IFF_MULTICAST = 0x1000;

/**
 * Reads what Linux tells of an interface: a dozen small files, 0.1 ms. Undefined where that could not be read. With `mac`, the
 * address that the process's own network namespace tells, undefined also where sysfs has another interface of that name: a
 * process that was moved to a network namespace may still see the sysfs of the one it came from (measured, `unshare -n`).
 */
export function linkFacts(system: System, name: string, mac?: string): LinkFacts | undefined {
  const folder = folderOf(name);
  const read = (file: string) => system.readText(`${folder}/${file}`)?.trim();
  const flags = numberIn(read("flags"));
  const names = system.readFolder(folder) ?? [];
  const address = read("address") || undefined;
  if (flags === undefined || (mac !== undefined && address !== undefined && address !== mac.toLowerCase())) return undefined;
  const after = (prefix: string) => names.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length));
  const kind = /^DEVTYPE=(.+)$/m.exec(read("uevent") ?? "")?.[1];
  const carrier = numberIn(read("carrier")); // EINVAL while the interface is down
  return {
    name,
    isUp: (flags & IFF_UP) !== 0,
    isMulticast: (flags & IFF_MULTICAST) !== 0,
    isLoopback: (flags & IFF_LOOPBACK) !== 0,
    isPointToPoint: (flags & IFF_POINTOPOINT) !== 0,
    hasCarrier: carrier === undefined ? undefined : carrier === 1,
    carrierChanges: numberIn(read("carrier_changes")),
    isWireless: kind === "wlan" || names.includes("wireless") || names.includes("phy80211"),
    isDevice: names.includes("device"),
    type: numberIn(read("type")),
    kind,
    mac: address,
    index: numberIn(read("ifindex")),
    peerIndex: numberIn(read("iflink")),
    master: system.readLink(`${folder}/master`)?.split("/").at(-1),
    lower: after("lower_"),
    upper: after("upper_"),
    joinsParts: names.includes("bridge") || names.includes("bonding"),
    isSwitchConduit: names.includes("dsa"),
    // The files in /proc/net/vlan are root's, their names can be listed by everybody.
    isVlan: kind === "vlan" || (system.readFolder("/proc/net/vlan")?.includes(name) ?? false),
  };
}

/**
 * Counts how often the carrier of an interface came or went: one small file, cheap enough for each heartbeat. A change tells of a
 * flap that was over between two looks, after which a snooping switch has forgotten the port. Undefined where Linux does not tell.
 */
export function carrierChanges(system: System, name: string): number | undefined {
  return numberIn(system.readText(`${folderOf(name)}/carrier_changes`)?.trim());
}

// The kernel gives decimal numbers, and flags as 0x1003.
function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^(0x[0-9a-f]+|\d+)$/.test(text) ? Number(text) : undefined;
}

function folderOf(name: string): string {
  return `/sys/class/net/${name}`;
}
