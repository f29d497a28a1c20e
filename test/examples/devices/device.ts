import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { EventEmitter, once } from "node:events";
import { LO } from "../../support/loopback";

/** A datagram that a device received. */
export interface Heard {
  readonly bytes: Buffer;
  readonly from: RemoteInfo;
}

/** The socket of a device on the loopback interface, which records what it receives. */
export class Device {
  readonly #socket: Socket;
  readonly #listener = new EventEmitter();
  readonly heard: Heard[] = [];

  /** Opens a device that has joined a group and is bound to it, so that it receives no other group of this machine. */
  static async joined(group: string, port: number): Promise<Device> {
    const device = await Device.#bound(port, group);
    device.#socket.addMembership(group, LO);
    return device;
  }

  /** Opens a device with its own address, which distinguishes it from other devices. */
  static at(address: string, port = 0): Promise<Device> {
    return Device.#bound(port, address);
  }

  static async #bound(port: number, address: string): Promise<Device> {
    const device = new Device();
    device.#socket.bind(port, address);
    await once(device.#socket, "listening");
    device.#socket.setMulticastInterface(LO);
    return device;
  }

  private constructor() {
    this.#socket = createSocket({ type: "udp4", reuseAddr: true });
    this.#socket.on("message", (bytes, from) => {
      this.heard.push({ bytes, from });
      this.#listener.emit("heard", bytes, from);
    });
  }

  get texts(): readonly string[] {
    return this.heard.map(({ bytes }) => bytes.toString());
  }

  /** Sets the reaction to each datagram from now on. */
  on(heard: (bytes: Buffer, from: RemoteInfo) => void): void {
    this.#listener.on("heard", heard);
  }

  /** Settles when the device has received a number of matching datagrams, with all of them. */
  async hears(wanted: (bytes: Buffer) => boolean, count = 1): Promise<readonly Heard[]> {
    for (;;) {
      const found = this.heard.filter(({ bytes }) => wanted(bytes));
      if (found.length >= count) return found;
      await once(this.#listener, "heard");
    }
  }

  /** Sends a datagram to a group or to one address. Settles when the system has taken it. */
  say(payload: string | Buffer, address: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => this.#socket.send(payload, port, address, (error) => (error ? reject(error) : resolve())));
  }

  close(): void {
    this.#socket.close();
  }
}
