import { resolve } from "node:path";
import { LO } from "./ports";

/** The cost of joining many groups with the library, without Node-RED. */
export interface Joined {
  readonly milliseconds: number;
  /** Bytes of JavaScript's heap and of buffers per group. */
  readonly heap: number;
  /** Bytes of the process's memory per group. */
  readonly resident: number;
}

/** Joins groups, and stays joined. */
export function joinMany({ groups, port }: { groups: readonly string[]; port: number }): Joined {
  const { join }: typeof import("../src/lib") = require(resolve("dist/lib/index.js"));
  const before = memory();
  const start = performance.now();
  for (const group of groups) join({ group, port, iface: LO }, { onDatagram: () => {} });
  const milliseconds = performance.now() - start;
  const after = memory();
  return {
    milliseconds,
    heap: (after.heap - before.heap) / groups.length,
    resident: (after.resident - before.resident) / groups.length,
  };
}

function memory(): { heap: number; resident: number } {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}
