import { EventEmitter, once } from "node:events";
import WebSocket from "ws";

interface Told {
  readonly topic: string;
  readonly data: {
    readonly id?: string;
    readonly msg?: string;
    readonly format?: string;
    readonly level?: number;
    readonly text?: string;
    readonly revision?: string;
  };
}

// The numbers that Node-RED's log gives to errors and warnings.
const ERROR = 20;

/** The notifications of Node-RED to its editor: values of debug nodes, errors, and statuses of nodes. */
export class Sidebar {
  readonly #socket: WebSocket;
  readonly #reported = new EventEmitter();
  readonly #shown = new Map<string, unknown[]>();
  readonly #statuses = new Map<string, string>();
  #deployed = "";
  /** The errors that nodes have reported. */
  readonly errors: string[] = [];

  static async open(url: string): Promise<Sidebar> {
    const socket = new WebSocket(`${url.replace("http", "ws")}comms`);
    const sidebar = new Sidebar(socket);
    await once(socket, "open");
    for (const topic of ["debug", "status/#", "notification/#"]) socket.send(JSON.stringify({ subscribe: topic }));
    return sidebar;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      const reported: readonly Told[] = JSON.parse(String(data));
      for (const each of reported) this.#read(each);
      this.#reported.emit("reported");
    });
  }

  /** Settles when a revision of the flows has started, and discards everything that was shown before. */
  async deployed(revision: string): Promise<void> {
    while (this.#deployed !== revision) await once(this.#reported, "reported");
    this.#shown.clear();
    this.errors.length = 0;
  }

  /** Settles when a debug node has shown a number of values, with all of them. */
  async shown(id: string, count: number): Promise<readonly unknown[]> {
    for (;;) {
      const values = this.#shown.get(id) ?? [];
      if (values.length >= count) return values;
      await once(this.#reported, "reported");
    }
  }

  /** Settles when a node has a status text. */
  async status(id: string, wanted: RegExp): Promise<string> {
    for (;;) {
      const text = this.#statuses.get(id);
      if (text !== undefined && wanted.test(text)) return text;
      await once(this.#reported, "reported");
    }
  }

  async close(): Promise<void> {
    this.#socket.close();
    await once(this.#socket, "close");
  }

  #read({ topic, data }: Told): void {
    const { id = "", msg = "", format = "", level, text, revision } = data;
    if (topic.startsWith("status/")) this.#statuses.set(topic.slice("status/".length), text ?? "");
    else if (topic === "notification/runtime-deploy") this.#deployed = revision ?? "";
    else if (topic !== "debug") return;
    else if (level === ERROR) this.errors.push(msg);
    else if (level === undefined) this.#shown.set(id, [...(this.#shown.get(id) ?? []), valueIn(msg, format)]);
  }
}

// Node-RED sends strings as they are, and everything else as JSON with a mark for undefined values.
function valueIn(msg: string, format: string): unknown {
  if (format.startsWith("string")) return msg;
  return JSON.parse(msg, (_key, value) => (value?.__enc__ && value.type === "undefined" ? undefined : value));
}
