import { GroupSet, multicast, type RelayListener, recvOptions } from "../lib";
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
    const groups = new GroupSet(
      multicast,
      {
        onDatagram: (payload, sender, arrival) => listener.onDatagram(payload, sender, arrival, false),
        onState: () => listener.onState?.(groups.state),
      },
      false,
    );
    groups.join(joins);
    return groups;
  });
}
