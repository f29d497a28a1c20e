import { CONTENDERS, type Contender, type Subject } from "./contenders";
import { HelperProcess } from "./helper-process";
import type { Place, Received } from "./listener";
import type { Load } from "./load";
import type { Reading } from "./meter";
import { freeGroup, freePort } from "./ports";
import { Results } from "./results";

/** A process under test, and its contender. */
export interface Running {
  readonly name: string;
  readonly subject: Subject;
  readonly process: HelperProcess;
}

/** One run of the benchmark: the process that sends, the process that listens, and the results. */
export class Bench {
  readonly results = new Results();
  readonly isQuick: boolean;
  readonly #profiles: string | undefined;
  readonly #load = new HelperProcess("load");
  readonly #listener = new HelperProcess("listener");
  readonly #places: Place[] = [];

  /** `profiles` is the folder for a CPU profile of each process under test; undefined for no profiles. */
  constructor(isQuick: boolean, profiles?: string) {
    this.isQuick = isQuick;
    this.#profiles = profiles;
  }

  /** The number of times that each window is measured. */
  get rounds(): number {
    return this.isQuick ? 2 : 5;
  }

  get sizes(): readonly number[] {
    return this.isQuick ? [64, 1400] : [64, 512, 1400, 8192];
  }

  /** The number of datagrams in a window that ends with the last of them: `many` at 64 bytes, the size that the targets are for. */
  windowOf(bytes: number, many: number): number {
    return bytes === 64 && !this.isQuick ? many : 20_480;
  }

  /** Returns the steps of a series to measure; in a quick run only the first and the last. */
  steps(all: readonly number[]): readonly number[] {
    return this.isQuick ? all.filter((_, index) => index === 0 || index === all.length - 1) : all;
  }

  /**
   * Measures every contender once in each round, one after the other. Each round begins with another contender, so that other load
   * of the machine affects all of them.
   */
  async interleave(subjects: readonly Running[], rounds: number, measure: (running: Running) => Promise<void>): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      const first = round % subjects.length;
      for (const running of [...subjects.slice(first), ...subjects.slice(0, first)]) await measure(running);
    }
  }

  /** Starts one process for each contender in a role. Each has its own group and port. */
  async contenders(
    role: Subject["role"],
    more: Partial<Subject> = {},
    kinds: readonly Contender[] = CONTENDERS,
  ): Promise<readonly Running[]> {
    const subjects: Subject[] = [];
    for (const contender of kinds) subjects.push(await placed(contender, role, more));
    return Promise.all(subjects.map((subject) => this.start(subject.contender, subject)));
  }

  async start(name: string, subject: Subject): Promise<Running> {
    const { role, port } = subject;
    const profile = this.#profiles && ["--cpu-prof", `--cpu-prof-dir=${this.#profiles}/${role}-${name}-${port}`];
    const process = new HelperProcess("subject", profile || []);
    await process.ask("start", subject);
    const place = subject.role === "say" ? { group: subject.groups[0] ?? "", port: subject.port } : subject.to;
    if (place && !subject.standIn) this.#places.push(place);
    return { name, subject, process };
  }

  async end(subjects: readonly Running[]): Promise<void> {
    for (const { process } of subjects) await process.end();
  }

  /** Sends to a process under test, and returns its reading. */
  async under({ subject, process }: Running, load: Omit<Load, "groups" | "port">, ages = false): Promise<Reading> {
    await process.ask("begin", { ages });
    await this.#load.ask("send", { groups: subject.groups, port: subject.port, ...load } satisfies Load);
    return process.ask<Reading>("end");
  }

  /** Returns the datagrams that arrived at the other end since the last call. */
  async heard(): Promise<Received> {
    for (const place of this.#places.splice(0)) await this.#listener.ask("listen", place);
    return this.#listener.ask<Received>("report");
  }

  async close(): Promise<void> {
    await this.#load.end();
    await this.#listener.end();
  }
}

async function placed(contender: Contender, role: Subject["role"], more: Partial<Subject>): Promise<Subject> {
  const port = await freePort();
  const subject: Subject = { contender, role, groups: [freeGroup()], port, ...more };
  // `udp in` receives every group that any program of the machine has joined on its port, so its echo must go to another port.
  return role === "hear" ? { ...subject, to: { group: freeGroup(), port: contender === "mcast" ? port : await freePort() } } : subject;
}
