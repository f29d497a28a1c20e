import ipaddr from "ipaddr.js";

const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Returns the bytes of an address in the format of `/proc/net/route`, `/proc/net/udp` and `/proc/net/udp6`: in words of four bytes,
 * each a number in this machine's own byte order. `0101FFEF` is 239.255.1.1 on a little-endian machine.
 */
export function bytesOfWords(hex: string, isLittleEndian = IS_LITTLE_ENDIAN): readonly number[] {
  const bytes = bytesOf(hex);
  return isLittleEndian ? bytes.map((_byte, index) => bytes[index ^ 3] ?? 0) : bytes; // 0123 4567 as 3210 7654
}

/** Returns the bytes of an address in the format of `/proc/net/ipv6_route`: in network byte order. */
export function bytesOf(hex: string): readonly number[] {
  return [...Buffer.from(hex, "hex")];
}

/** Returns an address of 4 or 16 bytes as text. An IPv4 address in an IPv6 one has the form `::ffff:239.1.1.1`. */
export function addressOfBytes(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join("."); // fast, since a table may have hundreds of addresses
  const address = ipaddr.fromByteArray([...bytes]);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) return `::ffff:${address.toIPv4Address()}`;
  return address.toString();
}
