/**
 * 32 bits that stand for some bytes, after a seed that keeps apart what is not to be compared. Fast rather than strong: four bytes
 * a step, and different bytes may share a digest once in 4 billion times.
 */
export function digest(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = bytes.byteLength & ~3;
  let hash = seed ^ bytes.byteLength;
  for (let at = 0; at < words; at += 4) hash = mix(hash, view.getInt32(at, true));
  for (let at = words; at < bytes.byteLength; at += 1) hash = mix(hash, view.getUint8(at));
  return hash;
}

// Multiplying carries a change of one bit upwards, rotating brings it down again, and multiplying once more spreads it.
function mix(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return Math.imul((product << 15) | (product >>> 17), 0x85ebca6b);
}
