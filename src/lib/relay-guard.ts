import type { Group } from "./address";
import type { Arrival } from "./group-socket";
import type { RemoteInfo } from "./system";

/** A group and the port on it. */
export interface Endpoint {
  readonly group: Group;
  readonly port: number;
}

/** A way on which a relay echoes: from where to where, and whether a datagram is an echo of its own. */
export interface EchoPath {
  /** The endpoint that it echoes to. */
  readonly bind: Endpoint;
  /** Where it takes echoes from: each group on each interface, as `placeOf` writes them. */
  readonly sources: ReadonlySet<string>;
  /** Where its echoes arrive, likewise. */
  readonly targets: ReadonlySet<string>;
  isSourceOf(sender: RemoteInfo): boolean;
}

/** A group and port on an interface, as the guard compares them. */
export function placeOf(group: string, port: number, interfaceName: string): string {
  return `${group} ${port} ${interfaceName}`;
}

/**
 * Ends echo loops within a process. An echo is a new datagram, so neither TTL nor loopback ends them; but an echo of our own
 * is known by its source port, and the relays of the process and where they lead are known too.
 */
export class RelayGuard {
  readonly #paths = new Set<EchoPath>();

  add(path: EchoPath): void {
    this.#paths.add(path);
  }

  delete(path: EchoPath): void {
    this.#paths.delete(path);
  }

  /**
   * Whether a relay may echo a datagram. What arrived on the bind group itself is never echoed. What another relay of this
   * process echoed is echoed on, so that chains work, unless the way would lead back to where that one had it from.
   */
  admits(path: EchoPath, sender: RemoteInfo, arrival: Arrival): boolean {
    if (isTarget(path, arrival)) return false;
    for (const origin of this.#paths) {
      if (origin.isSourceOf(sender)) return !this.#leadsTo(path.targets, origin.sources);
    }
    return true;
  }

  #leadsTo(from: ReadonlySet<string>, goal: ReadonlySet<string>): boolean {
    const reached = new Set(from);
    const ahead = new Set(this.#paths);
    for (let before = -1; before !== ahead.size; ) {
      before = ahead.size;
      for (const path of ahead) {
        if (!intersects(path.sources, reached)) continue;
        for (const target of path.targets) reached.add(target);
        ahead.delete(path);
      }
    }
    return intersects(goal, reached);
  }
}

function isTarget({ bind, targets }: EchoPath, { group, port, interface: name }: Arrival): boolean {
  if (group !== bind.group.address || port !== bind.port) return false;
  return name === undefined || targets.has(placeOf(group, port, name));
}

function intersects(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const each of some) {
    if (others.has(each)) return true;
  }
  return false;
}
