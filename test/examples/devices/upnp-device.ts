import { Device } from "./device";

const GROUP = "239.255.255.250";

/** A UPnP device. It replies to matching searches, and announces that it appears and disappears. */
export class UpnpDevice {
  readonly #receiver: Device;
  readonly #sender: Device;
  readonly #port: number;
  readonly #address: string;
  readonly #type: string;
  readonly #uuid: string;

  static async start(port: number, address: string, kind: { readonly type: string; readonly uuid: string }): Promise<UpnpDevice> {
    return new UpnpDevice(port, address, kind, await Device.joined(GROUP, port), await Device.at(address));
  }

  private constructor(
    port: number,
    address: string,
    kind: { readonly type: string; readonly uuid: string },
    receiver: Device,
    sender: Device,
  ) {
    this.#port = port;
    this.#address = address;
    this.#type = `urn:schemas-upnp-org:device:${kind.type}:1`;
    this.#uuid = `uuid:${kind.uuid}`;
    this.#receiver = receiver;
    this.#sender = sender;
    receiver.on((bytes, { address: ip, port: source }) => {
      for (const target of this.#sought(bytes.toString())) void sender.say(this.#answer(target), ip, source);
    });
  }

  get description(): string {
    return `http://${this.#address}:8080/description.xml`;
  }

  async notify(what: "alive" | "byebye"): Promise<void> {
    const lines = [
      "NOTIFY * HTTP/1.1",
      `HOST: ${GROUP}:1900`,
      "NT: upnp:rootdevice",
      `NTS: ssdp:${what}`,
      `USN: ${this.#uuid}::upnp:rootdevice`,
      ...(what === "alive" ? ["CACHE-CONTROL: max-age=1800", `LOCATION: ${this.description}`, "SERVER: Linux/6.1 UPnP/1.1 Test/1.0"] : []),
    ];
    await this.#sender.say(message(lines), GROUP, this.#port);
  }

  close(): void {
    this.#receiver.close();
    this.#sender.close();
  }

  // UPnP Device Architecture 1.1, 1.3.2: a device ignores an incomplete search.
  #sought(text: string): readonly string[] {
    const [first, ...lines] = text.split("\r\n");
    const header = (name: string): string | undefined => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const isComplete =
      first === "M-SEARCH * HTTP/1.1" &&
      text.endsWith("\r\n\r\n") &&
      header("HOST") === `${GROUP}:1900` &&
      header("MAN") === '"ssdp:discover"' &&
      /^[1-5]$/.test(header("MX") ?? "");
    const own = ["upnp:rootdevice", this.#uuid, this.#type];
    const wanted = header("ST") ?? "";
    return isComplete ? own.filter((target) => wanted === "ssdp:all" || wanted === target) : [];
  }

  #answer(target: string): string {
    return message([
      "HTTP/1.1 200 OK",
      "CACHE-CONTROL: max-age=1800",
      "EXT:",
      `LOCATION: ${this.description}`,
      "SERVER: Linux/6.1 UPnP/1.1 Test/1.0",
      `ST: ${target}`,
      `USN: ${target === this.#uuid ? target : `${this.#uuid}::${target}`}`,
    ]);
  }
}

function message(lines: readonly string[]): string {
  return [...lines, "", ""].join("\r\n");
}
