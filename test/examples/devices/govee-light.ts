import { Device } from "./device";

const GROUP = "239.255.255.250";

/** The three ports of the protocol: for scans, for replies, and for commands. */
export interface GoveePorts {
  readonly scan: number;
  readonly answers: number;
  readonly commands: number;
}

interface Command {
  readonly msg: {
    readonly cmd: string;
    readonly data: { readonly value?: number; readonly color?: Color; readonly colorTemInKelvin?: number };
  };
}

interface Color {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

/** A Govee light with LAN Control switched on. It replies to one fixed port, whatever the source port of a request. */
export class GoveeLight {
  readonly #receiver: Device;
  readonly #light: Device;
  state = { onOff: 0, brightness: 100, color: { r: 255, g: 255, b: 255 }, colorTemInKelvin: 0 };

  static async start(ports: GoveePorts, address: string, name: { readonly sku: string; readonly device: string }): Promise<GoveeLight> {
    const light = new GoveeLight(await Device.joined(GROUP, ports.scan), await Device.at(address, ports.commands));
    light.#listen(ports.answers, { ip: address, ...name });
    return light;
  }

  private constructor(receiver: Device, light: Device) {
    this.#receiver = receiver;
    this.#light = light;
  }

  close(): void {
    this.#receiver.close();
    this.#light.close();
  }

  #listen(answers: number, name: object): void {
    const versions = { bleVersionHard: "3.01.01", bleVersionSoft: "1.04.04", wifiVersionHard: "1.00.10", wifiVersionSoft: "1.02.11" };
    const answer = (ip: string, cmd: string, data: object) => void this.#light.say(JSON.stringify({ msg: { cmd, data } }), ip, answers);
    this.#receiver.on((bytes, { address }) => {
      if (bytes.toString() === '{"msg":{"cmd":"scan","data":{"account_topic":"reserve"}}}')
        answer(address, "scan", { ...name, ...versions });
    });
    this.#light.on((bytes, { address }) => {
      const { msg }: Command = JSON.parse(bytes.toString());
      const { value = 0, color, colorTemInKelvin = 0 } = msg.data;
      if (msg.cmd === "turn") this.state.onOff = value;
      if (msg.cmd === "brightness") this.state.brightness = value;
      if (msg.cmd === "colorwc" && color) Object.assign(this.state, { color, colorTemInKelvin });
      if (msg.cmd === "devStatus") answer(address, "devStatus", this.state);
    });
  }
}
