import { editDistance } from "../lib/edit-distance";

/**
 * Returns the candidates that differ least from a word, by at most two letters. If there are none, returns those that begin with the
 * word or are its beginning.
 */
export function nearest(word: string, candidates: readonly string[]): readonly string[] {
  const plain = word.toLowerCase().slice(0, 40);
  const measured = candidates.map((candidate) => ({ candidate, distance: editDistance(plain, candidate) }));
  const least = Math.min(...measured.map(({ distance }) => distance));
  const limit = Math.min(2, Math.floor(plain.replace(/^-+/, "").length / 2));
  if (least <= limit) return measured.filter(({ distance }) => distance === least).map(({ candidate }) => candidate);
  return plain.replace(/^-+/, "").length < 3
    ? []
    : candidates.filter((candidate) => candidate.startsWith(plain) || plain.startsWith(candidate));
}
