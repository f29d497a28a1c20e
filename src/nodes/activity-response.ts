import { type Activity, activityOf } from "../lib/diagnostics/activity";
import { toColumns } from "../lib/diagnostics/activity-columns";
import { loopGuard } from "../lib/process-wide/loop-guard";
import { multicast } from "../lib/process-wide/multicast";

/**
 * Responds to `GET mcast/activity` with the activity of this process, with the rows as columns: `JSON.parse(text, reviveColumns)`
 * makes it an `Activity` again.
 */
export function activityResponse(): { readonly status: number; readonly body: object } {
  return { status: 200, body: inColumns(activityOf({ multicast, loopGuard })) };
}

/** Returns the rows of an activity as columns: 500 groups of as many nodes take 27 KiB instead of 165, and 4 ms (measured). */
export function inColumns({ time, groups, destinations, relays, others }: Activity) {
  return {
    time,
    groups: toColumns(groups),
    destinations: toColumns(destinations),
    relays: toColumns(relays),
    others: toColumns(others),
  };
}
