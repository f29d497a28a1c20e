import type { Arrival } from "../sockets/socket-listener";
import type { EchoPath, LoopGuard } from "./loop-guard";
import type { ReceivedDatagram } from "./received-payload";
import type { RelayWarnings } from "./relay-warnings";

/** The hop of the echo, 1 to 8; or no echo, in which case an acknowledgement is either allowed or not. */
export type Decision = number | "acknowledge" | "drop";

/** The parts of a relay on which its decisions depend. */
export interface EchoDecisionParts {
  readonly path: EchoPath;
  readonly loopGuard: LoopGuard;
  readonly warnings: RelayWarnings;
  /** Returns true if the relay echoes the group that a datagram arrived on. Asked once for each arrival object. */
  isEchoed(arrival: Arrival): boolean;
  /** Returns the time in milliseconds, on a clock that never jumps. Asked only for datagrams that may be echoed or acknowledged. */
  now(): number;
}

/**
 * Decides whether a relay echoes a datagram. The relay does so if it echoes the group, has an interface to send on, the loop guard
 * finds no loop, and the rate cap is not reached. A repeat and a datagram above the cap are not acknowledged either: acknowledgements
 * could go round in a loop as echoes do.
 */
export class EchoDecision {
  readonly #parts: EchoDecisionParts;
  #known = new WeakMap<Arrival, boolean>();
  #repeats = 0;
  #decidedAt = 0;

  constructor(parts: EchoDecisionParts) {
    this.#parts = parts;
  }

  /** The number of datagrams that were not echoed because the loop guard took them for repeats. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Forgets which groups are echoed, when the groups or the interfaces of the relay have changed. */
  update(): void {
    this.#known = new WeakMap();
  }

  /** Decides about one datagram. `acknowledges` is true if the relay also acknowledges it. */
  decide(datagram: ReceivedDatagram, acknowledges: boolean): Decision {
    const { path, loopGuard, warnings } = this.#parts;
    const mayEcho = path.targets.size > 0 && this.#isEchoed(datagram.arrival);
    if (!mayEcho && !acknowledges) return "drop";
    const now = this.#parts.now();
    this.#decidedAt = now;
    const verdict = loopGuard.judge(path, datagram, now);
    if (verdict === "loop") {
      this.#repeats += 1;
      warnings.suspectLoop(datagram.arrival.group ?? "");
      return "drop";
    }
    const echoes = mayEcho && verdict !== "own-target";
    if (!(echoes || acknowledges) || !warnings.allows(now)) return "drop";
    return echoes ? verdict : "acknowledge";
  }

  /** Records the echo of the datagram that was decided last. `isCounted` is true if the source port of the echo shows the hop. */
  recordEcho(hop: number, isCounted: boolean): void {
    const { path, loopGuard } = this.#parts;
    loopGuard.addEcho(path, hop, isCounted, this.#decidedAt);
  }

  // The result depends on the socket alone, which passes the same arrival object each time.
  #isEchoed(arrival: Arrival): boolean {
    const known = this.#known.get(arrival);
    if (known !== undefined) return known;
    const isEchoed = this.#parts.isEchoed(arrival);
    this.#known.set(arrival, isEchoed);
    return isEchoed;
  }
}
