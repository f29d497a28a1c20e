import { CONTENDERS, type Contender, type Subject } from "./contenders";
import type { Heard, Place } from "./ear";
import { HelperProcess } from "./helper-process";
import type { Load } from "./load";
import type { Reading } from "./meter";
import { freeGroup, freePort } from "./ports";
import { Results } from "./results";

/** A process under test, and what it is. */
export interface Running {
  readonly name: string;
  readonly subject: Subject;
  readonly process: HelperProcess;
}

/** One run of the benchmark: the process that sends, the one that listens, and what was found. */
export class Bench {
  readonly results = new Results();
  readonly isQuick: boolean;
  readonly #profiles: string | undefined;
  readonly #load = new HelperProcess("load");
  readonly #ear = new HelperProcess("ear");
  readonly #places: Place[] = [];

  /** `profiles` is the folder for a CPU profile of each process under test, if there is to be one. */
  constructor(isQuick: boolean, profiles?: string) {
    this.isQuick = isQuick;
    this.#profiles = profiles;
  }

  /** How often each window is measured. */
  get rounds(): number {
    return this.isQuick ? 2 : 5;
  }

  get sizes(): readonly number[] {
    return this.isQuick ? [64, 1400] : [64, 512, 1400, 8192];
  }

  /** How many datagrams a window has that lasts as long as they take: `many` at 64 bytes, where the targets are. */
  windowOf(bytes: number, many: number): number {
    return bytes === 64 && !this.isQuick ? many : 20_480;
  }

  /** How much of something is tried: the least and the most of it where it has to be quick. */
  steps(all: readonly number[]): readonly number[] {
    return this.isQuick ? all.filter((_, index) => index === 0 || index === all.length - 1) : all;
  }

  /**
   * Measures every contender once in each round, one after the other and each round from another one on, so that what else the
   * machine does meets them all.
   */
  async interleave(subjects: readonly Running[], rounds: number, measure: (running: Running) => Promise<void>): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      const first = round % subjects.length;
      for (const running of [...subjects.slice(first), ...subjects.slice(0, first)]) await measure(running);
    }
  }

  /** Starts a contender of each kind in a role, each with a group and a port of its own. */
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

  /** Sends to a process under test, and reads what that did. */
  async under({ subject, process }: Running, load: Pick<Load, "bytes" | "rate" | "count">, ages = false): Promise<Reading> {
    await process.ask("begin", { ages });
    await this.#load.ask("send", { groups: subject.groups, port: subject.port, ...load } satisfies Load);
    return process.ask<Reading>("end");
  }

  /** What arrived at the other end since this was asked last. */
  async heard(): Promise<Heard> {
    for (const place of this.#places.splice(0)) await this.#ear.ask("listen", place);
    return this.#ear.ask<Heard>("report");
  }

  async close(): Promise<void> {
    await this.#load.end();
    await this.#ear.end();
  }
}

async function placed(contender: Contender, role: Subject["role"], more: Partial<Subject>): Promise<Subject> {
  const port = await freePort();
  const subject: Subject = { contender, role, groups: [freeGroup()], port, ...more };
  // `udp in` hears every group of its port that anyone on the machine has joined, so its echo has to go to another port.
  return role === "hear" ? { ...subject, to: { group: freeGroup(), port: contender === "mcast" ? port : await freePort() } } : subject;
}
