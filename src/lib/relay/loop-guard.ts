import { randomInt } from "node:crypto";
import type { Group } from "../address";
import type { RemoteInfo } from "../host/system";
import type { Arrival } from "../sockets/group-socket";
import { digest } from "./digest";
import { CopyCount } from "./duplicate-counter";
import { whatWasSaid } from "./hear-format";

/** A group and the port on it. */
export interface Endpoint {
  readonly group: Group;
  readonly port: number;
}

/** A way on which a relay echoes: from where to where, and whether a datagram is an echo of its own. */
export interface EchoPath {
  /** The endpoint that it echoes to. */
  readonly bind: Endpoint;
  /** What the digests of payloads to that endpoint begin with, as `seedOf` makes it. */
  readonly seed: number;
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

/** What the guard judges: a datagram, and where it came from and to. */
export interface Heard {
  readonly payload: Uint8Array;
  readonly sender: RemoteInfo;
  readonly arrival: Arrival;
}

/** To be echoed; or not, since it came on the bind group itself; or not, since it goes round. */
export type Verdict = "echo" | "bind" | "loop";

/**
 * Ends echo loops. An echo is a new datagram, so neither TTL nor loopback nor a cap on the rate ends them. Within the process an
 * echo of our own is known by its source port, and where the relays lead is known too. Beyond it nothing is known but that the
 * same payload comes back, from others than it first came from (`copy-count`).
 */
export class RelayGuard {
  readonly #paths = new Set<EchoPath>();
  #copies: CopyCount | undefined;

  add(path: EchoPath): void {
    this.#paths.add(path);
  }

  delete(path: EchoPath): void {
    this.#paths.delete(path);
  }

  /**
   * Whether a relay may echo a datagram; `now` is in milliseconds on a clock that never jumps. What arrived on the bind group itself
   * is never echoed. What another relay of this process echoed is echoed on, so that chains work, unless the way would lead back
   * to where that one had it from. A payload that comes too often from anywhere is held for some seconds.
   */
  admit(path: EchoPath, { payload, sender, arrival }: Heard, now: number): Verdict {
    if (isTarget(path, arrival)) return "bind";
    for (const origin of this.#paths) {
      if (origin.isSourceOf(sender) && this.#leadsTo(path.targets, origin.sources)) return "loop";
    }
    this.#copies ??= new CopyCount();
    return this.#copies.admits(digest(whatWasSaid(payload), path.seed), sender, now) ? "echo" : "loop";
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

// A payload that shares another's digest takes a few steps to work out: not beforehand, where each process begins elsewhere.
const SECRET = randomInt(2 ** 32);

/** Keeps the payloads that go to one endpoint apart from those that go to another. */
export function seedOf({ group, port }: Endpoint): number {
  return digest(Buffer.from(group.address), port ^ SECRET);
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
