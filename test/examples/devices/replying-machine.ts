import { Device } from "./device";

/** Another machine that runs the first example: its mcast hear replies with the text of HEAR. */
export class ReplyingMachine {
  readonly #receiver: Device;
  readonly #sender: Device;

  static async start(group: string, port: number, address: string): Promise<ReplyingMachine> {
    return new ReplyingMachine(group, await Device.joined(group, port), await Device.at(address));
  }

  private constructor(group: string, receiver: Device, sender: Device) {
    this.#receiver = receiver;
    this.#sender = sender;
    receiver.on((bytes, { address, port }) => {
      void sender.say(`HEAR [ ${bytes.toString().toUpperCase()} SAID ('${address}', ${port}) ] from ${group}`, address, port);
    });
  }

  close(): void {
    this.#receiver.close();
    this.#sender.close();
  }
}
