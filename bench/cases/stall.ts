import type { Bench } from "../bench";
import { freeGroup, freePort } from "../ports";
import { lossOf } from "../reading";

// The default of net.core.rmem_max on Linux.
const UNTUNED = 212_992;

/** Measures the loss within one second while the event loop is blocked. */
export async function stall(bench: Bench): Promise<void> {
  const untuned = { contender: "mcast", role: "recv", groups: [freeGroup()], port: await freePort(), mostBuffer: UNTUNED } as const;
  const subjects = [...(await bench.contenders("recv", {}, ["raw", "core", "mcast"])), await bench.start("mcast untuned", untuned)];
  for (const running of subjects) await bench.under(running, { bytes: 64, rate: 0, count: 20_000 });
  for (const rate of bench.isQuick ? [10_000] : [2_000, 10_000]) {
    for (const milliseconds of bench.isQuick ? [200] : [50, 200, 400]) {
      await bench.interleave(subjects, bench.isQuick ? 1 : 2, async (running) => {
        await running.process.ask("stall", { after: 300, milliseconds });
        const { handled } = await bench.under(running, { bytes: 64, rate, count: rate });
        bench.results.add("stall", `${milliseconds} ms, ${rate}/s`, running.name, { loss: lossOf(handled, rate) });
      });
    }
  }
  await bench.end(subjects);
}
