/** Returns the middle value, or the mean of the two middle values; NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = inOrder(values);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
}

/** Returns the least value that a percentage of all values does not exceed; NaN for no values. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = inOrder(values);
  return sorted[Math.max(Math.ceil((sorted.length * percent) / 100) - 1, 0)] ?? Number.NaN;
}

/** Returns the range of the values as a share of their median: 0.1 if they span a tenth of it. */
export function spread(values: readonly number[]): number {
  return values.length < 2 ? 0 : (Math.max(...values) - Math.min(...values)) / median(values);
}

function inOrder(values: readonly number[]): readonly number[] {
  return [...values].sort((one, other) => one - other);
}
