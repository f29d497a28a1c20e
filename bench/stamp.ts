const NUMBER_AT = 0;
const TIME_AT = 8;

/** The fewest bytes of a datagram that is stamped. */
export const STAMP_BYTES = 16;

/** Numbers a datagram, and writes down when it was sent. All processes of a machine read the same clock. */
export function stamp(bytes: Buffer, number: number): void {
  bytes.writeUInt32BE(number, NUMBER_AT);
  bytes.writeDoubleBE(microseconds(), TIME_AT);
}

/** Microseconds since a stamped datagram was sent. */
export function ageOf(bytes: Buffer): number {
  return microseconds() - bytes.readDoubleBE(TIME_AT);
}

/** Microseconds on the machine's own clock. */
export function microseconds(): number {
  return Number(process.hrtime.bigint()) / 1000;
}
