import { Device } from "./device";

const CID = Buffer.alloc(16, 7);
const NAME = Buffer.concat([Buffer.from("console")], 64);

/** The levels of a universe in a datagram of ANSI E1.31-2018. */
export interface Frame {
  readonly universe: number;
  readonly sequence: number;
  readonly levels: readonly number[];
  readonly startCode?: number;
}

export function sacnGroup(universe: number): string {
  return `239.255.${universe >> 8}.${universe % 256}`;
}

/** A lighting console that sends levels. */
export class SacnConsole {
  readonly #device: Device;
  readonly #port: number;

  static async start(port: number, address: string): Promise<SacnConsole> {
    return new SacnConsole(port, await Device.at(address));
  }

  private constructor(port: number, device: Device) {
    this.#port = port;
    this.#device = device;
  }

  async says(frame: Frame): Promise<void> {
    await this.#device.say(sacnDatagram(frame), sacnGroup(frame.universe), this.#port);
  }

  close(): void {
    this.#device.close();
  }
}

/** Reads a datagram as a strict implementation of the standard does; undefined for a datagram that it ignores. */
export function readSacn(bytes: Buffer): Frame | undefined {
  const universe = bytes.readUInt16BE(113);
  const sequence = bytes.readUInt8(111);
  const levels = [...bytes.subarray(126)];
  const like = sacnDatagram({ universe, sequence, levels }, bytes.subarray(22, 38), bytes.subarray(44, 108));
  return like.equals(bytes) ? { universe, sequence, levels } : undefined;
}

function sacnDatagram({ universe, sequence, levels, startCode = 0 }: Frame, cid: Buffer = CID, name: Buffer = NAME): Buffer {
  const slots = Buffer.concat([Buffer.from([startCode, ...levels]), Buffer.alloc(512 - levels.length)]);
  // Type of address and data, first address, step, count.
  const dmp = layer(Buffer.concat([uint8(2), uint8(0xa1), uint16(0), uint16(1), uint16(slots.length), slots]));
  // Name, priority, synchronization address (none), sequence, options (none), universe.
  const framing = layer(Buffer.concat([uint32(2), name, uint8(100), uint16(0), uint8(sequence), uint8(0), uint16(universe), dmp]));
  const root = layer(Buffer.concat([uint32(4), cid, framing]));
  return Buffer.concat([uint16(16), uint16(0), text("ASC-E1.17", 12), root]);
}

// The length includes its own two bytes.
function layer(bytes: Buffer): Buffer {
  return Buffer.concat([uint16(0x7000 + bytes.length + 2), bytes]);
}

function text(words: string, length: number): Buffer {
  return Buffer.concat([Buffer.from(words)], length);
}

function uint8(value: number): Buffer {
  return Buffer.from([value]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
