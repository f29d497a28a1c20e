import { Device } from "./device";

const GROUP = "224.0.0.50";

/** A Xiaomi gateway with its LAN protocol switched on. Its reports are JSON, in which `data` is JSON in a string. */
export class XiaomiGateway {
  readonly #receiver: Device;
  readonly #gateway: Device;
  readonly #reports: number;
  readonly #sid = "7811dc000001";

  static async start(ports: { readonly whois: number; readonly reports: number }, address: string): Promise<XiaomiGateway> {
    const gateway = new XiaomiGateway(await Device.joined(GROUP, ports.whois), await Device.at(address), ports.reports);
    gateway.#answer(address);
    return gateway;
  }

  private constructor(receiver: Device, gateway: Device, reports: number) {
    this.#receiver = receiver;
    this.#gateway = gateway;
    this.#reports = reports;
  }

  async heartbeat(): Promise<void> {
    await this.says({
      cmd: "heartbeat",
      model: "gateway",
      sid: this.#sid,
      short_id: "0",
      token: "0123456789abcdef",
      data: '{"ip":"127.0.0.2"}',
    });
  }

  async report(model: string, sid: string, data: object): Promise<void> {
    await this.says({ cmd: "report", model, sid, short_id: 4711, data: JSON.stringify(data) });
  }

  /** Sends a report in the second version of the protocol. */
  async reportAnew(model: string, sid: string, params: readonly object[]): Promise<void> {
    await this.says({ cmd: "report", model, sid, params });
  }

  async says(message: object | string): Promise<void> {
    await this.#gateway.say(typeof message === "string" ? message : JSON.stringify(message), GROUP, this.#reports);
  }

  close(): void {
    this.#receiver.close();
    this.#gateway.close();
  }

  #answer(ip: string): void {
    const iam = { cmd: "iam", port: "9898", sid: this.#sid, model: "gateway", proto_version: "1.1.2", ip };
    this.#receiver.on((bytes, { address, port }) => {
      if (bytes.toString() === '{"cmd":"whois"}') void this.#gateway.say(JSON.stringify(iam), address, port);
    });
  }
}
