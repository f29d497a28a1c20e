import type { Bench, Running } from "../bench";
import { type Contender, SEALING_KEY, type Subject } from "../contenders";
import { HelperProcess } from "../helper-process";
import type { Reading } from "../meter";
import { freeGroup, freePort } from "../ports";
import { lossOf, rateOf } from "../reading";
import type { SealingCost } from "../sealing-cost";

const MCAST: Contender = "mcast";

/** Measures sealing and opening alone, and mcast recv and mcast say with a key and without one. */
export async function sealed(bench: Bench): Promise<void> {
  await byThemselves(bench);
  await inNodes(bench);
}

async function byThemselves(bench: Bench): Promise<void> {
  const process = new HelperProcess("subject");
  for (const bytes of [64, 1400]) {
    for (let round = 0; round <= bench.rounds; round += 1) {
      const costs = await process.ask<readonly SealingCost[]>("sealing", { bytes, count: bench.isQuick ? 10_000 : 50_000 });
      // The first round is the warm-up.
      if (round > 0) for (const { what, cpu } of costs) bench.results.add("sealed", `${what}, ${bytes} bytes`, "library", { cpu });
    }
  }
  await process.end();
}

async function inNodes(bench: Bench): Promise<void> {
  const [receivers, senders] = [await pair(bench, "recv"), await pair(bench, "say")];
  const loadOf = ({ name }: Running) => (name === "sealed" ? { key: SEALING_KEY } : {});
  for (const running of receivers) await bench.under(running, { bytes: 64, rate: 0, count: 60_000, ...loadOf(running) });
  for (const bytes of [64, 1400]) {
    // At a steady rate: sealing makes a flood slower, and a slower flood is read in other portions.
    const load = { bytes, rate: 10_000, count: bench.isQuick ? 7_000 : 20_000 };
    await bench.interleave(receivers, bench.rounds, async (running) => {
      const reading = await bench.under(running, { ...load, ...loadOf(running) });
      const { handled, cpu } = reading;
      bench.results.add("sealed", `recv, ${bytes} bytes, 10000/s`, running.name, {
        cpu: (cpu * 1000) / handled,
        rate: rateOf(handled, reading),
        loss: lossOf(handled, load.count),
      });
    });
    await bench.interleave(senders, bench.rounds, async ({ name, process }) => {
      const reading = await process.ask<Reading>("say", { bytes, count: bench.windowOf(bytes, 51_200) });
      bench.results.add("sealed", `say, ${bytes} bytes, bursts`, name, {
        cpu: (reading.cpu * 1000) / reading.sent,
        rate: rateOf(reading.sent, reading),
      });
    });
  }
  await forged(bench, receivers);
  await bench.end([...receivers, ...senders]);
}

// Every datagram is refused: nothing is handled.
async function forged(bench: Bench, receivers: readonly Running[]): Promise<void> {
  const [, receiver] = receivers;
  if (!receiver) return;
  const load = { bytes: 64, rate: 20_000, count: bench.isQuick ? 10_000 : 60_000, key: SEALING_KEY, isForged: true };
  for (let round = 0; round < bench.rounds; round += 1) {
    const { handled, cpu } = await bench.under(receiver, load);
    bench.results.add("sealed", "forged, 96 bytes, 20000/s", "sealed", { cpu: (cpu * 1000) / load.count, value: handled });
  }
}

async function pair(bench: Bench, role: Subject["role"]): Promise<readonly Running[]> {
  const make = async (isSealed: boolean): Promise<Subject> => ({
    contender: MCAST,
    role,
    groups: [freeGroup()],
    port: await freePort(),
    isSealed,
  });
  return [await bench.start("plain", await make(false)), await bench.start("sealed", await make(true))];
}
