import { workspaceNodes } from "./red";

/** The use of a port by the open form. */
export interface PortUse {
  readonly port: unknown;
  /** True where the node receives unicast on the port, and so diverts it from other programs. */
  readonly takesUnicast: boolean;
}

/** A conflict with a `udp in` node of core on the same port: its kind, and the name of that node. */
export interface Conflict {
  readonly key: "conflict.taken" | "conflict.shared";
  readonly name: string;
}

/**
 * Finds a `udp in` node of core on the same port. It binds the wildcard address, so it receives every group that any program on
 * this machine joins on the port. Unicast goes to the socket that is bound to the exact address: to ours, not to core's.
 */
export function conflictOf({ port, takesUnicast }: PortUse): Conflict | undefined {
  const other = workspaceNodes("udp in").find((node) => Number(node.port) === Number(port));
  if (!other) return undefined;
  return { key: takesUnicast ? "conflict.taken" : "conflict.shared", name: String(other.name || `udp in ${String(port)}`) };
}
