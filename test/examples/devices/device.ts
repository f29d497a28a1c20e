import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { EventEmitter, once } from "node:events";
import { LO } from "../../support/loopback";

/** What a device heard. */
export interface Heard {
  readonly bytes: Buffer;
  readonly from: RemoteInfo;
}

/** A socket of a device on the loopback interface, which remembers what it hears. */
export class Device {
  readonly #socket: Socket;
  readonly #listener = new EventEmitter();
  readonly heard: Heard[] = [];

  /** Joined to a group, and bound to it: it hears that group alone, not all those that were joined on this machine. */
  static async joined(group: string, port: number): Promise<Device> {
    const device = await Device.#bound(port, group);
    device.#socket.addMembership(group, LO);
    return device;
  }

  /** With an address of its own, so that several devices can be told apart. */
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

  /** What it does about each datagram from now on. */
  on(heard: (bytes: Buffer, from: RemoteInfo) => void): void {
    this.#listener.on("heard", heard);
  }

  /** Settles when it has heard so many datagrams that are as wanted: with all of them. */
  async hears(wanted: (bytes: Buffer) => boolean, count = 1): Promise<readonly Heard[]> {
    for (;;) {
      const found = this.heard.filter(({ bytes }) => wanted(bytes));
      if (found.length >= count) return found;
      await once(this.#listener, "heard");
    }
  }

  /** Says something, to a group or straight to somebody; it is on its way when this settles. */
  say(payload: string | Buffer, address: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => this.#socket.send(payload, port, address, (error) => (error ? reject(error) : resolve())));
  }

  close(): void {
    this.#socket.close();
  }
}
