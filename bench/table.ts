/** Returns rows of text under headings as a Markdown table, with the first column left-aligned and the others right-aligned. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) => Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length), 3));
  const line = (cells: readonly string[]): string => {
    const padded = widths.map((width, column) =>
      column === 0 ? (cells[column] ?? "").padEnd(width) : (cells[column] ?? "").padStart(width),
    );
    return `| ${padded.join(" | ")} |`;
  };
  const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [line(headings), line(rule), ...rows.map(line)].join("\n");
}

/** Returns a number as a table shows it: `12 300`, `41.2`, `0.87`; an empty text for a missing figure. */
export function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "";
  if (value === 0) return "0";
  if (Math.abs(value) < 10) return value.toFixed(2);
  if (Math.abs(value) < 100) return value.toFixed(1);
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, " ");
}
