import { Device } from "./device";

/** Another machine that runs the first example: its mcast hear tells whoever asks what it has heard. */
export class AnsweringMachine {
  readonly #ear: Device;
  readonly #mouth: Device;

  static async start(group: string, port: number, address: string): Promise<AnsweringMachine> {
    return new AnsweringMachine(group, await Device.joined(group, port), await Device.at(address));
  }

  private constructor(group: string, ear: Device, mouth: Device) {
    this.#ear = ear;
    this.#mouth = mouth;
    ear.on((bytes, { address, port }) => {
      void mouth.say(`HEAR [ ${bytes.toString().toUpperCase()} SAID ('${address}', ${port}) ] from ${group}`, address, port);
    });
  }

  close(): void {
    this.#ear.close();
    this.#mouth.close();
  }
}
