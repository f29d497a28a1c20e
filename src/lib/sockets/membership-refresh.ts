import { hearsOldQuerier } from "../host/igmp-table";
import type { NetworkSnapshot } from "../host/interfaces";
import { carrierChanges } from "../host/link";
import type { System } from "../host/system";
import type { GroupSocket } from "./group-socket";

// The number of sockets that are probed at each beat, but at least one of each interface. A probe takes about 20 µs (measured on
// Linux 6.18).
const PROBES_A_BEAT = 64;
// Beats after a carrier flap at which the host sends its reports again: a switch port may take some seconds until it forwards, and
// 30 s with spanning tree.
const REPORTS_AFTER_FLAP = new Set([0, 1, 2, 5, 16]);
const LAST_REPORT_AFTER_FLAP = 16;

/** Finds lost memberships, restores them, and refreshes the membership reports. */
export class MembershipRefresh {
  readonly #sockets: Iterable<GroupSocket>;
  readonly #carriers = new Map<string, { changes: number | undefined; beatsSince: number }>();
  #beats = 0;

  constructor(sockets: Iterable<GroupSocket>) {
    this.#sockets = sockets;
  }

  beat(snapshot: NetworkSnapshot, interfacesChanged: boolean): void {
    this.#probe(snapshot);
    for (const socket of this.#sockets) socket.check(snapshot, interfacesChanged);
    this.#refresh(snapshot.system, this.#flapped(snapshot.system));
  }

  // Returns the interfaces with a recent carrier flap. Only the kernel's counter shows a flap that is shorter than a beat. After a
  // flap a snooping switch has forgotten the port.
  #flapped(system: System): ReadonlySet<string> {
    const flapped = new Set<string>();
    const names = new Set([...this.#sockets].map(({ key }) => key.interface));
    for (const name of this.#carriers.keys()) if (!names.has(name)) this.#carriers.delete(name);
    for (const name of names) {
      const changes = carrierChanges(system, name);
      const before = this.#carriers.get(name);
      const hasFlapped = before !== undefined && before.changes !== changes;
      const beatsSince = hasFlapped ? 0 : (before?.beatsSince ?? LAST_REPORT_AFTER_FLAP) + 1;
      this.#carriers.set(name, { changes, beatsSince });
      if (REPORTS_AFTER_FLAP.has(beatsSince)) flapped.add(name);
    }
    return flapped;
  }

  // Probes some memberships of each interface. A re-created interface loses all memberships without an error (measured on Linux
  // 6.18). The sockets of an interface take turns; a lost membership causes a probe of all of them.
  #probe(snapshot: NetworkSnapshot): void {
    this.#beats += 1;
    const byInterface = groupBy(this.#sockets, ({ key }) => key.interface);
    const share = Math.max(1, Math.floor(PROBES_A_BEAT / byInterface.size));
    for (const sockets of byInterface.values()) {
      const turns = Math.ceil(sockets.length / share);
      const probed = sockets.filter((_, index) => index % turns === this.#beats % turns);
      if (probed.every((socket) => socket.probe(snapshot))) continue;
      for (const socket of sockets) socket.probe(snapshot);
    }
  }

  // Refreshes the due memberships. Without a querier, a snooping switch forgets the members of a group. The kernel sends a new
  // report when the host leaves a group and joins it again, so all sockets of the process on every port must do so in one tick.
  #refresh(system: System, flapped: ReadonlySet<string>): void {
    const now = system.now();
    const due = [...this.#sockets].filter((socket) =>
      socket.isRefreshDue(flapped.has(socket.key.interface) ? Number.POSITIVE_INFINITY : now),
    );
    if (due.length === 0) return;
    const interfaces = [...new Set(due.map(({ key }) => key.interface))];
    const old = new Set(interfaces.filter((name) => hearsOldQuerier(name, system)));
    const byPair = groupBy(this.#sockets, pairOf);
    // One pair after the other: a pair receives nothing between its last drop and its first add, for some microseconds.
    for (const pair of new Set(due.map(pairOf))) {
      const sockets = byPair.get(pair) ?? [];
      const refreshed = sockets.filter(({ key }) => key.group.family === "IPv6" || !old.has(key.interface));
      for (const socket of refreshed) socket.dropMembership();
      for (const socket of refreshed) socket.addMembership();
      for (const socket of sockets) socket.markRefreshed(now);
    }
  }
}

function pairOf({ key }: GroupSocket): string {
  return `${key.group.address} ${key.interface}`;
}

function groupBy<S>(sockets: Iterable<S>, nameOf: (socket: S) => string): ReadonlyMap<string, readonly S[]> {
  const groups = new Map<string, S[]>();
  for (const socket of sockets) {
    const name = nameOf(socket);
    const group = groups.get(name);
    if (group) group.push(socket);
    else groups.set(name, [socket]);
  }
  return groups;
}
