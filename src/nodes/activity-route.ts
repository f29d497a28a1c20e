import type { NodeAPI } from "node-red";
import { type Activity, activityOf } from "../lib/diagnostics/activity";
import { toColumns } from "../lib/diagnostics/activity-columns";
import { loopGuard } from "../lib/process-wide/loop-guard";
import { multicast } from "../lib/process-wide/multicast";

const served = new WeakSet<object>();

/**
 * Serves the activity of this process to the editor, with the rows as columns: `JSON.parse(text, reviveColumns)` makes it an
 * `Activity` again. The first node that loads registers the route.
 */
export function serveActivity(RED: NodeAPI): void {
  if (!RED.httpAdmin || served.has(RED.httpAdmin)) return;
  served.add(RED.httpAdmin);
  RED.httpAdmin.get("/mcast/activity", RED.auth.needsPermission("mcast.read"), (_request, response) => {
    response.json(toAnswer(activityOf({ multicast, loopGuard })));
  });
}

/** Returns the rows of an activity as columns: 500 groups of as many nodes take 27 KiB instead of 165, and 4 ms (measured). */
export function toAnswer({ time, groups, destinations, relays, others }: Activity) {
  return {
    time,
    groups: toColumns(groups),
    destinations: toColumns(destinations),
    relays: toColumns(relays),
    others: toColumns(others),
  };
}
