import type { GroupAndPort } from "../address";
import type { RemoteInfo } from "../host/system";
import type { Arrival } from "../sockets/socket-listener";
import { type HopPorts, MOST_HOPS } from "./hop-ports";
import { type ReceivedDatagram, ReceivedPayload } from "./received-payload";
import type { RecentEchoes } from "./recent-echoes";

/** The path of a relay's echoes, as the guard needs it. */
export interface EchoPath {
  /** The group and port to which the relay echoes. */
  readonly bindGroup: GroupAndPort;
  /**
   * True if the relay receives the bind group on named interfaces, and echoes on named ones. Then it also echoes the bind group, from
   * an interface without echoes to the others. Otherwise it never does: with `all`, it would carry the group from each network to
   * one.
   */
  readonly echoesBindGroup: boolean;
  /** True if the relay echoes payloads as HEAR texts. */
  readonly usesWords: boolean;
  readonly hopPorts: HopPorts;
  /** The echoes that the relay has sent. */
  readonly memory: RecentEchoes;
  /** The groups that the relay echoes, on each of their interfaces, as `endpointKey` writes them. */
  readonly sources: ReadonlySet<string>;
  /** The endpoints where its echoes arrive, as `endpointKey` writes them. */
  readonly targets: ReadonlySet<string>;
  /** Returns true for a datagram from a source port of this relay, which other relays of this host may share. */
  isSourceOf(sender: RemoteInfo): boolean;
}

/** Returns a group and port on an interface as one text, for comparing. */
export function endpointKey(group: string, port: number, interfaceName: string): string {
  return `${group} ${port} ${interfaceName}`;
}

/**
 * The guard's decision: the hop of the echo, 1 to 8, or the reason for no echo. `own-target`: the datagram arrived where the echo
 * would go. `loop`: the datagram goes round in a loop.
 */
export type Verdict = number | "own-target" | "loop";

/**
 * Ends echo loops. An echo is a new datagram, so neither TTL, nor loopback, nor a rate cap ends a loop.
 *
 * Some relays count hops, in their source ports (`HopPorts`) or by the HEAR texts around the payload. Between them a loop ends at
 * any delay: a datagram that was relayed 8 times is not echoed, and an echo that comes back to its relay is dropped at its first
 * return. An echo that left at hop n has come back if the same payload arrives at hop n + 1 or higher within 10 seconds
 * (`RecentEchoes`), because at least one other relay has sent it on. A relay from a group to the same group on another link may also
 * receive its own echo, if both links are one LAN. It recognizes that echo by the source address.
 *
 * A payload that always passes the same number of relays is never dropped: repeats, redundant senders, equal devices, chains,
 * parallel relays. Nor is a payload that also comes by way of one more relay. A payload can be dropped wrongly, at most 8 times for
 * each echo, if it was echoed in the last 10 seconds and another sender, two or more relays farther away, sends the same payload.
 *
 * Inside the process the guard also knows the path of every relay, and drops an echo one relay earlier. The `DuplicateCounter`
 * finds loops of relays that do not count hops.
 */
export class LoopGuard {
  readonly #paths = new Set<EchoPath>();
  readonly #reachable = new Map<EchoPath, ReadonlySet<string>>();
  readonly #current = new ReceivedPayload();
  #lastSender: RemoteInfo | undefined;
  #lastOrigins: readonly EchoPath[] = [];

  /** The relays of this process. */
  get paths(): Iterable<EchoPath> {
    return this.#paths;
  }

  add(path: EchoPath): void {
    this.#paths.add(path);
    this.update();
  }

  delete(path: EchoPath): void {
    this.#paths.delete(path);
    this.update();
  }

  /** Forgets the reachable endpoints. A relay calls this when its sources or targets have changed. */
  update(): void {
    this.#reachable.clear();
    this.#lastSender = undefined;
  }

  /**
   * Decides if a relay may echo a datagram. A datagram that arrived where its echo would go is not echoed. An echo of another
   * relay in this process is echoed, so that chains work, unless the path leads back to that relay. `now` is in milliseconds on a
   * clock that never jumps.
   */
  judge(path: EchoPath, datagram: ReceivedDatagram, now: number): Verdict {
    if (isTarget(path, datagram.arrival)) return "own-target";
    const current = this.#current;
    current.read(datagram);
    const port = path.hopPorts.hopOf(datagram.sender.port);
    const hop = Math.max(port, current.depth);
    if (hop >= MOST_HOPS) return "loop";
    for (const origin of this.#originsOf(datagram.sender)) {
      const isEcho = origin.memory.knows(current.digest(origin.usesWords), hop + 1, now);
      if (isEcho && intersects(origin.sources, this.#reachableFrom(path))) return "loop";
    }
    const passed = isOwnEcho(path, datagram) ? hop + 1 : hop;
    if (passed > 0 && path.memory.takesBack(current.digest(path.usesWords), passed, now)) return "loop";
    return port > 0 || current.isAdmitted(now) ? hop + 1 : "loop";
  }

  /**
   * Records that a relay has echoed the datagram that was judged last. `isCounted` is true if the source port of the echo shows the
   * hop.
   */
  addEcho(path: EchoPath, hop: number, isCounted: boolean, now: number): void {
    const shown = isCounted ? hop : this.#current.depth + (path.usesWords ? 1 : 0);
    path.memory.add(this.#current.digest(path.usesWords), shown + 1, now);
  }

  // Returns the relays of this process that may have sent a datagram. All relays on one socket get the same sender object, so the
  // search runs once for each datagram.
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

function isOwnEcho(path: EchoPath, { sender, arrival }: ReceivedDatagram): boolean {
  return arrival.group === path.bindGroup.group.address && path.isSourceOf(sender);
}

function isTarget({ bindGroup, echoesBindGroup, targets }: EchoPath, { group, port, interface: name }: Arrival): boolean {
  if (group !== bindGroup.group.address || port !== bindGroup.port) return false;
  return !echoesBindGroup || name === undefined || targets.has(endpointKey(group, port, name));
}

function intersects(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const each of some) {
    if (others.has(each)) return true;
  }
  return false;
}
