import { showInvisible } from "../printable";
import type { System } from "./system";

/** A program that has a socket open. */
export interface SocketOwner {
  readonly pid: number;
  readonly program: string;
}

/**
 * Finds the programs that own sockets, by the inodes of these (Linux). A process sees the descriptors of its own user's programs,
 * and root sees all: sockets of other users are missing in the result. Reads one link for each readable descriptor of the host.
 */
export function socketOwners(system: System, inodes: ReadonlySet<number>): ReadonlyMap<number, SocketOwner> {
  const owners = new Map<number, SocketOwner>();
  const pids = (system.readFolder("/proc") ?? []).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (owners.size === inodes.size) break;
    for (const descriptor of system.readFolder(`/proc/${pid}/fd`) ?? []) {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(system.readLink(`/proc/${pid}/fd/${descriptor}`) ?? "") ?? [];
      if (inode === undefined || !inodes.has(Number(inode)) || owners.has(Number(inode))) continue;
      owners.set(Number(inode), { pid: Number(pid), program: showInvisible(system.readText(`/proc/${pid}/comm`)?.trim() ?? "") });
    }
  }
  return owners;
}
