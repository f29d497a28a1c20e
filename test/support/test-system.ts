import type { NetworkInterfaceInfo } from "node:os";
import { type Opening, type Socket, type System, system } from "../../src/lib/host/system";

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** The real system, with interfaces that a test names, a clock that it turns, and a note of every socket opened. */
export class TestSystem implements System {
  platform: NodeJS.Platform = "linux";
  /** What the system refuses to open, by the errno that it gives; undefined lets it be opened. */
  refuse: (opening: Opening) => string | undefined = () => undefined;
  /** The address that a route leads to, as the probe would find it. */
  route: string | undefined;
  igmp = "";
  igmp6 = "";
  readonly openings: Opening[] = [];
  /** The addresses to which a route was asked for. */
  readonly routesAsked: string[] = [];
  readonly sockets: Socket[] = [];
  #interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>;
  #time = 1_000_000;
  #timers = new Set<Timer>();

  constructor(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = { lo: [ipv4("127.0.0.1/8", true)] }) {
    this.#interfaces = interfaces;
  }

  get interfaces(): NodeJS.Dict<NetworkInterfaceInfo[]> {
    return this.#interfaces;
  }

  /** Interfaces that change do so a moment later. */
  set interfaces(interfaces: NodeJS.Dict<NetworkInterfaceInfo[]>) {
    this.#interfaces = interfaces;
    this.#time += 100;
  }

  networkInterfaces(): NodeJS.Dict<NetworkInterfaceInfo[]> {
    return this.#interfaces;
  }

  open(opening: Opening): Socket {
    this.openings.push(opening);
    const errno = this.refuse(opening);
    if (errno) throw systemRefusal(errno);
    const socket = system.open(opening);
    this.sockets.push(socket);
    return socket;
  }

  sourceFor(_type: "udp4" | "udp6", address: string): string | undefined {
    this.routesAsked.push(address);
    return this.route;
  }

  igmpTable(): string {
    return this.igmp;
  }

  igmp6Table(): string {
    return this.igmp6;
  }

  now(): number {
    return this.#time;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#time + milliseconds, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass, two seconds (a heartbeat) unless told otherwise. */
  pass(milliseconds = 2_000): void {
    const until = this.#time + milliseconds;
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#timers.delete(next);
      this.#time = next.at;
      next.callback();
    }
    this.#time = until;
  }

  /** How many timers are set: none where nothing lives. */
  get timers(): number {
    return this.#timers.size;
  }

  #next(until: number): Timer | undefined {
    return [...this.#timers].filter((timer) => timer.at <= until).sort((one, other) => one.at - other.at)[0];
  }
}

/** An error as the system gives it. */
export function systemRefusal(errno: string): Error {
  return Object.assign(new Error(`refused: ${errno}`), { code: errno });
}

export function ipv4(cidr: string, internal = false): NetworkInterfaceInfo {
  const address = cidr.replace(/\/.*/, "");
  return { address, cidr, family: "IPv4", internal, mac: "00:00:00:00:00:00", netmask: "255.0.0.0" };
}

export function ipv6(cidr: string, scopeid = 0, internal = false): NetworkInterfaceInfo {
  const address = cidr.replace(/\/.*/, "");
  return { address, cidr, family: "IPv6", internal, scopeid, mac: "00:00:00:00:00:00", netmask: "ffff::" };
}

/** The callback of a call of dgram's `send`, whichever of its forms it has. */
export function callbackOf(args: readonly unknown[]): (error: Error | null) => void {
  const callback = args.at(-1);
  return (error) => typeof callback === "function" && callback(error);
}
