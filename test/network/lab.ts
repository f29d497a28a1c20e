import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import type { Fields } from "../../src/lib/options/options";
import type { Answer, Flood, Heard, Order } from "./agent";

// Debian keeps some of what is needed where only root looks.
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

/** The reason why no lab can be made here, as the system reports it; undefined if it can be made. */
export const refusal = whyNot();

export function isInstalled(tool: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${tool}`], { env }).status === 0;
}

/** Describes what holds in a lab that is new for every test; skips it, and says why, where there can be no lab. */
export function describeLab(title: string, body: (lab: Lab) => void): void {
  const describeIt = refusal === undefined ? describe : describe.skip;
  describeIt(refusal === undefined ? title : `${title} (no lab here: ${refusal})`, function () {
    this.timeout(20_000);
    this.retries(1); // the bridge's and the kernel's own timers have a say in some of this: one more try, in a lab that is new
    const lab = new Lab();
    beforeEach(() => lab.open());
    afterEach(() => lab.close());
    body(lab);
  });
}

/**
 * Three hosts, a, b and c, in network namespaces of their own. `lan1` joins all three (their eth0, 10.1.0.x and fd01::x), `lan2`
 * joins a and b (their eth1, 10.2.0.x and fd02::x); both are bridges on a switch of their own. No privilege is needed, nothing
 * leaves the namespaces, and all of it goes when the process that holds it does.
 */
export class Lab {
  #holder: ChildProcess | undefined;
  readonly #programs: { end(): Promise<void> }[] = [];

  async open(): Promise<void> {
    const holder = spawn("unshare", ["-rnm", "sh", "-c", "mount -t tmpfs none /run && echo ready && exec cat"], {
      stdio: ["pipe", "pipe", "inherit"],
      env,
    });
    this.#holder = holder;
    await once(holder.stdout, "data");
    this.#build();
  }

  /** Runs commands on a host, or on the switch, and gives what they print. */
  on(host: HostName, script: string): string {
    return execFileSync("nsenter", this.#inside(host, ["sh", "-ec", script]), { encoding: "utf8", env });
  }

  /** Runs commands on a host as `on` does, while this program goes on. */
  async run(host: HostName, script: string): Promise<string> {
    const { stdout } = await promisify(execFile)("nsenter", this.#inside(host, ["sh", "-ec", script]), { encoding: "utf8", env });
    return stdout;
  }

  /** Starts a program that uses the library on a host, in a process of its own. With the trait `no-netlink` it gets no AF_NETLINK sockets. */
  async agent(host: HostName, ...traits: readonly string[]): Promise<Agent> {
    const before = traits.includes("no-netlink") ? ["perl", resolve("test/network/without-netlink.pl")] : [];
    const program = [...before, process.execPath, "--import", require.resolve("tsx"), resolve("test/network/agent.ts"), ...traits];
    const agent = new Agent(spawn("nsenter", this.#inside(host, program), { stdio: ["pipe", "pipe", "inherit"], env }));
    this.#programs.push(agent);
    await agent.ready;
    return agent;
  }

  /** Watches an interface of a host for what a filter of tcpdump lets through. */
  async watch(host: HostName, device: string, filter: string): Promise<Watch> {
    const command = ["perl", resolve("test/network/capture.pl"), device, "unshare", "-U", "tcpdump", "-r", "-", "-nnvl", filter];
    return this.start(host, command, /reading from/);
  }

  /** Starts any other program on a host, and waits until it says that it is ready. */
  async start(host: HostName, command: readonly string[], ready: RegExp): Promise<Watch> {
    const watch = new Watch(spawn("nsenter", this.#inside(host, command), { stdio: ["ignore", "pipe", "pipe"], env }));
    this.#programs.push(watch);
    await watch.ready(ready);
    return watch;
  }

  /** Has a host send one datagram to an address, from a socket of no particular kind. */
  sayTo(host: HostName, address: string, port: number, text: string): void {
    this.on(host, `bash -c 'printf %s "${text}" > "/dev/udp/${address}/${port}"'`);
  }

  /**
   * Puts a delay on the line between an interface of a host and its LAN, in milliseconds and for each direction. Several delays hold
   * in turn, each for `every` milliseconds.
   */
  async delay(host: Exclude<HostName, "switch">, device: string, delays: readonly number[], every = 1_000): Promise<void> {
    const port = `${host}-${device}`;
    const [near, far, line] = [`n-${port}`, `f-${port}`, `l-${port}`];
    const lan = device === "eth0" ? "lan1" : "lan2";
    this.on(
      "switch",
      `ip link add ${line} type bridge mcast_snooping 0; ip link set ${line} up; for tap in ${near} ${far}; do ip tuntap add dev $tap mode tap; done
       ip link set ${port} master ${line}; ip link set ${near} master ${line} up; ip link set ${far} master ${lan} up`,
    );
    await this.start("switch", ["perl", resolve("test/network/delay.pl"), near, far, String(every), ...delays.map(String)], /is open/);
    this.allForward();
  }

  /** Has a host send to a LAN at so many megabits a second at most, with a second's worth of datagrams waiting. */
  throttle(host: Exclude<HostName, "switch">, device: string, megabits: number): void {
    this.on(host, `tc qdisc add dev ${device} root tbf rate ${megabits}mbit burst 20kb latency 1000ms`);
  }

  /** Waits until every port of the switch forwards: after its carrier has come back a bridge takes a moment for that. */
  allForward(): void {
    this.on(
      "switch",
      "for try in $(seq 300); do bridge link | grep -v -q 'state forwarding' || exit 0; sleep 0.01; done; bridge link; exit 1",
    );
  }

  /** On which interfaces of a host a group is joined, and how often, as its kernel counts: `{ eth0: 1 }`. */
  joined(host: HostName, group: string): Readonly<Record<string, number>> {
    const listed: readonly MulticastAddresses[] = JSON.parse(this.on(host, "ip -j maddress"));
    const counts: Record<string, number> = {};
    for (const { ifname, maddr } of listed) {
      for (const { address, users } of maddr) if (address === group) counts[ifname] = users ?? 1;
    }
    return counts;
  }

  /** Ends the programs that were started on the hosts, and with them all there is. */
  async close(): Promise<void> {
    await Promise.all(this.#programs.splice(0).map((program) => program.end()));
    this.#holder?.kill("SIGKILL");
    if (this.#holder) await once(this.#holder, "exit");
  }

  /** Gives a host an interface on a LAN, as at the start; what it had by that name must be gone. */
  plug(host: Exclude<HostName, "switch">, device: string, lan: 1 | 2 = device === "eth0" ? 1 : 2): void {
    // A second card on a LAN has an address of its own: 10.1.0.22 is eth2 of b.
    // The number of wlan0 is 9.
    const card = device.startsWith("eth") ? device.slice(3) : "9";
    const number = (device === `eth${lan - 1}` ? "" : card) + ("abc".indexOf(host) + 1);
    const port = `${host}-${device}`;
    this.on("switch", `ip link add ${port} type veth peer name ${device} netns ${host}; ip link set ${port} master lan${lan} up`);
    this.on(
      host,
      `ip addr add 10.${lan}.0.${number}/24 dev ${device}; ip link set ${device} up; ip -6 addr add fd0${lan}::${number}/64 dev ${device} nodad`,
    );
  }

  #build(): void {
    // No waiting for duplicate addresses, no filter that this machine may have as its default.
    const settings = ["all", "default"].flatMap((each) => [`net.ipv6.conf.${each}.accept_dad=0`, `net.ipv4.conf.${each}.rp_filter=0`]);
    const start = `ip link set lo up; sysctl -qw ${settings.join(" ")}`;
    this.#enter(`for host in switch a b c; do ip netns add $host; ip netns exec $host sh -c '${start}'; done`);
    this.on("switch", "for lan in lan1 lan2; do ip link add $lan type bridge mcast_snooping 0; ip link set $lan up; done");
    for (const host of ["a", "b", "c"] as const) this.plug(host, "eth0");
    for (const host of ["a", "b"] as const) this.plug(host, "eth1");
    for (const host of ["a", "b", "c"] as const) this.on(host, "ip route add default via 10.1.0.254 dev eth0");
  }

  #enter(script: string): void {
    execFileSync("nsenter", [...this.#holders(), "sh", "-ec", script], { env });
  }

  #inside(host: HostName, command: readonly string[]): string[] {
    // However this process ends, what it started ends with it.
    return [...this.#holders(), "ip", "netns", "exec", host, "setpriv", "--pdeathsig", "KILL", ...command];
  }

  #holders(): string[] {
    return ["--preserve-credentials", "-U", "-n", "-m", "-t", String(this.#holder?.pid)];
  }
}

export type HostName = "switch" | "a" | "b" | "c";

/** An interface in the output of `ip -j maddress`, which omits a single user. */
interface MulticastAddresses {
  readonly ifname: string;
  readonly maddr: readonly { readonly address: string; readonly users?: number }[];
}

/** A program on a host that joins, sends and reports what it hears. */
export class Agent {
  readonly ready: Promise<unknown>;
  readonly heard: Heard[] = [];
  /** All warnings, and all states of the memberships and relays. */
  readonly warnings: string[] = [];
  readonly history: string[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  readonly #states = new Map<number, string>();
  readonly #changes = new Changes();
  #last = 0;
  #beats = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    const { stdout } = child;
    if (!stdout) throw new Error("no standard output");
    const lines = createInterface(stdout);
    this.ready = once(lines, "line");
    lines.on("line", (line) => this.#take(line));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Joins a group; gives a number by which it can be left, and its state be waited for. */
  async join(fields: Fields): Promise<number> {
    const { id } = await this.#ask({ do: "join", fields });
    return id;
  }

  /** Joins groups as a recv node does; gives a number by which its state can be waited for. */
  async recv(fields: Fields): Promise<number> {
    const { id } = await this.#ask({ do: "recv", fields });
    return id;
  }

  /** Starts a relay; gives a number by which its state can be waited for. */
  async relay(fields: Fields): Promise<number> {
    const { id } = await this.#ask({ do: "relay", fields });
    return id;
  }

  async leave(membership: number): Promise<void> {
    await this.#ask({ do: "leave", membership });
  }

  /** Sends one datagram; gives the error's message, if there was one. */
  async say(fields: Fields, text: string): Promise<string | undefined> {
    return this.burst([fields], text);
  }

  /** Sends several in one tick; gives the first error's message, if there was one. */
  async burst(fields: readonly Fields[], text: string): Promise<string | undefined> {
    return (await this.#ask({ do: "say", fields, text })).error;
  }

  /** Sends many datagrams, numbered from 1 on; settles when the last has gone out. */
  async flood(flood: Flood): Promise<string | undefined> {
    return (await this.#ask({ do: "flood", ...flood })).error;
  }

  /** Limits the file descriptors that the program may have open; those that are open stay open. */
  limitDescriptors(most: number): void {
    execFileSync("prlimit", ["--pid", String(this.#child.pid), `--nofile=${most}:`], { env });
  }

  /** Has the program stand still for some time, and for as long as something else takes. */
  async stall(milliseconds: number, meanwhile: () => Promise<unknown>): Promise<void> {
    this.#child.kill("SIGSTOP");
    await Promise.all([meanwhile(), new Promise((resolve) => setTimeout(resolve, milliseconds))]);
    this.#child.kill("SIGCONT");
  }

  /** The state of a membership, or of sending (0), in words: `joined eth0`, `waiting for eth1`. */
  state(of: number): string {
    return this.#states.get(of) ?? "";
  }

  /** Waits until a state is as wanted. */
  async until(of: number, wanted: string | RegExp): Promise<void> {
    const isSo = () => (typeof wanted === "string" ? this.state(of) === wanted : wanted.test(this.state(of)));
    await this.#changes.until(isSo, () => `the state "${this.state(of)}" to be ${wanted}`);
  }

  /** Waits until a state is as wanted, which must be so within two heartbeats from now. */
  async soon(of: number, wanted: string | RegExp): Promise<void> {
    await this.#ask({ do: "nothing" }); // by now its earlier lines have been read
    const since = this.#beats;
    await this.until(of, wanted);
    if (this.#beats > since + 2) throw new Error(`it took ${this.#beats - since} heartbeats until ${wanted}`);
  }

  /** Waits for so many heartbeats from now on. */
  async beats(count: number): Promise<void> {
    await this.#ask({ do: "nothing" });
    const since = this.#beats;
    await this.#changes.until(
      () => this.#beats >= since + count,
      () => `${count} heartbeats, with ${this.#beats - since}`,
    );
  }

  /** Waits until so many datagrams have been heard in all. */
  async count(total: number): Promise<readonly Heard[]> {
    await this.#changes.until(
      () => this.heard.length >= total,
      () => `${total} datagrams, with ${this.heard.length}: ${this.reported.slice(-5).join(", ")}`,
    );
    return this.heard;
  }

  /** Waits until a text was heard last. */
  async hears(text: string): Promise<void> {
    await this.#changes.until(
      () => this.heard.at(-1)?.text === text,
      () => `"${text}", with ${this.heard.length} datagrams: ${this.reported.slice(-5).join(", ")}`,
    );
  }

  /** The received datagrams, each as `text on interface`. */
  get reported(): readonly string[] {
    return this.heard.map(({ text, interface: name }) => `${text} on ${name}`);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.stdin?.end();
      await once(this.#child, "exit");
    }
    if (this.#child.exitCode !== 0) throw new Error(`the program ended with ${this.#child.exitCode ?? this.#child.signalCode}`);
  }

  #ask(order: Order): Promise<Answer> {
    this.#last += 1;
    const id = this.#last;
    this.#child.stdin?.write(`${JSON.stringify({ id, ...order })}\n`);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  #take(line: string): void {
    const reported: Partial<Answer & { heard: Heard; of: number; state: string; beat: true; warning: string }> = JSON.parse(line);
    if (reported.heard) this.heard.push(reported.heard);
    if (reported.beat) this.#beats += 1;
    if (reported.warning !== undefined) this.warnings.push(reported.warning);
    if (reported.of !== undefined && reported.state !== undefined) {
      this.#states.set(reported.of, reported.state);
      this.history.push(reported.state);
    }
    if (reported.id !== undefined)
      this.#waiting.get(reported.id)?.({ id: reported.id, ...(reported.error === undefined ? {} : { error: reported.error }) });
    this.#changes.notify();
  }
}

/** The datagrams seen on a wire. */
export class Watch {
  readonly #child: ChildProcess;
  readonly #changes = new Changes();
  #seen = "";
  #said = "";

  constructor(child: ChildProcess) {
    this.#child = child;
    if (!child.stderr || !child.stdout) throw new Error("no output");
    child.stdout.on("data", (chunk) => {
      this.#seen += String(chunk);
      this.#changes.notify();
    });
    child.stderr.on("data", (chunk) => {
      this.#said += String(chunk);
      this.#changes.notify();
    });
  }

  async ready(words: RegExp): Promise<void> {
    await this.#changes.until(
      () => words.test(this.#said),
      () => `${words} in: ${this.#said}`,
    );
  }

  /** The output on standard error. */
  get said(): string {
    return this.#said;
  }

  /** The packets so far, a line each. */
  get packets(): readonly string[] {
    return this.#seen.replace(/\n\s+/g, " ").split("\n").filter(Boolean);
  }

  /** Waits until so many packets have been seen that match. */
  async count(total: number, pattern = /./): Promise<readonly string[]> {
    const matching = () => this.packets.filter((packet) => pattern.test(packet));
    await this.#changes.until(
      () => matching().length >= total,
      () => `${total} packets like ${pattern}, with:\n${this.#seen}`,
    );
    return matching();
  }

  /** Interrupts the program, and returns its exit code. */
  async interrupt(): Promise<number | null> {
    this.#child.kill("SIGINT");
    return this.exit();
  }

  /** Returns the exit code of the program when it has ended by itself. */
  async exit(): Promise<number | null> {
    if (!this.#hasEnded) await once(this.#child, "exit");
    return this.#child.exitCode;
  }

  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill();
    await once(this.#child, "exit");
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

/** Waits for a condition, and checks it again at each event. A wait that fails names the condition. */
class Changes {
  #wake: (() => void)[] = [];

  notify(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  async until(isSo: () => boolean, what: () => string): Promise<void> {
    const give = Date.now() + 15_000;
    while (!isSo()) {
      if (Date.now() >= give) throw new Error(`waited in vain for ${what()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, give - Date.now());
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}

function whyNot(): string | undefined {
  const namespaces = spawnSync("unshare", ["-rnm", "sh", "-c", "mount -t tmpfs none /run && ip netns add trial"], {
    encoding: "utf8",
    env,
  });
  if (namespaces.error || namespaces.status !== 0) return namespaces.error?.message ?? namespaces.stderr.trim();
  const lacking = ["nsenter", "setpriv", "sysctl", "tcpdump", "perl", "nft", "prlimit", "bash"].filter((tool) => !isInstalled(tool));
  return lacking.length > 0 ? `${lacking.join(", ")} not installed` : undefined;
}
