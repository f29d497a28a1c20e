import { GroupSubscription } from "../lib/group-subscription";
import { recvOptions } from "../lib/options/options";
import { multicast } from "../lib/process";
import type { RelayListener } from "../lib/relay/relay";
import { type GroupFlags, groupsOf } from "./flags";
import { type ListenFlags, listen } from "./listening";
import type { Exit, Run } from "./run";

export interface RecvFlags extends GroupFlags, ListenFlags {
  readonly port?: string;
  readonly iface?: string;
  readonly allow?: readonly string[];
}

/** Prints the payload of one datagram, or with `daemon` of each. */
export function recv(flags: RecvFlags, run: Run): Promise<Exit> {
  const { port, iface, allow } = flags;
  const { joins } = recvOptions({ groups: groupsOf(flags), port, iface, allow });
  return listen({ ...flags, useStd: true }, run, (listener: RelayListener) => {
    const groups = new GroupSubscription(multicast, {
      onDatagram: (payload, sender, arrival) => listener.onDatagram(payload, sender, arrival, false),
      onState: (state) => listener.onState?.(state),
    });
    groups.join(joins);
    return groups;
  });
}
