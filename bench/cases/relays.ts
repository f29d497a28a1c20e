import type { Bench, Running } from "../bench";
import type { Subject } from "../contenders";
import type { Reading } from "../meter";
import { freeGroup, freePort } from "../ports";

/** Measures the cost of an echo if many relays echo one group: with sockets, and with stand-ins for the cost of JavaScript only. */
export async function relays(bench: Bench): Promise<void> {
  for (const standIn of [false, true]) {
    const running: Running[] = [];
    for (const nodes of bench.steps([1, 10, 100])) running.push(await bench.start("mcast", await relaying(nodes, standIn)));
    const count = (nodes: number) => Math.ceil((bench.isQuick ? 20_000 : 100_000) / nodes);
    const measure = ({ subject, process }: Running, datagrams: number): Promise<Reading> =>
      standIn
        ? process.ask<Reading>("inject", { bytes: 64, count: datagrams })
        : bench.under({ name: "", subject, process }, { bytes: 64, rate: 20_000 / (subject.nodes ?? 1), count: datagrams });
    for (const each of running) await measure(each, count(each.subject.nodes ?? 1));
    await bench.interleave(running, bench.rounds, async (each) => {
      const nodes = each.subject.nodes ?? 1;
      const { cpu, sent } = await measure(each, count(nodes));
      bench.results.add("relays", `${nodes} on one group${standIn ? ", JavaScript alone" : ""}`, "mcast", { cpu: (cpu * 1000) / sent });
    });
    await bench.end(running);
  }
}

async function relaying(nodes: number, standIn: boolean): Promise<Subject> {
  const port = await freePort();
  return { contender: "mcast", role: "hear", groups: [freeGroup()], port, to: { group: freeGroup(), port }, nodes, standIn };
}
