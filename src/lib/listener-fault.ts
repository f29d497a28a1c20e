/**
 * Reports an error that a listener has thrown, as a warning of the process (`process.on("warning")`). The error would otherwise
 * end the process, or keep other listeners from being called.
 */
export function reportListenerFault(error: unknown): void {
  process.emitWarning(describe(error), { type: "McastListenerError", code: "MCAST_LISTENER" });
}

// A foreign object may throw when it is read.
function describe(error: unknown): string {
  try {
    return `A multicast listener threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  } catch {
    return "A multicast listener threw an error that cannot be printed";
  }
}
