const NUMBER_AT = 0;
const TIME_AT = 8;

/** The smallest size of a stamped datagram, in bytes. */
export const STAMP_BYTES = 16;

/** Writes a number and the time of sending into a datagram. All processes of a machine read the same clock. */
export function stamp(bytes: Buffer, number: number): void {
  bytes.writeUInt32BE(number, NUMBER_AT);
  bytes.writeDoubleBE(microseconds(), TIME_AT);
}

/** Returns the microseconds since a stamped datagram was sent. */
export function ageOf(bytes: Buffer): number {
  return microseconds() - bytes.readDoubleBE(TIME_AT);
}

/** Returns the machine's own clock in microseconds. */
export function microseconds(): number {
  return Number(process.hrtime.bigint()) / 1000;
}
