import { McastError } from "../errors";
import { RECEIVE_BUFFER, type Socket, type System } from "../host/system";
import { dropsByInode, socketInode } from "../host/udp-table";

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
  #inode: number | undefined;
  #bufferSize = 0;
  #drops = 0;
  #lost = 0;
  #warnedOf = 0;
  #lostAt = 0;

  /** Identifies the socket in the kernel's table; undefined if the system does not provide it. */
  get inode(): number | undefined {
    return this.#inode;
  }

  /** The number of lost datagrams, those of earlier sockets included; undefined if the system does not count them. */
  get lost(): number | undefined {
    return this.#inode === undefined ? undefined : this.#lost;
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
    const descriptor = system.descriptorOf(socket);
    this.#inode = descriptor === undefined ? undefined : socketInode(system, descriptor);
    this.#drops = 0;
    if (this.#inode !== undefined) this.#bufferSize = socket.getRecvBufferSize() / 2; // Linux returns twice the size that it grants
  }

  /** Updates the losses from the kernel's counter. Returns true if the warning has changed. */
  note(drops: number, now: number): boolean {
    const more = drops - this.#drops;
    this.#drops = drops;
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
}

/**
 * Reads the kernel's counters of all sockets, and notifies the sockets whose warning has changed. 500 sockets take about 1 ms
 * (measured).
 */
export function readLosses(sockets: Iterable<LossySocket>, system: System): void {
  const byInode = new Map<number, LossySocket>();
  const ports = new Set<number>();
  for (const socket of sockets) {
    const { losses, localPort } = socket;
    if (losses.inode === undefined) continue;
    byInode.set(losses.inode, socket);
    ports.add(localPort);
  }
  if (byInode.size === 0) return;
  const now = system.now();
  for (const [inode, drops] of dropsByInode(system, ports) ?? []) {
    const socket = byInode.get(inode);
    if (socket?.losses.note(drops, now)) socket.onChange();
  }
}
