import { Device } from "./device";

const GROUP = "239.12.255.254";

/** The power that a phase, or the whole, draws or feeds in: in watts, and in watt seconds since the meter was built. */
export interface Power {
  readonly bought: number;
  readonly fedIn: number;
  readonly boughtEver: number;
  readonly fedInEver: number;
}

export interface Reading {
  readonly sum: Power;
  /** The three phases, with their volts and amperes. */
  readonly phases: readonly (Power & { readonly volts: number; readonly amperes: number })[];
}

/** An SMA Energy Meter with firmware 2.0. It sends 608 bytes in the layout of the maker's protocol description. */
export class SmaMeter {
  readonly #device: Device;
  readonly #port: number;
  readonly #serial: number;

  static async start(port: number, address: string, serial: number): Promise<SmaMeter> {
    return new SmaMeter(port, serial, await Device.at(address));
  }

  private constructor(port: number, serial: number, device: Device) {
    this.#port = port;
    this.#serial = serial;
    this.#device = device;
  }

  async says(reading: Reading): Promise<void> {
    await this.#device.say(this.#datagram(reading), GROUP, this.#port);
  }

  /** Sends a datagram with which inverters and programs find each other in the same group. */
  async searches(): Promise<void> {
    await this.#device.say(Buffer.from("534d4100000402a0ffffffff0000002000000000", "hex"), GROUP, this.#port);
  }

  close(): void {
    this.#device.close();
  }

  #datagram({ sum, phases }: Reading): Buffer {
    const values = Buffer.concat([
      powers(0, sum),
      now(13, 1000), // power factor, in thousandths
      now(14, 49_990), // frequency, in mHz
      ...phases.flatMap((phase, index) => {
        const first = 20 * (index + 1);
        const { amperes, volts } = phase;
        return [powers(first, phase), now(first + 11, amperes * 1000), now(first + 12, volts * 1000), now(first + 13, 1000)];
      }),
      Buffer.from("9000000002001252", "hex"), // the firmware version: 2.0.18.R
    ]);
    const meter = Buffer.alloc(12);
    meter.writeUInt16BE(0x6069, 0);
    meter.writeUInt16BE(0x015d, 2); // SUSyID
    meter.writeUInt32BE(this.#serial, 4);
    meter.writeUInt32BE(123_456_789, 8); // milliseconds
    const length = Buffer.alloc(2);
    length.writeUInt16BE(meter.length + values.length);
    return Buffer.concat([
      Buffer.from("534d4100000402a000000001", "hex"),
      length,
      Buffer.from("0010", "hex"),
      meter,
      values,
      Buffer.alloc(4),
    ]);
  }
}

// Active, apparent and reactive power: each the drawn and the fed-in power, in tenths of a watt, with its counter.
function powers(first: number, { bought, fedIn, boughtEver, fedInEver }: Power): Buffer {
  const pair = (channel: number): Buffer =>
    Buffer.concat([now(channel, bought * 10), ever(channel, boughtEver), now(channel + 1, fedIn * 10), ever(channel + 1, fedInEver)]);
  return Buffer.concat([pair(first + 1), pair(first + 3), pair(first + 9)]);
}

function now(channel: number, value: number): Buffer {
  const bytes = Buffer.from([0, channel, 4, 0, 0, 0, 0, 0]);
  bytes.writeUInt32BE(Math.round(value), 4);
  return bytes;
}

function ever(channel: number, value: number): Buffer {
  const bytes = Buffer.concat([Buffer.from([0, channel, 8, 0]), Buffer.alloc(8)]);
  bytes.writeBigUInt64BE(BigInt(value), 4);
  return bytes;
}
