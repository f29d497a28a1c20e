/** A command line that cannot be run as it is. The message says what was given and what to do. */
export class UsageError extends Error {}
