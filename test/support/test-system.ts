import type { NetworkInterfaceInfo } from "node:os";
import type { NetworkSnapshot } from "../../src/lib/host/interfaces";
import { NetworkObserver } from "../../src/lib/host/network-observer";
import {
  type CommandResult,
  type Opening,
  type RouteQuestion,
  type RouteReply,
  type Socket,
  type System,
  system,
} from "../../src/lib/host/system";

const FAMILIES = { udp4: "IPv4", udp6: "IPv6" } as const;

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

/** The real system, but with the test's own interfaces and clock. It records every socket that was opened. */
export class TestSystem implements System {
  platform: NodeJS.Platform = "linux";
  /** Returns the errno with which a socket is refused; undefined lets it open. */
  refuse: (opening: Opening) => string | undefined = () => undefined;
  /** The source address of the route, as the probe finds it. */
  route: string | undefined;
  canBindToDevices = false;
  /** Alternative names of interfaces, and the names that they stand for. */
  altnames: Readonly<Record<string, string>> = {};
  igmp = "";
  igmp6 = "";
  /** The files that can be read, text by path; a folder is there where a path leads through it. */
  files: Readonly<Record<string, string>> = {};
  /** The symbolic links that can be read, target by path. */
  links: Readonly<Record<string, string>> = {};
  /** The output of programs, by command line; others are not installed. */
  commands: Readonly<Record<string, CommandResult | string>> = {};
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

  /** Changes the interfaces, 100 ms later on the test's clock. */
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

  /** A test's interfaces exist in its notes only: a bind to one of them would fail, as on a system that does not bind to interfaces. */
  bindsToDevice(_device: string): boolean {
    return this.canBindToDevices;
  }

  /** By routes: the source that the test names. By an interface: its first address that is not link-local, as the kernel prefers. */
  probeRoute({ type, group, device }: RouteQuestion): RouteReply {
    this.routesAsked.push(group);
    const infos = device === undefined ? [] : (this.#interfaces[device] ?? []).filter(({ family }) => family === FAMILIES[type]);
    const preferred = infos.find(({ address }) => !address.startsWith("169.254.")) ?? infos[0];
    const address = device === undefined ? this.route : preferred?.address;
    return address === undefined ? { kind: "none" } : { kind: "source", address };
  }

  /** Names that the system knows for interfaces, by the name they stand for. */
  interfaceNamed(name: string): string | undefined {
    return this.altnames[name];
  }

  readText(path: string): string | undefined {
    if (path === "/proc/net/igmp") return this.igmp;
    if (path === "/proc/net/igmp6") return this.igmp6;
    return this.files[path];
  }

  readFolder(path: string): readonly string[] | undefined {
    const within = [...Object.keys(this.files), ...Object.keys(this.links)].filter((each) => each.startsWith(`${path}/`));
    const names = new Set(within.map((each) => each.slice(path.length + 1).split("/")[0] ?? ""));
    return names.size > 0 ? [...names] : undefined;
  }

  readLink(path: string): string | undefined {
    return this.links[path];
  }

  descriptorOf(socket: Socket): number | undefined {
    return system.descriptorOf(socket);
  }

  async run(command: string, args: readonly string[]): Promise<CommandResult> {
    const result = this.commands[[command, ...args].join(" ")] ?? { kind: "absent" };
    return typeof result === "string" ? { kind: "done", text: result } : result;
  }

  /** A moment of 2026, which goes on with the clock. */
  utc(): number {
    return Date.UTC(2026, 5, 1, 12) + this.#time;
  }

  now(): number {
    return this.#time;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#time + milliseconds, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Advances the clock, by default by two seconds (a heartbeat), and runs the timers that are due. */
  pass(milliseconds = 2_000): void {
    const until = this.#time + milliseconds;
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#timers.delete(next);
      this.#time = next.at;
      next.callback();
    }
    this.#time = until;
  }

  /** The number of timers that are set; zero if nothing is open. */
  get timers(): number {
    return this.#timers.size;
  }

  #next(until: number): Timer | undefined {
    return [...this.#timers].filter((timer) => timer.at <= until).sort((one, other) => one.at - other.at)[0];
  }
}

/** Returns an error of the system with an errno. */
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

/** Returns the callback of a call of dgram's `send`, in any of its forms. */
export function callbackOf(args: readonly unknown[]): (error: Error | null) => void {
  const callback = args.at(-1);
  return (error) => typeof callback === "function" && callback(error);
}

/** Ends a call of dgram's `send` with an error a tick later, as the system would. */
export function failSend(args: readonly unknown[], error: Error): void {
  setImmediate(callbackOf(args), error);
}

/** Returns the network of a system as it is now. */
export function snapshotOf(system: System): NetworkSnapshot {
  return new NetworkObserver(system).refresh();
}
