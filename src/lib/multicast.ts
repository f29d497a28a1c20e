import { type LocalInterface, type Look, listInterfaces } from "./host/interfaces";
import type { System } from "./host/system";
import type { JoinOptions } from "./options/options";
import { type GroupListener, Membership } from "./receive/membership";
import { RelayGuard } from "./relay/loop-guard";
import type { SendSockets } from "./send/send-path";
import { Sender, type SenderListener } from "./send/sender";
import type { GroupSocketKey } from "./sockets/group-bind";
import { GroupSocket, type Listener } from "./sockets/group-socket";
import { type Follower, Heartbeat } from "./sockets/heartbeat";
import { Upkeep } from "./sockets/membership-refresh";
import { SendSocket, type SendSocketKey } from "./sockets/send-socket";
import { SharedSockets } from "./sockets/socket-pool";

/**
 * All multicast of a process over one set of sockets: who joins the same group on the same interface and port shares the
 * socket, who sends the same way as well. Nothing here throws for what the network does; it waits, tries again, and tells.
 */
export class Multicast implements Follower {
  /** Knows where the relays of this process lead. */
  readonly guard = new RelayGuard();
  readonly #system: System;
  readonly #heartbeat: Heartbeat;
  readonly #groupSockets: SharedSockets<GroupSocketKey, Listener, GroupSocket>;
  readonly #upkeep: Upkeep;
  readonly #sendSockets: SendSockets;
  #senders = 0;

  constructor(system: System) {
    this.#system = system;
    this.#heartbeat = new Heartbeat(system, this);
    this.#groupSockets = new SharedSockets((key) => new GroupSocket(key, system.platform));
    this.#upkeep = new Upkeep(this.#groupSockets);
    this.#sendSockets = new SharedSockets((key) => new SendSocket(key, system, () => this.#heartbeat.lookNow()));
  }

  /** Joins a group, at once or as soon as its interfaces are there, and keeps it joined until it is left. */
  join(options: JoinOptions, listener: GroupListener): Membership {
    const { group, port, sources } = options;
    const keyOn = (name: string): GroupSocketKey => ({ group, port, interface: name, sources });
    return new Membership(options, listener, this.#heartbeat, (membership) => ({
      take: (name, look) => this.#groupSockets.take(keyOn(name), membership, look),
      giveBack: (name) => this.#groupSockets.giveBack(keyOn(name), membership),
    }));
  }

  /** A sender for one user, which shares its sockets with the others, save that those with any port may be its own. */
  sender(listener: SenderListener = {}, sharing: "shared" | "own" = "shared"): Sender {
    this.#senders += 1;
    return new Sender(listener, sharing === "own" ? `${this.#senders}` : "", this.#sendSockets, this.#heartbeat);
  }

  /**
   * Hears what is sent to this host itself, on a port and on the interfaces that are chosen for a group: those through which the
   * members of the group would send it. Takes it from programs that listen on every address of the port.
   */
  listen(options: JoinOptions, listener: GroupListener): Membership {
    const keyOn = (name: string): SendSocketKey => ({ family: options.group.family, interface: name, port: options.port, apart: "" });
    return new Membership(options, listener, this.#heartbeat, (membership) => ({
      take: (name, look) => this.#sendSockets.take(keyOn(name), membership, look),
      giveBack: (name) => this.#sendSockets.giveBack(keyOn(name), membership),
    }));
  }

  /** Milliseconds on a clock that never jumps. */
  now(): number {
    return this.#system.now();
  }

  /** Calls back once after so many milliseconds, without keeping the process alive; gives what calls it off. */
  after(milliseconds: number, callback: () => void): () => void {
    return this.#system.after(milliseconds, callback);
  }

  interfaces(): readonly LocalInterface[] {
    return listInterfaces(this.#system);
  }

  /** How many sockets are open or waiting to be: none where nobody listens or sends. */
  get sockets(): { readonly receiving: number; readonly sending: number } {
    return { receiving: this.#groupSockets.size, sending: this.#sendSockets.size };
  }

  beat(look: Look, interfacesChanged: boolean): void {
    this.#upkeep.beat(look, interfacesChanged);
    for (const socket of this.#sendSockets) socket.check(look, interfacesChanged);
  }
}
