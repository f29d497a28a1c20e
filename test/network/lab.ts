import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Fields } from "../../src/lib";
import type { Answer, Heard, Order } from "./agent";

/** Why there can be no lab here, in the system's own words; undefined where there can be one. */
export const refusal = whyNot();

/**
 * Three hosts, a, b and c, in network namespaces of their own. `lan1` joins all three (their eth0, 10.1.0.x and fd01::x), `lan2`
 * joins a and b (their eth1, 10.2.0.x and fd02::x); both are bridges on a switch of their own. No privilege is needed, nothing
 * leaves the namespaces, and all of it goes when the process that holds it does.
 */
export class Lab {
  readonly #holder: ChildProcess;
  readonly #agents: Agent[] = [];

  static async open(): Promise<Lab> {
    const holder = spawn("unshare", ["-rnm", "sh", "-c", "mount -t tmpfs none /run && echo ready && exec cat"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    const lab = new Lab(holder);
    lab.#build();
    return lab;
  }

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  /** Runs commands on a host, or on the switch, and gives what they print. */
  on(host: HostName, script: string): string {
    return execFileSync("nsenter", this.#inside(host, ["sh", "-ec", script]), { encoding: "utf8" });
  }

  /** Starts a program that uses the library on a host, in a process of its own. */
  async agent(host: HostName, ...traits: readonly string[]): Promise<Agent> {
    const program = [process.execPath, "--import", require.resolve("tsx"), resolve("test/network/agent.ts"), ...traits];
    const agent = new Agent(spawn("nsenter", this.#inside(host, program), { stdio: ["pipe", "pipe", "inherit"] }));
    this.#agents.push(agent);
    await agent.ready;
    return agent;
  }

  /** Watches an interface of a host for what a filter of tcpdump lets through. */
  async watch(host: HostName, device: string, filter: string): Promise<Watch> {
    const command = ["tcpdump", "-i", device, "-nnvlU", "--immediate-mode", filter];
    const watch = new Watch(spawn("nsenter", this.#inside(host, command), { stdio: ["ignore", "pipe", "pipe"] }));
    await watch.ready;
    return watch;
  }

  /** Ends the programs that were started on the hosts. */
  async clear(): Promise<void> {
    await Promise.all(this.#agents.splice(0).map((agent) => agent.end()));
  }

  async close(): Promise<void> {
    await this.clear();
    this.#holder.kill("SIGKILL");
    await once(this.#holder, "exit");
  }

  /** Gives a host an interface on a LAN, as at the start; what it had by that name must be gone. */
  plug(host: Exclude<HostName, "switch">, device: "eth0" | "eth1"): void {
    const lan = device === "eth0" ? 1 : 2;
    const number = "abc".indexOf(host) + 1;
    const port = `${host}-${device}`;
    this.on("switch", `ip link add ${port} type veth peer name ${device} netns ${host}; ip link set ${port} master lan${lan} up`);
    this.on(
      host,
      `ip addr add 10.${lan}.0.${number}/24 dev ${device}; ip link set ${device} up; ip -6 addr add fd0${lan}::${number}/64 dev ${device} nodad`,
    );
  }

  #build(): void {
    const quick = "sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0";
    this.#enter(`for host in switch a b c; do ip netns add $host; ip netns exec $host sh -c 'ip link set lo up; ${quick}'; done`);
    this.on("switch", "for lan in lan1 lan2; do ip link add $lan type bridge mcast_snooping 0; ip link set $lan up; done");
    for (const host of ["a", "b", "c"] as const) this.plug(host, "eth0");
    for (const host of ["a", "b"] as const) this.plug(host, "eth1");
    for (const host of ["a", "b", "c"] as const) this.on(host, "ip route add default via 10.1.0.254 dev eth0");
  }

  #enter(script: string): void {
    execFileSync("nsenter", [...this.#holders(), "sh", "-ec", script]);
  }

  #inside(host: HostName, command: readonly string[]): string[] {
    return [...this.#holders(), "ip", "netns", "exec", host, ...command];
  }

  #holders(): string[] {
    return ["--preserve-credentials", "-U", "-n", "-m", "-t", String(this.#holder.pid)];
  }
}

export type HostName = "switch" | "a" | "b" | "c";

/** A program on a host that joins, sends and tells what it hears. */
export class Agent {
  readonly ready: Promise<unknown>;
  readonly heard: Heard[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #states = new Map<number, string>();
  #wake: (() => void)[] = [];
  #last = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    const { stdout } = child;
    if (!stdout) throw new Error("no standard output");
    const lines = createInterface(stdout);
    this.ready = once(lines, "line");
    lines.on("line", (line) => this.#take(line));
  }

  /** Joins a group; gives a number by which it can be left, and its state be waited for. */
  async join(fields: Fields): Promise<number> {
    const { id } = await this.#ask({ do: "join", fields });
    return id;
  }

  async leave(membership: number): Promise<void> {
    await this.#ask({ do: "leave", membership });
  }

  /** Sends one datagram; gives the error's message, if there was one. */
  async say(fields: Fields, text: string): Promise<string | undefined> {
    return (await this.#ask({ do: "say", fields, text })).error;
  }

  /** Sends several in one tick. */
  async burst(fields: readonly Fields[], text: string): Promise<void> {
    await Promise.all(fields.map((each) => this.say(each, text)));
  }

  /** The state of a membership, or of sending (0), in words: `joined eth0`, `waiting for eth1`. */
  state(of: number): string {
    return this.#states.get(of) ?? "";
  }

  /** Waits until a state is as wanted. */
  async until(of: number, wanted: string | RegExp): Promise<void> {
    await this.#until(() => (typeof wanted === "string" ? this.state(of) === wanted : wanted.test(this.state(of))));
  }

  /** Waits until so many datagrams have been heard in all. */
  async count(total: number): Promise<readonly Heard[]> {
    await this.#until(() => this.heard.length >= total);
    return this.heard;
  }

  /** What was heard, each as `text on interface`. */
  get told(): readonly string[] {
    return this.heard.map(({ text, interface: name }) => `${text} on ${name}`);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.stdin?.end();
      await once(this.#child, "exit");
    }
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  #ask(order: Order): Promise<Answer> {
    this.#last += 1;
    const id = this.#last;
    this.#child.stdin?.write(`${JSON.stringify({ id, ...order })}\n`);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #take(line: string): void {
    const told: Partial<Answer & { heard: Heard; of: number; state: string }> = JSON.parse(line);
    if (told.heard) this.heard.push(told.heard);
    if (told.of !== undefined && told.state !== undefined) this.#states.set(told.of, told.state);
    if (told.id !== undefined) this.#waiting.get(told.id)?.({ id: told.id, ...(told.error === undefined ? {} : { error: told.error }) });
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/** What was seen on a wire. */
export class Watch {
  readonly ready: Promise<unknown>;
  readonly #child: ChildProcess;
  #seen = "";
  #wake: (() => void)[] = [];

  constructor(child: ChildProcess) {
    this.#child = child;
    if (!child.stderr || !child.stdout) throw new Error("no output");
    this.ready = once(child.stderr, "data");
    child.stdout.on("data", (chunk) => {
      this.#seen += String(chunk);
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  /** The packets so far, a line each. */
  get packets(): readonly string[] {
    return this.#seen.replace(/\n\s+/g, " ").split("\n").filter(Boolean);
  }

  /** Waits until so many packets have been seen that match. */
  async count(total: number, pattern = /./): Promise<readonly string[]> {
    const matching = () => this.packets.filter((packet) => pattern.test(packet));
    while (matching().length < total) await new Promise<void>((resolve) => this.#wake.push(resolve));
    return matching();
  }

  async end(): Promise<void> {
    this.#child.kill();
    await once(this.#child, "exit");
  }
}

function whyNot(): string | undefined {
  const trial = spawnSync("unshare", ["-rnm", "sh", "-c", "mount -t tmpfs none /run && ip netns add trial && command -v tcpdump nsenter"], {
    encoding: "utf8",
  });
  if (trial.status === 0) return undefined;
  return trial.error?.message ?? (trial.stderr.trim() || "tcpdump or nsenter is not installed");
}
