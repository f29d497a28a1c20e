import type { Family } from "../address";
import { addressOfBytes, bytesOfWords } from "./kernel-address";
import type { System } from "./system";

/** A UDP socket of this host, of whatever program, as Linux tells it. */
export interface UdpSocket {
  readonly family: Family;
  /** The local address; of an AF_INET6 socket that is bound to an IPv4 address, in the form `::ffff:239.1.1.1`. */
  readonly address: string;
  readonly port: number;
  /** Identifies the socket, as the link of its descriptor in `/proc/<process>/fd` does. */
  readonly inode: number;
  /** The user who owns the socket. */
  readonly uid: number;
  /** Bytes of memory that datagrams take which the program has not read yet. */
  readonly receiveQueue: number;
  /** Datagrams lost since the socket was opened, because its receive buffer was full or their checksum was wrong. */
  readonly drops: number;
}

/**
 * Lists the UDP sockets of this host on some ports. Only the lines of those ports are parsed; 500 of them take 3 ms, 500 of
 * other ports 0.05 ms, and the read 0.7 ms (measured). Undefined where no table could be read.
 */
export function udpSockets(system: System, ports: ReadonlySet<number>): readonly UdpSocket[] | undefined {
  return tableLines(system, ports)?.map(udpSocket);
}

/**
 * Reads the drops of each UDP socket on some ports, by its inode: the cheap question for the heartbeat, 1 ms for 500 sockets with
 * the read (measured). Undefined where no table could be read.
 */
export function dropsByInode(system: System, ports: ReadonlySet<number>): ReadonlyMap<number, number> | undefined {
  const lines = tableLines(system, ports);
  if (!lines) return undefined;
  const drops = new Map<number, number>();
  // Read from the end of the line without a regular expression, which takes 4 µs a line more where it runs every 2 s (measured).
  for (const { text } of lines) {
    const end = lastColumnEnd(text);
    const dropsAt = text.lastIndexOf(" ", end - 1);
    const pointerAt = text.lastIndexOf(" ", dropsAt - 1);
    const countAt = text.lastIndexOf(" ", pointerAt - 1);
    const inodeAt = text.lastIndexOf(" ", countAt - 1);
    drops.set(Number(text.slice(inodeAt, countAt)), Number(text.slice(dropsAt, end)));
  }
  return drops;
}

/** The inodes of this process's own sockets: one link to read for each open descriptor. Undefined where that is not told. */
export function ownInodes(system: System): ReadonlySet<number> | undefined {
  const descriptors = system.readFolder("/proc/self/fd");
  return descriptors && new Set(descriptors.flatMap((descriptor) => socketInode(system, descriptor) ?? []));
}

/** The inode of the socket that has a descriptor of this process; undefined for what is no socket, and where that is not told. */
export function socketInode(system: System, descriptor: number | string): number | undefined {
  const [, inode] = /^socket:\[(\d+)\]$/.exec(system.readLink(`/proc/self/fd/${descriptor}`) ?? "") ?? [];
  return inode === undefined ? undefined : Number(inode);
}

/*
 * A line for each socket, all numbers but uid, timeout, inode, reference count and drops hexadecimal:
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 * 5273: 010110EF:E8A7 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 44211 2 000000006f4a2b1c 0
 */
const PORT_DIGITS = 4;

interface TableLine {
  readonly family: Family;
  readonly text: string;
}

function tableLines(system: System, ports: ReadonlySet<number>): readonly TableLine[] | undefined {
  const wanted = new Set([...ports].map((port) => port.toString(16).toUpperCase().padStart(PORT_DIGITS, "0")));
  const [udp, udp6] = [system.readText("/proc/net/udp"), system.readText("/proc/net/udp6")];
  if (udp === undefined && udp6 === undefined) return undefined;
  return [...linesOn(wanted, udp ?? "", "IPv4"), ...linesOn(wanted, udp6 ?? "", "IPv6")];
}

// Without splitting the lines into columns, since most sockets of a busy host are others'.
function linesOn(wanted: ReadonlySet<string>, table: string, family: Family): readonly TableLine[] {
  const lines = table.split("\n").filter((text) => {
    const portAt = text.indexOf(":", text.indexOf(": ") + 2) + 1;
    return wanted.has(text.slice(portAt, portAt + PORT_DIGITS));
  });
  return lines.map((text) => ({ family, text }));
}

// The lines of the IPv4 table are padded with blanks.
function lastColumnEnd(text: string): number {
  let end = text.length;
  while (text[end - 1] === " ") end -= 1;
  return end;
}

function udpSocket({ family, text }: TableLine): UdpSocket {
  const [, local = "", , , queues = "", , , uid, , inode, , , drops] = text.trim().split(/\s+/);
  const [words = "", port = ""] = local.split(":");
  return {
    family,
    address: addressOfBytes(bytesOfWords(words)),
    port: Number.parseInt(port, 16),
    inode: Number(inode),
    uid: Number(uid),
    receiveQueue: Number.parseInt(queues.split(":")[1] ?? "", 16),
    drops: Number(drops),
  };
}
