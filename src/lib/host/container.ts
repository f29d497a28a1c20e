import ipaddr from "ipaddr.js";
import { linkFacts } from "./link";
import type { AddressedInterface } from "./shared-links";
import type { System } from "./system";

// Files that Docker and Podman put into each of their containers.
const MARKS = ["/.dockerenv", "/run/.containerenv"];

// Control groups of containers: /docker/<id>, docker-<id>.scope, libpod-<id>, cri-containerd-<id>.scope, /kubepods.slice/….
// The control group of the host's service, /system.slice/docker.service, does not match.
const IN_CGROUP = /\b(?:docker|balena|libpod|crio|cri-containerd)[-/][0-9a-f]{32}|\/kubepods[./-]/;

// Folders from which a container's root file system is made.
const IN_ROOT = /\/(?:docker|balena-engine|containers\/storage|io\.containerd\.\w+|containerd)\//;

/**
 * Returns true if the process runs in a container. The marks are the files that Docker and Podman create in a container, the names
 * of control groups, and the source folders of the root file system. With a namespace for control groups, Kubernetes leaves only
 * the last mark. Returns false if no mark can be read.
 */
export function isInContainer(system: System): boolean {
  if (MARKS.some((path) => system.readText(path) !== undefined)) return true;
  if (["/proc/1/cgroup", "/proc/self/cgroup"].some((path) => IN_CGROUP.test(system.readText(path) ?? ""))) return true;
  // The mount point is the fifth column. Other mounts do not matter: a host makes some for its containers.
  const mounts = (system.readText("/proc/self/mountinfo") ?? "").split("\n");
  return mounts.some((mount) => mount.split(" ")[4] === "/" && mount.includes(" overlay ") && IN_ROOT.test(mount));
}

// Default subnets of bridge networks: of Docker (172.17 to 172.31 of /16, 192.168 in blocks of /20), and of Podman (10.88 of /16,
// then 10.89 onwards in blocks of /24).
const POOLS = [
  { range: "172.16.0.0/12", prefix: 16 },
  { range: "192.168.0.0/16", prefix: 20 },
  { range: "10.88.0.0/16", prefix: 16 },
  { range: "10.89.0.0/16", prefix: 24 },
].map(({ range, prefix }) => ({ range: ipaddr.IPv4.parseCIDR(range), prefix }));

/**
 * Returns true if an interface looks like a container's end of a bridge network, which passes no multicast to the LAN. All of these
 * must hold:
 *
 * - The process runs in a container. A LAN may have 172.17.0.0/16 as well.
 * - The network is not the host's own: no interface belongs to a device, and none is a bridge of the container program.
 * - The interface is a veth: its peer is in another network namespace, so there is no interface below it, and its peer's index is
 *   not its own. The same is true of a macvlan or ipvlan, so this alone is not enough.
 * - Its subnet is a default subnet of bridge networks. A macvlan or ipvlan network has the LAN's subnet.
 *
 * The MAC address is no mark: bridge networks have random ones since Docker 28, and macvlan had 02:42 before. A bridge network with
 * a subnet that a user chose is not recognized. That is better than a false hint.
 */
export function isBridgedContainer(system: System, { name, addresses }: AddressedInterface): boolean {
  if (!addresses.some(({ cidr }) => cidr !== null && isInPool(cidr)) || !isInContainer(system)) return false;
  if (isHostsNetwork(system)) return false;
  const facts = linkFacts(system, name);
  // Without sysfs, the container and its subnet decide.
  return !facts || (facts.peerIndex !== facts.index && facts.lower.length === 0 && !facts.isDevice);
}

// Bridges that Docker, Podman and Home Assistant make on the host.
const HOST_BRIDGE = /^(?:docker0|docker_gwbridge|br-[0-9a-f]{12}|podman\d+|balena\d+|hassio)$/;

function isInPool(cidr: string): boolean {
  if (!ipaddr.IPv4.isValidCIDR(cidr)) return false;
  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  return POOLS.some((pool) => pool.prefix === prefix && address.match(pool.range));
}

function isHostsNetwork(system: System): boolean {
  const names = system.readFolder("/sys/class/net") ?? [];
  return names.some((name) => HOST_BRIDGE.test(name) || system.readLink(`/sys/class/net/${name}/device`) !== undefined);
}
