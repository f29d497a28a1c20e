import ipaddr from "ipaddr.js";
import type { System } from "./system";

/** A group that is joined on an interface of this host, by whatever program. */
export interface JoinedGroup {
  readonly interface: string;
  readonly group: string;
  /** How many sockets have joined it, the system itself among them. */
  readonly sockets: number;
}

/** What is joined where on this host; undefined where the system does not tell, as none but Linux does. */
export function joinedGroups(system: System): readonly JoinedGroup[] | undefined {
  const [igmp, igmp6] = [system.igmpTable(), system.igmp6Table()];
  return igmp || igmp6 ? [...readIgmp(igmp), ...readIgmp6(igmp6)] : undefined;
}

// A line for each interface, `2<tab>eth0      :     1      V3`, and below it one for each of its groups,
// `<tab>0100A8EF     1 0:00000000<tab><tab>0`: the address as a number of this machine's own byte order.
function readIgmp(table: string): JoinedGroup[] {
  let name = "";
  return table.split("\n").flatMap((line) => {
    name = /^\d+\s+(\S+?)\s*:/.exec(line)?.[1] ?? name;
    const [, hex, sockets] = /^\s+([0-9A-F]{8})\s+(\d+)\s/.exec(line) ?? [];
    return hex
      ? [{ interface: name, group: address(IS_LITTLE_ENDIAN ? bytesOf(hex).reverse() : bytesOf(hex)), sockets: Number(sockets) }]
      : [];
  });
}

// A line for each group of each interface: `2    eth0            ff0200000000000000000000000000fb     1 00000004 0`.
function readIgmp6(table: string): JoinedGroup[] {
  return table.split("\n").flatMap((line) => {
    const [, name, hex, sockets] = /^\d+\s+(\S+)\s+([0-9a-f]{32})\s+(\d+)\s/.exec(line) ?? [];
    return name && hex ? [{ interface: name, group: address(bytesOf(hex)), sockets: Number(sockets) }] : [];
  });
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function bytesOf(hex: string): number[] {
  return [...Buffer.from(hex, "hex")];
}

function address(bytes: number[]): string {
  return ipaddr.fromByteArray(bytes).toString();
}
