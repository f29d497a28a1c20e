import { hearsOldQuerier, type Look } from "../host/interfaces";
import type { System } from "../host/system";
import type { GroupSocket } from "./group-socket";

// So many sockets of an interface are asked at each beat: to ask costs some ten microseconds.
const ASKED_AT_ONCE = 32;

/** Keeps memberships that others could take away: finds what was lost, puts it right, and has reports go out anew. */
export class Upkeep {
  readonly #sockets: Iterable<GroupSocket>;
  #beats = 0;

  constructor(sockets: Iterable<GroupSocket>) {
    this.#sockets = sockets;
  }

  beat(look: Look, interfacesChanged: boolean): void {
    this.#ask(look);
    for (const socket of this.#sockets) socket.check(look, interfacesChanged);
    this.#refresh(look.system);
  }

  // An interface that is made anew loses every membership, without a word (measured, Linux). One that was lost tells of the others:
  // where there are many, they take turns.
  #ask(look: Look): void {
    this.#beats += 1;
    for (const sockets of byName(this.#sockets, ({ key }) => key.interface).values()) {
      const turns = Math.ceil(sockets.length / ASKED_AT_ONCE);
      const asked = sockets.filter((_, index) => index % turns === this.#beats % turns);
      if (asked.every((socket) => socket.ask(look))) continue;
      for (const socket of sockets) socket.ask(look);
    }
  }

  // A snooping switch that hears no querier forgets who wants a group. A fresh report goes out when a host leaves a group and
  // joins it again, and the host does so when all of its sockets have: every port's, in one go, so that nothing is missed.
  #refresh(system: System): void {
    const now = system.now();
    const due = [...this.#sockets].filter((socket) => socket.isDue(now));
    if (due.length === 0) return;
    const interfaces = [...new Set(due.map(({ key }) => key.interface))];
    const old = new Set(interfaces.filter((name) => hearsOldQuerier(name, system)));
    const pairs = byName(this.#sockets, pairOf);
    // One pair after the other: each is deaf between its own last drop and first add, for some microseconds.
    for (const pair of new Set(due.map(pairOf))) {
      const sockets = pairs.get(pair) ?? [];
      const refreshed = sockets.filter(({ key }) => key.group.family === "IPv6" || !old.has(key.interface));
      for (const socket of refreshed) socket.drop();
      for (const socket of refreshed) socket.add();
      for (const socket of sockets) socket.refreshed(now);
    }
  }
}

function pairOf({ key }: GroupSocket): string {
  return `${key.group.address} ${key.interface}`;
}

function byName<S>(sockets: Iterable<S>, nameOf: (socket: S) => string): ReadonlyMap<string, readonly S[]> {
  const named = new Map<string, S[]>();
  for (const socket of sockets) {
    const name = nameOf(socket);
    const alike = named.get(name);
    if (alike) alike.push(socket);
    else named.set(name, [socket]);
  }
  return named;
}
