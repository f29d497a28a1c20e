import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

// A leak at each round would grow the memory by more than this; garbage that Node.js has not collected yet is less.
const MOST_GROWTH_MIB = 40;

/** The figures of a process at one moment. */
export interface Sample {
  readonly second: number;
  /** Resident memory, MiB. */
  readonly rss: number;
  readonly descriptors: number;
  /** UDP sockets among the descriptors. */
  readonly sockets: number;
}

/** The outcome of one part of a soak, and its faults. */
export interface Outcome {
  readonly title: string;
  readonly lines: readonly string[];
  readonly samples: readonly Sample[];
  readonly faults: readonly string[];
}

/** Takes the figures of a process, in whichever network namespace it runs. */
export function sampleOf(pid: number, second: number): Sample {
  const lines = ["udp", "udp6"].flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, "utf8").trim().split("\n").slice(1));
  const listed = new Set(lines.map((line) => `socket:[${line.trim().split(/\s+/)[9]}]`));
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
  return {
    second: Math.round(second),
    rss,
    descriptors: links.filter(Boolean).length,
    sockets: links.filter((link) => listed.has(link)).length,
  };
}

/**
 * Takes the figures of a process until they are as wanted, six times at most within half a second. A file that is being read, or a
 * socket that asks for a route, is open for a moment only; a relay's socket opens with its next echo.
 */
export async function settledSample(pid: number, second: number, isWanted: (sample: Sample) => boolean): Promise<Sample> {
  let sample = sampleOf(pid, second);
  for (let left = 5; left > 0 && !isWanted(sample); left -= 1) {
    await setTimeout(100);
    sample = sampleOf(pid, second);
  }
  return sample;
}

/** Returns a fault if the memory grew in the last two thirds of the samples. */
export function growthOf(samples: readonly Sample[]): readonly string[] {
  const growth = (samples.at(-1)?.rss ?? 0) - (samples[Math.floor(samples.length / 3)]?.rss ?? 0);
  return growth > MOST_GROWTH_MIB ? [`memory grew by ${growth.toFixed(0)} MiB in the last two thirds`] : [];
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // closed in the meantime
  }
}
