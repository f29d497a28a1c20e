import type { System } from "./system";

/** The facts of an interface that Linux shows below `/sys/class/net/<name>`. Everything but the flags may be missing. */
export interface LinkFacts {
  readonly name: string;
  readonly isUp: boolean;
  /** True if the interface carries multicast; WireGuard and tun interfaces do not. */
  readonly isMulticast: boolean;
  readonly isLoopback: boolean;
  /** True while a cable or an access point is connected; undefined while the interface is down. */
  readonly hasCarrier: boolean | undefined;
  readonly isWireless: boolean;
  /** True if the interface belongs to a device (PCI, USB, virtio, …); false if the kernel alone makes it. */
  readonly isDevice: boolean;
  /** The hardware type: 1 is Ethernet and Wi-Fi, 772 the loopback interface, 65534 tun (linux/if_arp.h). */
  readonly type: number | undefined;
  /** The DEVTYPE in its `uevent`, such as `vlan`, `bridge`, `bond`, `vxlan`, `wlan`; many drivers set none. */
  readonly kind: string | undefined;
  readonly mac: string | undefined;
  readonly index: number | undefined;
  /**
   * The index of the interface below this one, or of its veth peer, which may be in another network namespace; otherwise its own
   * index.
   */
  readonly peerIndex: number | undefined;
  /** The bridge, bond, team or VRF that this interface is a part of. */
  readonly master: string | undefined;
  /** The interfaces below this one. */
  readonly lower: readonly string[];
  /** True for a bridge or a bond: its parts are on its LAN. */
  readonly joinsParts: boolean;
  /** True for the CPU's port of a switch chip. The interfaces above it are the chip's other ports, each a LAN of its own. */
  readonly isSwitchConduit: boolean;
  readonly isVlan: boolean;
}

const IFF_UP = 0x1;
const IFF_LOOPBACK = 0x8;
const IFF_MULTICAST = 0x1000;

// The beginning of the names of links to the interfaces below.
const LOWER = "lower_";

/**
 * Reads the facts of an interface from a dozen small files in 0.1 ms. Returns undefined if they cannot be read.
 * With `mac`, also returns undefined if sysfs shows another MAC address. `mac` is the address of the interface in the process's own
 * network namespace. A process that was moved to a network namespace may still see the sysfs of its former namespace, with an
 * interface of the same name (measured, `unshare -n`).
 */
export function linkFacts(system: System, name: string, mac?: string): LinkFacts | undefined {
  const folder = folderOf(name);
  const read = (file: string) => system.readText(`${folder}/${file}`)?.trim();
  const flags = numberIn(read("flags"));
  const names = system.readFolder(folder) ?? [];
  const address = read("address") || undefined;
  if (flags === undefined || (mac !== undefined && address !== undefined && address !== mac.toLowerCase())) return undefined;
  const kind = /^DEVTYPE=(.+)$/m.exec(read("uevent") ?? "")?.[1];
  const carrier = numberIn(read("carrier")); // EINVAL while the interface is down
  return {
    name,
    isUp: (flags & IFF_UP) !== 0,
    isMulticast: (flags & IFF_MULTICAST) !== 0,
    isLoopback: (flags & IFF_LOOPBACK) !== 0,
    hasCarrier: carrier === undefined ? undefined : carrier === 1,
    isWireless: kind === "wlan" || names.includes("wireless") || names.includes("phy80211"),
    isDevice: names.includes("device"),
    type: numberIn(read("type")),
    kind,
    mac: address,
    index: numberIn(read("ifindex")),
    peerIndex: numberIn(read("iflink")),
    master: system.readLink(`${folder}/master`)?.split("/").at(-1),
    lower: names.filter((each) => each.startsWith(LOWER)).map((each) => each.slice(LOWER.length)),
    joinsParts: names.includes("bridge") || names.includes("bonding"),
    isSwitchConduit: names.includes("dsa"),
    // Only root can read the files in /proc/net/vlan, but every user can list their names.
    isVlan: kind === "vlan" || (system.readFolder("/proc/net/vlan")?.includes(name) ?? false),
  };
}

/**
 * Reads the number of carrier changes of an interface from one small file, cheap enough for each heartbeat. A change between two
 * reads shows a flap that was shorter than a beat, after which a snooping switch has forgotten the port. Undefined where Linux does
 * not provide the number.
 */
export function carrierChanges(system: System, name: string): number | undefined {
  return numberIn(system.readText(`${folderOf(name)}/carrier_changes`)?.trim());
}

// Reads a number as the kernel writes it: in decimal, and flags as 0x1003.
function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^(0x[0-9a-f]+|\d+)$/.test(text) ? Number(text) : undefined;
}

function folderOf(name: string): string {
  return `/sys/class/net/${name}`;
}
