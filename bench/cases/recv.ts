import type { Bench } from "../bench";
import { lossOf, rateOf } from "../reading";

/** Measures datagrams to messages, at full load and at steady rates. */
export async function recv(bench: Bench): Promise<void> {
  const subjects = await bench.contenders("recv");
  const loads = [
    ...bench.sizes.map((bytes) => ({
      name: `${bytes} bytes, flood`,
      bytes,
      rate: 0,
      count: bench.windowOf(bytes, 150_000),
      rounds: bench.rounds,
    })),
    ...[2_000, 10_000].map((rate) => ({
      name: `64 bytes, ${rate}/s`,
      bytes: 64,
      rate,
      count: rate * 0.7,
      rounds: bench.isQuick ? 1 : bench.rounds,
    })),
  ];
  for (const running of subjects) await bench.under(running, { bytes: 64, rate: 0, count: 100_000 });
  for (const { name, rounds, ...load } of loads) {
    await bench.interleave(subjects, rounds, async (running) => {
      const reading = await bench.under(running, load);
      const { handled, cpu } = reading;
      bench.results.add("recv", name, running.name, {
        cpu: (cpu * 1000) / handled,
        rate: rateOf(handled, reading),
        loss: lossOf(handled, load.count),
      });
    });
  }
  await bench.end(subjects);
}
