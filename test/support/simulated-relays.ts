import { parseGroup } from "../../src/lib/address";
import { formatHear } from "../../src/lib/relay/hear-format";
import { HopPorts } from "../../src/lib/relay/hop-ports";
import { type EchoPath, endpointKey, LoopGuard } from "../../src/lib/relay/loop-guard";
import { RecentEchoes } from "../../src/lib/relay/recent-echoes";
import type { Arrival } from "../../src/lib/sockets/socket-listener";

const PORT = 5000;
const HOP_PORTS = new HopPorts(61440);

/** A relay on a host; relays with one host are in one process. */
export interface SimulatedRelay {
  readonly host: number;
  readonly from: string;
  readonly to: string;
  readonly echo?: "unchanged" | "hear";
  /** `none` sends from ordinary ports, as where a program holds the hop ports. */
  readonly hops?: "none";
}

interface Datagram {
  readonly at: number;
  readonly group: string;
  readonly payload: Uint8Array;
  readonly address: string;
  readonly port: number;
}

interface Process {
  readonly guard: LoopGuard;
  readonly arrivals: Map<string, Arrival>;
}

/** The outcome of a simulation: the times of the datagrams on the wire (milliseconds), and the number of suspected loops. */
export interface Outcome {
  readonly times: readonly number[];
  readonly suspected: number;
  /** The number of datagrams to each group. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A sender and what it says. */
export interface Speaker {
  readonly group: string;
  readonly address: string;
  readonly port?: number;
  /** Milliseconds. */
  readonly at: number;
  readonly payload: string;
}

/** Returns the path of a relay, as its guard sees it. */
export function pathOf({ host, from, to, echo = "unchanged" }: SimulatedRelay): EchoPath {
  return {
    bindGroup: { group: parseGroup(to), port: PORT },
    echoesBindGroup: true,
    usesWords: echo === "hear",
    hopPorts: HOP_PORTS,
    memory: new RecentEchoes(),
    sources: new Set([endpointKey(from, PORT, "eth0")]),
    targets: new Set([endpointKey(to, PORT, "eth0")]),
    isSourceOf: ({ address, port }) => address === addressOf(host) && (HOP_PORTS.hopOf(port) > 0 || port === ownPort(host)),
  };
}

/**
 * Runs relays on one LAN in simulated time. `delay` gives how long a datagram that is sent at a time takes from one address to a
 * host. Stops after `most` datagrams.
 */
export function simulate(
  relays: readonly SimulatedRelay[],
  speakers: readonly Speaker[],
  delay: (at: number, from: string, host: number) => number = () => 0.1,
  most = 50_000,
): Outcome {
  const processes = new Map<number, Process>();
  const running = relays.map((relay) => {
    const process = processes.get(relay.host) ?? { guard: new LoopGuard(), arrivals: new Map<string, Arrival>() };
    processes.set(relay.host, process);
    const path = pathOf(relay);
    process.guard.add(path);
    return { relay, path, process };
  });
  const times: number[] = [];
  const counts: Record<string, number> = {};
  let suspected = 0;
  const queue = new Queue<{ readonly at: number; readonly host: number; readonly datagram: Datagram }>();
  const send = (datagram: Datagram): void => {
    times.push(datagram.at);
    counts[datagram.group] = (counts[datagram.group] ?? 0) + 1;
    for (const host of processes.keys()) queue.add({ at: datagram.at + delay(datagram.at, datagram.address, host), host, datagram });
  };
  const spoken = [...speakers].sort((one, other) => one.at - other.at);
  while (times.length < most) {
    const speaker = spoken[0];
    const next = queue.first;
    if (speaker && (!next || speaker.at <= next.at)) {
      spoken.shift();
      send({ ...speaker, payload: Buffer.from(speaker.payload), port: speaker.port ?? 40_000 });
      continue;
    }
    if (!next) break;
    queue.shift();
    const { at, host, datagram } = next;
    const { group, payload } = datagram;
    const sender = { address: datagram.address, port: datagram.port, family: "IPv4", size: payload.byteLength } as const;
    for (const { relay, path, process } of running) {
      if (relay.host !== host || relay.from !== group) continue;
      const arrival = process.arrivals.get(group) ?? { group, port: PORT, interface: "eth0" };
      process.arrivals.set(group, arrival);
      const verdict = process.guard.judge(path, { payload, sender, arrival }, at);
      if (verdict === "loop") suspected += 1;
      if (typeof verdict !== "number") continue;
      process.guard.addEcho(path, verdict, relay.hops !== "none", at);
      const text = path.usesWords ? formatHear(payload, sender, relay.to) : undefined;
      const port = relay.hops === "none" ? ownPort(host) : (HOP_PORTS.all[verdict - 1] ?? 0);
      send({ at, group: relay.to, payload: text ?? payload, address: addressOf(host), port });
    }
  }
  return { times, suspected, counts };
}

export function addressOf(host: number): string {
  return `10.1.0.${host}`;
}

function ownPort(host: number): number {
  return 50_000 + host;
}

/** Items by the time they have, the earliest first. */
class Queue<T extends { readonly at: number }> {
  readonly #items: T[] = [];

  get first(): T | undefined {
    return this.#items.at(-1);
  }

  add(item: T): void {
    let [low, high] = [0, this.#items.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#items[middle]?.at ?? 0) > item.at) low = middle + 1;
      else high = middle;
    }
    this.#items.splice(low, 0, item);
  }

  shift(): void {
    this.#items.pop();
  }
}
