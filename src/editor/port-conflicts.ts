import { type EditedNode, workspaceNodes } from "./workspace";

/** The use of a port by the open form. */
export interface PortUse {
  readonly port: unknown;
  /** True where the node receives unicast on the port, and so diverts it from other programs. */
  readonly takesUnicast: boolean;
  /** The node of the form, which is in no conflict with itself. */
  readonly id?: unknown;
}

/** Another node on the same port that matters: what it means, and the name of that node. */
export interface Conflict {
  readonly key: "conflict.taken" | "conflict.shared" | "conflict.both";
  readonly name: string;
}

/**
 * Finds a `udp in` node of core on the same port. It binds the wildcard address, so it receives every group that any program on
 * this machine joins on the port. Unicast goes to the socket that is bound to the exact address: to ours, not to core's.
 * Where there is none, finds another node of this package that takes unicast on the port: both nodes then receive it.
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

// The port on which a node of this package takes unicast; undefined where it takes none.
function unicastPortOf({ type, port, unicast, sourcePort, replies }: EditedNode): unknown {
  if (type === "mcast-recv") return unicast === true ? port : undefined;
  if (replies === undefined || replies === "off" || sourcePort === "") return undefined;
  return sourcePort === "group" ? port : sourcePort;
}

function nameOf({ type, name }: EditedNode, port: unknown): string {
  return String(name || `${String(type)} ${String(port)}`);
}
