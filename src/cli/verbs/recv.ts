import { GroupSubscription } from "../../lib/group-subscription";
import { recvOptions } from "../../lib/options/options";
import { multicast } from "../../lib/process-wide/multicast";
import { lastValue } from "../flags";
import { sealingOf } from "../key-flags";
import { DEFAULT_GROUP, groupsOf, ifaceOf } from "../network-flags";
import { type Listener, receiveDatagrams } from "../receive-datagrams";
import type { Action } from "../verb";

/** Prints the payload of one datagram, or with --daemon of every datagram. */
export const recv: Action = async ({ flags }, run) => {
  const named = groupsOf(flags);
  const groups = named.length > 0 ? named : [DEFAULT_GROUP];
  const sealing = sealingOf(flags);
  const { joins } = recvOptions({ groups, port: lastValue(flags, "port"), iface: ifaceOf(flags), allow: flags.get("allow") });
  const open = (listener: Listener) => {
    const subscription = new GroupSubscription(multicast, listener, { sealing });
    subscription.join(joins);
    return subscription;
  };
  return receiveDatagrams({ flags, prints: true, groups, open, totalOf }, run);
};

// Formats the totals.
function totalOf({ counts: { received, filtered, refused, lost } }: GroupSubscription): string {
  const parts = [`${received} received`, ...(lost === undefined ? [] : [`${lost} lost`]), `${filtered} filtered`];
  return (refused > 0 ? [...parts, `${refused} refused`] : parts).join(", ");
}
