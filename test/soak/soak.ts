// Works the nodes and the library hard for minutes, and reports counts, memory and descriptors. Two parts run at the same time:
// flows of a real Node-RED are redeployed under traffic, and three hosts talk while an interface of one of them comes and goes.
//   npm run soak            ten minutes
//   npm run soak -- 20      twenty seconds
import { soakChurn } from "./churn";
import { soakDeploys } from "./deploys";
import type { Outcome } from "./samples";

const seconds = Number(process.argv[2] ?? 600);

function report({ title, lines, samples, faults }: Outcome): void {
  print(`\n${title}`);
  for (const line of lines) print(`- ${line}`);
  const every = Math.max(1, Math.floor(samples.length / 8));
  if (samples.length > 0) print("second  memory, MiB  descriptors  UDP sockets");
  for (const { second, rss, descriptors, sockets } of samples.filter((_sample, number) => number % every === 0)) {
    print(`${column(second, 6)}  ${column(rss.toFixed(1), 11)}  ${column(descriptors, 11)}  ${column(sockets, 11)}`);
  }
  for (const fault of faults.slice(0, 10)) print(`- FAULT: ${fault}`);
}

function column(value: string | number, width: number): string {
  return String(value).padStart(width);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

Promise.all([soakDeploys(seconds), soakChurn(seconds)]).then((outcomes) => {
  for (const outcome of outcomes) report(outcome);
  const faults = outcomes.reduce((sum, outcome) => sum + outcome.faults.length, 0);
  print(`\n${seconds} s: ${faults === 0 ? "nothing lost, nothing left behind" : `FAILED, ${faults} faults`}`);
  process.exitCode = faults === 0 ? 0 : 1;
});
