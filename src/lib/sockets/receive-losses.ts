import { McastError } from "../errors";
import { RECEIVE_BUFFER, type Socket, type System } from "../host/system";
import { allReceiveErrors, dropsByInode, socketInode } from "../host/udp-table";

const STANDS_MS = 60_000;

/** A socket whose losses the kernel counts. */
export interface LossySocket {
  readonly losses: ReceiveLosses;
  /** The local port; 0 while the socket is not open. */
  readonly localPort: number;
  /** Called when the warning of the losses begins, counts more, or ends. */
  onChange(): void;
}

/**
 * The datagrams that a socket has lost, by the kernel's own counter for that socket (Linux). The kernel drops a datagram if the
 * receive buffer is full. A loss causes a warning, which lasts for 60 s after the last loss.
 */
export class ReceiveLosses {
  /** The socket, until it is identified. That takes 35 µs, and most sockets never need it. */
  #unidentified: { readonly socket: Socket; readonly system: System } | undefined;
  #inode: number | undefined;
  #bufferSize = 0;
  #drops = 0;
  #lost = 0;
  #warnedOf = 0;
  #lostAt = 0;

  /** Identifies the socket in the kernel's table; undefined if the system does not provide it. */
  get inode(): number | undefined {
    if (this.#unidentified) this.#identify(this.#unidentified);
    return this.#inode;
  }

  /** The number of lost datagrams, those of earlier sockets included; undefined if the system does not count them. */
  get lost(): number | undefined {
    return this.inode === undefined ? undefined : this.#lost;
  }

  /** The warning of the losses; undefined without one. */
  get warning(): McastError | undefined {
    if (this.#warnedOf === 0) return undefined;
    // The system grants the size that was asked for, or as much of it as net.core.rmem_max allows.
    if (this.#bufferSize < RECEIVE_BUFFER) return new McastError("receive-lost", { count: this.#warnedOf, limit: this.#bufferSize });
    return new McastError("receive-lost-busy", { count: this.#warnedOf, mebibytes: Math.round(this.#bufferSize / 2 ** 20) });
  }

  /** Begins to count for a new socket, whose own counter starts at zero. */
  follow(socket: Socket, system: System): void {
    this.#unidentified = { socket, system };
    this.#drops = 0;
  }

  /** Updates the losses from the kernel's counter; undefined if it has not changed. Returns true if the warning has changed. */
  note(drops: number | undefined, now: number): boolean {
    const more = drops === undefined ? 0 : drops - this.#drops;
    this.#drops += more;
    if (more > 0) {
      this.#lost += more;
      this.#warnedOf += more;
      this.#lostAt = now;
      return true;
    }
    if (this.#warnedOf === 0 || now - this.#lostAt < STANDS_MS) return false;
    this.#warnedOf = 0;
    return true;
  }

  #identify({ socket, system }: { readonly socket: Socket; readonly system: System }): void {
    const descriptor = system.descriptorOf(socket);
    this.#unidentified = undefined;
    this.#inode = descriptor === undefined ? undefined : socketInode(system, descriptor);
    if (this.#inode !== undefined) this.#bufferSize = socket.getRecvBufferSize() / 2; // Linux returns twice the size that it grants
  }
}

/** Reads the kernel's counters of the sockets of a process. */
export class LossReader {
  #errors: number | undefined;

  /** Updates the losses of the sockets, and notifies the sockets whose warning has changed. */
  read(sockets: readonly LossySocket[], system: System): void {
    const now = system.now();
    const drops = this.#changedDrops(sockets, system);
    for (const socket of sockets) {
      if (socket.losses.note(drops && dropsOf(socket, drops), now)) socket.onChange();
    }
  }

  // Returns the drops by inode; undefined if none has changed since the last call, if there are none, or if they cannot be read.
  #changedDrops(sockets: readonly LossySocket[], system: System): ReadonlyMap<number, number> | undefined {
    const before = this.#errors;
    this.#errors = allReceiveErrors(system);
    if (sockets.length === 0 || (before !== undefined && this.#errors === before)) return undefined;
    const drops = dropsByInode(system, new Set(sockets.map(({ localPort }) => localPort)));
    if (!drops) this.#errors = undefined; // the next call tries again
    return drops && drops.size > 0 ? drops : undefined;
  }
}

function dropsOf({ losses: { inode } }: LossySocket, drops: ReadonlyMap<number, number>): number | undefined {
  return inode === undefined ? undefined : drops.get(inode);
}
