/**
 * Names of interfaces that lead to no LAN, by operating system: the ends and bridges of containers
 * and virtual machines, overlay networks, Apple's device-to-device links. Everything else may be a LAN: OpenWrt's `br-lan`,
 * OpenShift's `br-ex` and a bridge `br0` are.
 */
export const NOT_LANS = {
  // Docker names the bridge of a network `br-` and the first 12 hexadecimal digits of the network's identifier.
  linux: /^(?:veth|docker|podman|cni|virbr|lxdbr|lxcbr|balena|tailscale|zt)|^(?:br-[0-9a-f]{12}|hassio|resin-dns|resin-vpn|supervisor0)$/,
  // Hyper-V's switches, such as `vEthernet (WSL)` (documented, not measured).
  win32: /^vEthernet/,
  // AirDrop, its low-latency twin, the links to Apple's own chips, and tunnels (documented, not measured).
  darwin: /^(?:awdl|llw|anpi|utun)/,
} as const;

/**
 * True for the name of an interface that leads to no LAN, on whichever operating system: such interfaces are used only where
 * they are named. The editor asks it of the runtime's interfaces without knowing the runtime's operating system.
 */
export function isContainerName(name: string): boolean {
  return Object.values(NOT_LANS).some((pattern) => pattern.test(name));
}

/** The reason why the choice `all` leaves an interface out. */
export type Unusable = "loopback" | "noMulticast" | "container" | "down" | "noAddress";
