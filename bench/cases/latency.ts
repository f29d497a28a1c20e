import type { Bench } from "../bench";
import { lossOf } from "../reading";

const LOAD = { bytes: 64, rate: 1_000, count: 3_000 };

/** Measures the time from the sender to the end of a flow, and from the sender back as an echo. */
export async function latency(bench: Bench): Promise<void> {
  const receivers = await bench.contenders("recv");
  const relays = await bench.contenders("hear");
  for (const running of [...receivers, ...relays]) await bench.under(running, { ...LOAD, rate: 10_000, count: 10_000 }, true);
  await bench.interleave(receivers, bench.rounds, async (running) => {
    const { handled, p50, p99 } = await bench.under(running, LOAD, true);
    bench.results.add("latency", "one way, 1000/s", running.name, { p50, p99, loss: lossOf(handled, LOAD.count) });
  });
  await bench.heard();
  await bench.interleave(relays, bench.rounds, async (running) => {
    await bench.under(running, LOAD);
    const { count, p50, p99 } = await bench.heard();
    bench.results.add("latency", "there and back, 1000/s", running.name, { p50, p99, loss: lossOf(count, LOAD.count) });
  });
  await bench.end([...receivers, ...relays]);
}
