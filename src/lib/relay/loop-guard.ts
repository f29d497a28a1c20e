import { randomInt } from "node:crypto";
import type { Group } from "../address";
import type { RemoteInfo } from "../host/system";
import type { Arrival } from "../sockets/socket-listener";
import { digest } from "./digest";
import { DuplicateCounter } from "./duplicate-counter";
import { originalPayload } from "./hear-format";

/** A group and the port on it. */
export interface GroupAndPort {
  readonly group: Group;
  readonly port: number;
}

/** The path of a relay's echoes, as the guard sees it. */
export interface EchoPath {
  /** The group and port to which the relay echoes. */
  readonly bindGroup: GroupAndPort;
  /** The start value of the digests of payloads to that group; `seedOf` makes it. */
  readonly seed: number;
  /** The groups that the relay echoes, on each of their interfaces, as `endpointKey` writes them. */
  readonly sources: ReadonlySet<string>;
  /** The places where its echoes arrive, likewise. */
  readonly targets: ReadonlySet<string>;
  /** Returns true for a datagram that is an echo of this relay. */
  isSourceOf(sender: RemoteInfo): boolean;
}

/** Returns a group and port on an interface as one text, for comparing. */
export function endpointKey(group: string, port: number, interfaceName: string): string {
  return `${group} ${port} ${interfaceName}`;
}

/** A datagram that a relay received. */
export interface ReceivedDatagram {
  readonly payload: Uint8Array;
  readonly sender: RemoteInfo;
  readonly arrival: Arrival;
}

/** The guard's decision: echo it; do not, because it arrived where the echo would go; or do not, because it goes round in a loop. */
export type Verdict = "echo" | "own-target" | "loop";

/**
 * Ends echo loops. An echo is a new datagram, so neither TTL, nor loopback, nor a rate cap ends them. Inside the process the
 * guard knows where all relays lead, and recognises their echoes by the source port. Outside the process it can only count how
 * often the same payload comes back from other senders than the first (`duplicate-counter`).
 */
export class LoopGuard {
  readonly #paths = new Set<EchoPath>();
  readonly #reachable = new Map<EchoPath, ReadonlySet<string>>();
  #duplicates: DuplicateCounter | undefined;
  #lastSender: RemoteInfo | undefined;
  #lastOrigins: readonly EchoPath[] = [];

  add(path: EchoPath): void {
    this.#paths.add(path);
    this.update();
  }

  delete(path: EchoPath): void {
    this.#paths.delete(path);
    this.update();
  }

  /** Drops what is known of the relay graph. A relay calls this when its sources or targets have changed. */
  update(): void {
    this.#reachable.clear();
    this.#lastSender = undefined;
  }

  /**
   * Decides if a relay may echo a datagram. A datagram that arrived on the bind group itself is not echoed. An echo of another
   * relay in this process is echoed, so that chains work, unless the way would lead back to that relay. A payload that comes too
   * often is suppressed for some seconds. `now` is in milliseconds on a clock that never jumps.
   */
  judge(path: EchoPath, { payload, sender, arrival }: ReceivedDatagram, now: number): Verdict {
    if (isTarget(path, arrival)) return "own-target";
    for (const origin of this.#originsOf(sender)) {
      if (intersects(origin.sources, this.#reachableFrom(path))) return "loop";
    }
    this.#duplicates ??= new DuplicateCounter();
    return this.#duplicates.admits(digest(originalPayload(payload), path.seed), sender, now) ? "echo" : "loop";
  }

  // All relays on one socket get the same sender object: the relays it came from are looked for once for each datagram.
  #originsOf(sender: RemoteInfo): readonly EchoPath[] {
    if (sender !== this.#lastSender) {
      this.#lastSender = sender;
      this.#lastOrigins = NONE;
      for (const path of this.#paths) {
        if (path.isSourceOf(sender)) this.#lastOrigins = [...this.#lastOrigins, path];
      }
    }
    return this.#lastOrigins;
  }

  // Returns the endpoints that echoes of a path reach, over any number of relays of this process.
  #reachableFrom(path: EchoPath): ReadonlySet<string> {
    const known = this.#reachable.get(path);
    if (known) return known;
    const reached = new Set(path.targets);
    const ahead = new Set(this.#paths);
    for (let before = -1; before !== ahead.size; ) {
      before = ahead.size;
      for (const next of ahead) {
        if (!intersects(next.sources, reached)) continue;
        for (const target of next.targets) reached.add(target);
        ahead.delete(next);
      }
    }
    this.#reachable.set(path, reached);
    return reached;
  }
}

const NONE: readonly EchoPath[] = [];

// A random start value for each process: nobody can prepare two payloads with the same digest beforehand.
const SECRET = randomInt(2 ** 32);

/** Returns a start value for digests that keeps payloads to one group and port apart from those to another. */
export function seedOf({ group, port }: GroupAndPort): number {
  return digest(Buffer.from(group.address), port ^ SECRET);
}

function isTarget({ bindGroup, targets }: EchoPath, { group, port, interface: name }: Arrival): boolean {
  if (group !== bindGroup.group.address || port !== bindGroup.port) return false;
  return name === undefined || targets.has(endpointKey(group, port, name));
}

function intersects(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const each of some) {
    if (others.has(each)) return true;
  }
  return false;
}
