import type { activityCost } from "../activity-cost";
import type { Bench } from "../bench";
import type { Subject } from "../contenders";
import { HelperProcess } from "../helper-process";
import type { Joined } from "../join-many";
import { freeGroups, freePort } from "../ports";
import { lossOf, rateOf } from "../reading";

/** Measures many groups, and many nodes on one group. */
export async function growth(bench: Bench): Promise<void> {
  await manyGroups(bench);
  await manyNodes(bench);
  await joining(bench);
}

// At 10000/s several datagrams wait at each turn of the event loop, in one socket or in one for each group.
async function manyGroups(bench: Bench): Promise<void> {
  const subjects: Subject[] = [];
  for (const count of bench.steps([1, 10, 100, 500]))
    subjects.push({ contender: "mcast", role: "recv", groups: freeGroups(count), port: await freePort() });
  const running = await Promise.all(subjects.map((subject) => bench.start("mcast", subject)));
  for (const each of running) await bench.under(each, { bytes: 64, rate: 0, count: 60_000 });
  for (const rate of [0, 1_000, 10_000]) {
    await bench.interleave(running, bench.isQuick ? 1 : bench.rounds, async (each) => {
      // A window of two seconds contains one heartbeat.
      const count = rate === 0 ? 60_000 : rate * (bench.isQuick ? 1 : 2);
      const { cpu, handled } = await bench.under(each, { bytes: 64, rate, count });
      const name = `groups: ${each.subject.groups.length}, ${rate === 0 ? "flood" : `${rate}/s`}`;
      bench.results.add("growth", name, each.name, { cpu: (cpu * 1000) / handled, loss: lossOf(handled, count) });
    });
  }
  await bench.end(running);
}

async function manyNodes(bench: Bench): Promise<void> {
  for (const nodes of bench.steps([1, 10, 100])) {
    const subjects = await bench.contenders("recv", { nodes }, ["core", "mcast"]);
    const load = { bytes: 64, rate: 10_000 / nodes, count: Math.max(6_000 / nodes, 200) };
    for (const running of subjects) await bench.under(running, { ...load, rate: 20_000 / nodes, count: 20_000 / nodes });
    await bench.interleave(subjects, bench.isQuick ? 1 : bench.rounds, async (running) => {
      const reading = await bench.under(running, load);
      bench.results.add("growth", `nodes on one group: ${nodes}`, running.name, {
        cpu: (reading.cpu * 1000 * nodes) / reading.handled,
        rate: rateOf(reading.handled / nodes, reading),
        loss: lossOf(reading.handled, load.count * nodes),
      });
    });
    await bench.end(subjects);
  }
}

// Uses a new process each time, so that its memory is unused.
async function joining(bench: Bench): Promise<void> {
  const note = (name: string, value: number): void => bench.results.add("growth", name, "mcast", { value });
  for (let round = 0; round < (bench.isQuick ? 1 : 3); round += 1) {
    for (const count of bench.steps([1, 10, 100, 500])) {
      const process = new HelperProcess("subject");
      const { milliseconds, heap, resident } = await process.ask<Joined>("joinMany", { groups: freeGroups(count), port: await freePort() });
      note(`groups: ${count}, ms to join`, milliseconds);
      if (count >= 100) {
        note(`groups: ${count}, heap, KiB each`, heap / 1024);
        note(`groups: ${count}, resident, KiB each`, resident / 1024);
      }
      if (count === 500) {
        const { milliseconds: cpu, bytes } = await process.ask<ReturnType<typeof activityCost>>("activityCost", { times: 50 });
        note("groups: 500, activity for the sidebar, ms", cpu);
        note("groups: 500, activity for the sidebar, KiB", bytes / 1024);
      }
      if (count === 500 && round === 0) {
        const idle = bench.isQuick ? 4_000 : 20_000;
        note("groups: 500, heartbeat, % of a core", (await process.ask<number>("idle", { milliseconds: idle })) / idle / 10);
      }
      await process.end();
    }
  }
}
