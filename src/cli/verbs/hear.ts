import { hearOptions } from "../../lib/options/options";
import { loopGuard } from "../../lib/process-wide/loop-guard";
import { multicast } from "../../lib/process-wide/multicast";
import { Relay } from "../../lib/relay/relay";
import { type GivenFlags, lastValue } from "../flags";
import { sealingOf } from "../key-flags";
import { DEFAULT_GROUP, groupAlone, ifaceOf } from "../network-flags";
import { receiveDatagrams } from "../receive-datagrams";
import { UsageError } from "../usage-error";
import type { Action } from "../verb";

/** Echoes one datagram, or with --daemon every datagram, to the group of --group. */
export const hear: Action = async ({ flags }, run) => {
  const { group, groups } = relayGroups(flags);
  const iface = ifaceOf(flags);
  const sealing = sealingOf(flags);
  const options = hearOptions({
    key: sealing?.key,
    group,
    groups,
    iface,
    port: lastValue(flags, "port"),
    echoIface: lastValue(flags, "echoIface"),
    echo: lastValue(flags, "echo"),
    maxRate: lastValue(flags, "maxRate"),
    acknowledge: flags.has("acknowledge"),
    ttl: lastValue(flags, "ttl"),
    loopback: flags.has("noLoopback") ? false : undefined,
    allow: flags.get("allow"),
  });
  const prints = flags.has("useStd") || flags.has("json");
  return receiveDatagrams(
    { flags, prints, groups, open: (listener) => new Relay({ multicast, loopGuard }, { ...options, sealing }, listener) },
    run,
  );
};

// Returns the groups of the relay. Without --groups, it receives and echoes to the same group, as the Python tool does.
function relayGroups(flags: GivenFlags): { readonly group: string; readonly groups: readonly string[] } {
  const [group = DEFAULT_GROUP, ...more] = new Set((flags.get("group") ?? []).map(groupAlone));
  if (more.length > 0) throw new UsageError("hear echoes to one group: name the groups to hear with --groups");
  return { group, groups: flags.get("groups")?.map(groupAlone) ?? [group] };
}
