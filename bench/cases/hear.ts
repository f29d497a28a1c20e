import type { Bench } from "../bench";
import { lossOf, rateOf } from "../reading";

/** Measures datagrams to echoes, with nothing wired to the node. Core and the smallest nodes need two nodes and a wire. */
export async function hear(bench: Bench): Promise<void> {
  const subjects = await bench.contenders("hear");
  const floods = bench.sizes.map((bytes) => {
    return { name: `${bytes} bytes, flood`, bytes, rate: 0, count: bench.windowOf(bytes, 80_000), rounds: bench.rounds };
  });
  const steady = [
    { name: "64 bytes, 20000/s", bytes: 64, rate: 20_000, count: bench.isQuick ? 20_000 : 60_000, rounds: bench.isQuick ? 1 : 2 },
  ];
  for (const running of subjects) await bench.under(running, { bytes: 64, rate: 0, count: 40_000 });
  await bench.heard();
  for (const { name, rounds, ...load } of [...floods, ...steady]) {
    await bench.interleave(subjects, rounds, async (running) => {
      const reading = await bench.under(running, load);
      const { sent, cpu } = reading;
      const heard = await bench.heard();
      bench.results.add("hear", name, running.name, {
        cpu: (cpu * 1000) / sent,
        rate: rateOf(sent, reading),
        loss: lossOf(load.rate === 0 ? sent : heard.count, load.count),
      });
    });
  }
  await bench.end(subjects);
}
