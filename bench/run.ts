import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { Bench } from "./bench";
import { growth } from "./cases/growth";
import { hear } from "./cases/hear";
import { js } from "./cases/js";
import { latency } from "./cases/latency";
import { recv } from "./cases/recv";
import { relays } from "./cases/relays";
import { say } from "./cases/say";
import { sealed } from "./cases/sealed";
import { stall } from "./cases/stall";
import { describeMachine } from "./machine";
import { reportOf, reportOfTargets } from "./report";
import { figure } from "./table";
import { targets } from "./targets";

const PARTS = { recv, say, hear, latency, stall, growth, relays, js, sealed };

const USAGE = `npm run bench -- [--quick] [--only ${Object.keys(PARTS).join(",")}] [--profile FOLDER] [--out FILE]`;

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      profile: { type: "string" },
      out: { type: "string", default: "bench/results/latest.json" },
    },
  });
  const wanted = values.only?.split(",") ?? Object.keys(PARTS);
  const unknown = wanted.find((name) => !(name in PARTS));
  if (unknown !== undefined) throw new Error(`${unknown} is not a part\n${USAGE}`);

  const start = performance.now();
  const machine = describeMachine();
  console.log(
    Object.entries(machine)
      .map(([what, value]) => `${what}: ${value}`)
      .join("\n"),
  );
  const bench = new Bench(values.quick, values.profile);
  try {
    for (const [part, measure] of Object.entries(PARTS)) {
      if (!wanted.includes(part)) continue;
      await measure(bench);
      console.log(`\n## ${part}\n\n${reportOf(part, bench.results)}`);
    }
  } finally {
    await bench.close();
  }
  const found = targets(bench.results);
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(`\n## targets\n\n${reportOfTargets(found)}\n\n${figure(seconds)} s; all windows: ${values.out}`);
  mkdirSync(dirname(values.out), { recursive: true });
  const date = new Date().toISOString();
  writeFileSync(
    values.out,
    `${JSON.stringify({ date, machine, isQuick: values.quick, seconds, targets: found, results: bench.results.all }, null, 2)}\n`,
  );
}

run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
