import { isPromise } from "node:util/types";
import { isError } from "./errors";

const WINDOW_MS = 10_000;
const MOST_IN_WINDOW = 100;

/**
 * Reports an error that a listener has thrown, as a warning of the process (`process.on("warning")`). The error would otherwise end
 * the process, or keep other listeners from being called. A listener may throw for each datagram: at most 100 errors are reported
 * in 10 s. The next report contains the number of errors that were not reported.
 */
export const reportListenerFault = limitFaults((text) => process.emitWarning(text, { type: "McastListenerError", code: "MCAST_LISTENER" }));

/**
 * Reports the rejection of an asynchronous method of a listener, which would otherwise end the process. Takes the result of the
 * method.
 */
export function reportRejection(result: unknown): void {
  if (isPromise(result)) result.catch(reportListenerFault);
}

/** Calls a method of a listener. If it throws, or its promise rejects, reports the error and goes on. */
export function callListener(call: () => unknown): void {
  try {
    reportRejection(call());
  } catch (error) {
    reportListenerFault(error);
  }
}

/** Returns a function that passes on the text of an error, at most 100 times in a window of 10 s. */
export function limitFaults(report: (text: string) => void, windowMs = WINDOW_MS): (error: unknown) => void {
  let since = Number.NEGATIVE_INFINITY;
  let count = 0;
  return (error) => {
    const now = performance.now();
    const isOver = now - since >= windowMs;
    const hidden = isOver ? Math.max(0, count - MOST_IN_WINDOW) : 0;
    if (isOver) {
      since = now;
      count = 0;
    }
    count += 1;
    if (count <= MOST_IN_WINDOW) report(describe(error) + (hidden > 0 ? ` (${hidden} before it were not reported)` : ""));
  };
}

// A foreign object may throw when it is read.
function describe(error: unknown): string {
  try {
    return `A multicast listener threw: ${isError(error) ? (error.stack ?? error.message) : String(error)}`;
  } catch {
    return "A multicast listener threw an error that cannot be printed";
  }
}
