/** The candidates that differ least from a word, by at most two letters or as its beginning; none where all are far. */
export function nearest(word: string, candidates: readonly string[]): readonly string[] {
  const plain = word.toLowerCase().slice(0, 40);
  const measured = candidates.map((candidate) => ({ candidate, distance: distanceBetween(plain, candidate) }));
  const least = Math.min(...measured.map(({ distance }) => distance));
  const limit = Math.min(2, Math.floor(plain.replace(/^-+/, "").length / 2));
  if (least <= limit) return measured.filter(({ distance }) => distance === least).map(({ candidate }) => candidate);
  return plain.replace(/^-+/, "").length < 3
    ? []
    : candidates.filter((candidate) => candidate.startsWith(plain) || plain.startsWith(candidate));
}

// The number of letters to insert, delete, replace or swap with the next one (optimal string alignment).
function distanceBetween(one: string, other: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: other.length + 1 }, (_none, at) => at);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const cost = one[row - 1] === other[column - 1] ? 0 : 1;
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + cost,
          isSwap ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}
