import type { Results } from "./results";
import { figure, table } from "./table";
import { isMet, type Target } from "./targets";

/** Returns the results of a part as a table, by case and contender. */
export function reportOf(part: string, results: Results): string {
  const rows = results.all
    .filter((result) => result.part === part)
    .map(({ case: name, contender }) => {
      const of = (measure: "cpu" | "rate" | "loss" | "p50" | "p99" | "value") => figure(results.median(part, name, contender, measure));
      const to = (other: string) => (contender === "mcast" ? figure(results.ratio(part, name, contender, other, "cpu")) : "");
      const spread = results.spread(part, name, contender, "cpu");
      const width = Number.isNaN(spread) || spread === 0 ? "" : `${Math.round(spread * 100)} %`;
      return [`${name}: ${contender}`, of("cpu"), width, to("raw"), to("core"), of("rate"), of("loss"), of("p50"), of("p99"), of("value")];
    });
  return filled(["", "CPU, ns", "spread", "x raw", "x core", "a second", "lost, %", "p50, µs", "p99, µs", "value"], rows);
}

export function reportOfTargets(targets: readonly Target[]): string {
  const rows = targets.map((target) => {
    const { what, limit, atLeast, found } = target;
    return [what, `${atLeast ? ">=" : "<="} ${figure(limit)}`, figure(found), isMet(target) ? "met" : "missed"];
  });
  return table(["", "target", "found", ""], rows);
}

// Omits the columns that this part does not measure.
function filled(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const kept = headings.map((_, column) => column === 0 || rows.some((row) => row[column] !== ""));
  const pick = (cells: readonly string[]) => cells.filter((_, column) => kept[column]);
  return table(pick(headings), rows.map(pick));
}
