import ipaddr from "ipaddr.js";
import { linkFacts } from "./link";
import type { AddressedInterface } from "./shared-links";
import type { System } from "./system";

// Files that Docker and Podman put into each of their containers.
const MARKS = ["/.dockerenv", "/run/.containerenv"];

// Control groups of containers: /docker/<id>, docker-<id>.scope, libpod-<id>, cri-containerd-<id>.scope, /kubepods.slice/….
// On the host, /system.slice/docker.service is none of them.
const IN_CGROUP = /\b(?:docker|balena|libpod|crio|cri-containerd)[-/][0-9a-f]{32}|\/kubepods[./-]/;

// Folders from which a container's root file system is made.
const IN_ROOT = /\/(?:docker|balena-engine|containers\/storage|io\.containerd\.\w+|containerd)\//;

/**
 * Tells if the process runs in a container: by the files that Docker and Podman leave there, by the names of control groups, and by
 * the folders of which the root file system is made, which Kubernetes alone leaves where control groups have a namespace.
 * False where no mark can be read.
 */
export function isInContainer(system: System): boolean {
  if (MARKS.some((path) => system.readText(path) !== undefined)) return true;
  if (["/proc/1/cgroup", "/proc/self/cgroup"].some((path) => IN_CGROUP.test(system.readText(path) ?? ""))) return true;
  // The mount point is the fifth column. Other mounts, such as those a host makes for its containers, tell nothing.
  const mounts = (system.readText("/proc/self/mountinfo") ?? "").split("\n");
  return mounts.some((mount) => mount.split(" ")[4] === "/" && mount.includes(" overlay ") && IN_ROOT.test(mount));
}

// Subnets that are given to bridge networks where nobody chose others: by Docker (172.17 to 172.31 of /16, 192.168 in blocks
// of /20), and by Podman (10.88 of /16, then 10.89 onwards in blocks of /24).
const POOLS = [
  { range: "172.16.0.0/12", prefix: 16 },
  { range: "192.168.0.0/16", prefix: 20 },
  { range: "10.88.0.0/16", prefix: 16 },
  { range: "10.89.0.0/16", prefix: 24 },
].map(({ range, prefix }) => ({ range: ipaddr.IPv4.parseCIDR(range), prefix }));

/**
 * Tells if an interface looks like a container's end of a bridge network, which passes no multicast to the LAN. All of these hold:
 *
 * - The process runs in a container. A LAN may have 172.17.0.0/16 as well.
 * - The network is not the host's own: no interface is backed by a device, none is a bridge of the container program.
 * - The interface is a veth: its peer is in another network namespace, so it stands on nothing here and its peer's index is not
 *   its own. A macvlan or ipvlan is like that too, so this alone is not enough.
 * - Its subnet is one that bridge networks are given by default. A macvlan or ipvlan network has the LAN's subnet.
 *
 * The MAC address tells nothing: bridge networks have random ones since Docker 28, and macvlan had 02:42 before. A bridge network
 * with a subnet that somebody chose is not recognised. That is better than a false hint.
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
