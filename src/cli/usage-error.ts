/** An invalid command line. The message states the given words and the remedy. */
export class UsageError extends Error {}
