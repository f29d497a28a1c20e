import should from "should";
import { reviveColumns, toColumns } from "../../../src/lib/diagnostics/activity-columns";

const there = (rows: readonly object[]) => JSON.parse(JSON.stringify({ groups: toColumns(rows) }), reviveColumns).groups;

describe("rows as columns", () => {
  const TIME = 1_764_105_585_000;
  const rows = [
    { group: "239.255.1.1", port: 5000, lastAt: TIME + 7, lost: 0, state: "joined", labels: ["a"], problem: { code: "X" }, loop: false },
    { group: "239.255.1.2", port: 5000, lost: 3, state: "joined", labels: [] },
    { group: "239.255.1.3", port: 5000, lastAt: TIME, lost: 0, state: "joined", labels: ["a"], loop: true },
    { group: "239.255.1.4", port: 5000, lastAt: TIME, lost: 0, state: "joined", labels: ["a"] },
  ];

  it("are the same rows when they are read again", () => {
    should(there(rows)).deepEqual(rows);
    should(there([])).deepEqual([]);
    should(there(rows.slice(0, 1))).deepEqual(rows.slice(0, 1));
    should(there([{}, { a: 0 }])).deepEqual([{}, { a: 0 }]);
  });

  it("have one value if all rows have the same, numbers of repeated texts, and differences of large numbers", () => {
    const { columns } = toColumns(rows);
    should(columns).containEql({ port: { all: 5000 }, state: { all: "joined" } });
    should(columns.labels).deepEqual({ words: [["a"], []], at: [0, 1, 0, 0] });
    should(columns.lastAt).deepEqual({ least: TIME, plus: [7, null, 0, 0] });
    should(columns.group).deepEqual(rows.map(({ group }) => group));
  });

  it("leave other values as they are", () => {
    const value = { time: 1, others: [{ columns: 3 }, { rows: "few", columns: {} }], none: null };
    should(JSON.parse(JSON.stringify(value), reviveColumns)).deepEqual(value);
  });
});
