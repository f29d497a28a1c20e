import type { Bench, Running } from "../bench";
import type { Role } from "../contenders";
import type { Reading } from "../meter";

/**
 * Measures the cost of JavaScript only: the sockets are stand-ins, so neither the kernel nor node:dgram takes part. A process without
 * Node-RED measures the cost of the stand-ins beside each window; that cost is subtracted.
 */
export async function js(bench: Bench): Promise<void> {
  for (const role of ["recv", "say", "hear"] as const satisfies readonly Role[]) {
    const subjects = await bench.contenders(role, { standIn: true });
    const [bare, ...inNodeRed] = subjects;
    const share = async ({ process }: Running, count: number): Promise<number> => {
      const { handled, sent, cpu } = await process.ask<Reading>(role === "say" ? "say" : "inject", { bytes: 64, count });
      return (cpu * 1000) / (role === "recv" ? handled : sent);
    };
    for (const running of subjects) await share(running, bench.isQuick ? 100_000 : 300_000);
    await bench.interleave(inNodeRed, bench.rounds, async (running) => {
      const count = bench.isQuick ? 50_000 : 300_000;
      const driving = bare ? await share(bare, count) : 0;
      bench.results.add("js", role, running.name, { cpu: (await share(running, count)) - driving });
    });
    await bench.end(subjects);
  }
}
