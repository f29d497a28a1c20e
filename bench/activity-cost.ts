import { resolve } from "node:path";

/** Milliseconds of CPU time for the answer that the sidebar asks for every 2 s, on an average of so many, and its bytes. */
export function activityCost({ times }: { times: number }): { milliseconds: number; bytes: number } {
  const { activityOf }: typeof import("../src/lib/diagnostics/activity") = require(resolve("dist/lib/diagnostics/activity.js"));
  const { multicast }: typeof import("../src/lib/process-wide/multicast") = require(resolve("dist/lib/process-wide/multicast.js"));
  const { loopGuard }: typeof import("../src/lib/process-wide/loop-guard") = require(resolve("dist/lib/process-wide/loop-guard.js"));
  const { inColumns }: typeof import("../src/nodes/activity-response") = require(resolve("dist/nodes/activity-response.js"));
  const answer = (): string => JSON.stringify(inColumns(activityOf({ multicast, loopGuard })));
  const bytes = Buffer.byteLength(answer());
  const before = process.cpuUsage();
  for (let time = 0; time < times; time += 1) answer();
  const { user, system } = process.cpuUsage(before);
  return { milliseconds: (user + system) / 1_000 / times, bytes };
}
