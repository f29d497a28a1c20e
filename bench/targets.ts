import type { Measure, Results } from "./results";

/** The highest number of echoes per second that the Python tool's HEAR was seen to send. It opens a socket for each datagram. */
const PYTHON_HEAR = 700;

/** A target, and the figure that was reached. */
export interface Target {
  readonly what: string;
  readonly limit: number;
  /** True if the figure must be at least the limit; false if at most. */
  readonly atLeast?: boolean;
  readonly found: number;
}

export function isMet({ limit, atLeast, found }: Target): boolean {
  return atLeast ? found >= limit : found <= limit;
}

/** Returns every target whose part was measured. A ratio divides the package's figure by the other's within each round. */
export function targets(results: Results): readonly Target[] {
  const to = (part: string, name: string, other: string, measure: Measure = "cpu") => results.ratio(part, name, "mcast", other, measure);
  const of = (part: string, name: string, measure: Measure, contender = "mcast") => results.median(part, name, contender, measure);
  const flood = "64 bytes, flood";
  const bursts = "64 bytes, bursts";
  const back = "there and back, 1000/s";
  const all: readonly Target[] = [
    { what: "recv: CPU, x raw", limit: 1.05, found: to("recv", flood, "raw") },
    { what: "recv: CPU, x core", limit: 0.85, found: to("recv", flood, "core") },
    { what: "recv: JavaScript's share, x core", limit: 0.7, found: to("js", "recv", "core") },
    { what: "say: CPU, x raw", limit: 1.05, found: to("say", bursts, "raw") },
    { what: "say: CPU, x core", limit: 0.85, found: to("say", bursts, "core") },
    { what: "hear: echoes a second, x core", limit: 1.5, atLeast: true, found: to("hear", flood, "core", "rate") },
    { what: "hear: CPU, x core", limit: 0.7, found: to("hear", flood, "core") },
    { what: "hear: p50 there and back, x core", limit: 0.7, found: to("latency", back, "core", "p50") },
    {
      what: `hear: echoes a second, x the Python HEAR (${PYTHON_HEAR}/s)`,
      limit: 25,
      atLeast: true,
      found: of("hear", flood, "rate") / PYTHON_HEAR,
    },
    { what: "hear: % lost at 20000/s", limit: 0, found: of("hear", "64 bytes, 20000/s", "loss") },
    { what: "stall of 200 ms at 10000/s: % lost", limit: 0, found: of("stall", "200 ms, 10000/s", "loss") },
    {
      what: "stall of 200 ms at 10000/s, untuned system: loss, x core",
      limit: 0.5,
      found: of("stall", "200 ms, 10000/s", "loss", "mcast untuned") / of("stall", "200 ms, 10000/s", "loss", "core"),
    },
    {
      what: "stall of 200 ms at 2000/s, untuned system: loss, x core",
      limit: 0.5,
      found: of("stall", "200 ms, 2000/s", "loss", "mcast untuned") / of("stall", "200 ms, 2000/s", "loss", "core"),
    },
    ...["flood", "1000/s", "10000/s"].map((rate) => ({
      what: `500 groups: CPU a datagram, ${rate}, x one group`,
      limit: 1.1,
      found: of("growth", `groups: 500, ${rate}`, "cpu") / of("growth", `groups: 1, ${rate}`, "cpu"),
    })),
    ...["", ", JavaScript alone"].map((share) => ({
      what: `100 relays on one group: CPU an echo${share}, x one relay`,
      limit: 1.5,
      found: of("relays", `100 on one group${share}`, "cpu") / of("relays", `1 on one group${share}`, "cpu"),
    })),
    { what: "100 nodes on one group: CPU, x core", limit: 1.1, found: to("growth", "nodes on one group: 100", "core") },
    { what: "500 groups joined, ms", limit: 200, found: of("growth", "groups: 500, ms to join", "value") },
    { what: "500 groups: KiB of memory each", limit: 20, found: of("growth", "groups: 500, resident, KiB each", "value") },
    { what: "heartbeat with 500 groups, % of a core", limit: 1, found: of("growth", "groups: 500, heartbeat, % of a core", "value") },
    {
      what: "500 groups: activity for the sidebar, ms",
      limit: 5,
      found: of("growth", "groups: 500, activity for the sidebar, ms", "value"),
    },
    {
      what: "500 groups: activity for the sidebar, KiB",
      limit: 40,
      found: of("growth", "groups: 500, activity for the sidebar, KiB", "value"),
    },
    {
      what: "sealed: CPU of recv, x plain",
      limit: 2.5,
      found: results.ratio("sealed", "recv, 64 bytes, 10000/s", "sealed", "plain", "cpu"),
    },
    { what: "sealed: µs for a forged datagram", limit: 25, found: of("sealed", "forged, 96 bytes, 20000/s", "cpu", "sealed") / 1000 },
    { what: "one way: p50, x core", limit: 1.05, found: to("latency", "one way, 1000/s", "core", "p50") },
    { what: "one way: p99, x core", limit: 1, found: to("latency", "one way, 1000/s", "core", "p99") },
  ];
  return all.filter(({ found }) => !Number.isNaN(found));
}
