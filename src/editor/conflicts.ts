import { workspaceNodes } from "./red";

/** How a form is about to use a port. */
export interface PortUse {
  readonly port: unknown;
  /** Whether what is sent to this machine itself on the port is taken, and so taken from others. */
  readonly takesUnicast: boolean;
}

/** What comes of it that core's `udp in` has the same port, and the name of that node. */
export interface Conflict {
  readonly key: "conflict.taken" | "conflict.shared";
  readonly name: string;
}

/**
 * Core's `udp in` binds every address of its port. It hears any group that somebody on the machine joined there, ours too; and what is
 * sent to the machine itself goes to the one that binds the very address, so to ours and not to it.
 */
export function conflictOf({ port, takesUnicast }: PortUse): Conflict | undefined {
  const other = workspaceNodes("udp in").find((node) => Number(node.port) === Number(port));
  if (!other) return undefined;
  return { key: takesUnicast ? "conflict.taken" : "conflict.shared", name: String(other.name || `udp in ${String(port)}`) };
}
