import type { Bench, Running } from "../bench";
import type { Contender, Role } from "../contenders";
import type { Reading } from "../meter";

const IN_NODE_RED: readonly Contender[] = ["raw", "core", "mcast"];

/** JavaScript's share alone: the sockets lead nowhere, so neither the kernel nor node:dgram is in it. */
export async function js(bench: Bench): Promise<void> {
  for (const role of ["recv", "say", "hear"] as const satisfies readonly Role[]) {
    const subjects = await bench.contenders(role, { standIn: true }, IN_NODE_RED);
    const window = ({ process }: Running, count: number) => {
      return process.ask<Reading>(role === "say" ? "say" : "inject", { bytes: 64, count });
    };
    for (const running of subjects) await window(running, bench.isQuick ? 100_000 : 300_000);
    await bench.interleave(subjects, bench.rounds, async (running) => {
      const { handled, sent, cpu } = await window(running, bench.isQuick ? 50_000 : 300_000);
      bench.results.add("js", role, running.name, { cpu: (cpu * 1000) / (role === "recv" ? handled : sent) });
    });
    await bench.end(subjects);
  }
}
