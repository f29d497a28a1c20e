import { type EditedNode, labelOf, workspaceNodes } from "./workspace";

/** The use of a port by the open form. */
export interface PortUse {
  readonly port: unknown;
  /** True if the node receives unicast on the port, and so diverts it from other programs. */
  readonly takesUnicast: boolean;
  /** The node of the form, which has no conflict with itself. */
  readonly id?: unknown;
}

/** A conflict with another node on the same port: its kind, and the label of that node. */
export interface Conflict {
  readonly key: "conflict.taken" | "conflict.shared" | "conflict.both";
  readonly name: string;
}

/**
 * Finds a `udp in` node of core on the same port. That node binds the wildcard address, so it receives every group that any program
 * on this machine joins on the port. Unicast goes to the socket that is bound to the exact address: to this package's, not to
 * core's. Without such a node, finds another node of this package that takes unicast on the port: both nodes then receive it.
 */
export function conflictOf({ port, takesUnicast, id }: PortUse): Conflict | undefined {
  const isSame = (other: unknown) => Number(other) === Number(port);
  const core = workspaceNodes("udp in").find((node) => isSame(node.port));
  if (core) return { key: takesUnicast ? "conflict.taken" : "conflict.shared", name: nameOf(core, port) };
  if (!takesUnicast) return undefined;
  const ours = [...workspaceNodes("mcast-recv"), ...workspaceNodes("mcast-say")];
  const twin = ours.find((node) => node.id !== id && isSame(unicastPortOf(node)));
  return twin && { key: "conflict.both", name: nameOf(twin, port) };
}

// Returns the port on which a node of this package takes unicast; undefined if it takes none.
function unicastPortOf({ type, port, unicast, sourcePort, replies }: EditedNode): unknown {
  if (type === "mcast-recv") return unicast === true ? port : undefined;
  if (replies === undefined || replies === "off" || sourcePort === "") return undefined;
  return sourcePort === "group" ? port : sourcePort;
}

function nameOf(node: EditedNode, port: unknown): string {
  return labelOf(node, `${String(node.type)} ${String(port)}`);
}
