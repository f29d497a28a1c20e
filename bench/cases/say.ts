import type { Bench, Running } from "../bench";
import type { Reading } from "../meter";
import { lossOf, rateOf } from "../reading";

/** Measures messages to datagrams, in bursts of 32. */
export async function say(bench: Bench): Promise<void> {
  const subjects = await bench.contenders("say");
  const window = async ({ process }: Running, bytes: number, count: number) => {
    await bench.heard();
    const reading = await process.ask<Reading>("say", { bytes, count });
    return { ...reading, heard: (await bench.heard()).count };
  };
  for (const running of subjects) await window(running, 64, 40_000);
  for (const bytes of bench.sizes) {
    await bench.interleave(subjects, bench.rounds, async (running) => {
      const reading = await window(running, bytes, bench.windowOf(bytes, 102_400));
      const { sent, cpu, heard } = reading;
      bench.results.add("say", `${bytes} bytes, bursts`, running.name, {
        cpu: (cpu * 1000) / sent,
        rate: rateOf(sent, reading),
        loss: lossOf(heard, sent),
      });
    });
  }
  await bench.end(subjects);
}
