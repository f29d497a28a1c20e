/**
 * Names of interfaces without a LAN behind them, by operating system: the ends and bridges of containers and virtual machines,
 * overlay networks, Apple's device-to-device links. Every other interface may have a LAN, such as OpenWrt's `br-lan`, OpenShift's
 * `br-ex` and a bridge `br0`.
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
 * True for the name of an interface without a LAN behind it, on any operating system. Such interfaces are used only by name. The
 * editor calls this for the runtime's interfaces and does not know the runtime's operating system.
 */
export function isContainerName(name: string): boolean {
  return Object.values(NOT_LANS).some((pattern) => pattern.test(name));
}

/** The reason why the choice `all` leaves an interface out. */
export type Unusable = "loopback" | "noMulticast" | "container" | "down" | "noAddress";
