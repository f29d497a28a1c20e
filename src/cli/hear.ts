import { hearOptions } from "../lib/options/options";
import { loopGuard, multicast } from "../lib/process";
import { Relay } from "../lib/relay/relay";
import { type GroupFlags, withoutPort } from "./flags";
import { type ListenFlags, listen } from "./listening";
import type { Exit, Run } from "./run";

export interface HearFlags extends GroupFlags, ListenFlags {
  readonly port?: string;
  readonly iface?: string;
  readonly allow?: readonly string[];
  readonly echoIface?: string;
  readonly echo?: string;
  readonly acknowledge?: boolean;
  readonly maxRate?: string;
  readonly ttl?: string;
  readonly loopback?: boolean;
}

/** Echoes one datagram, or with `daemon` each, to the bind group. */
export function hear(flags: HearFlags, run: Run): Promise<Exit> {
  for (const group of [flags.group ?? [], flags.groups ?? []].flat()) withoutPort(group);
  const options = hearOptions({ ...flags });
  return listen(flags, run, (listener) => new Relay({ multicast, loopGuard }, options, listener));
}
