import { readFileSync } from "node:fs";
import { freePort, LO } from "../support/loopback";
import type { FlowNode } from "../support/node-red";
import { RunningNodeRed } from "../support/running-node-red";
import { Sidebar } from "./sidebar";

/** The ports of an example, and the free ports that replace them, because other programs of this machine may use the former. */
export class Ports {
  readonly #taken: ReadonlyMap<number, number>;

  static async taking(...ports: readonly number[]): Promise<Ports> {
    return new Ports(new Map(await Promise.all(ports.map(async (port): Promise<[number, number]> => [port, await freePort()]))));
  }

  private constructor(taken: ReadonlyMap<number, number>) {
    this.#taken = taken;
  }

  /** Returns the free port that replaces a port of the example. */
  of(port: number): number {
    return this.#taken.get(port) ?? port;
  }

  /** Returns a property of the example; a port, as a number or in digits, is replaced. */
  inPlaceOf(value: unknown): unknown {
    if (typeof value === "number") return this.of(value);
    return typeof value === "string" && /^\d+$/.test(value) ? String(this.of(Number(value))) : value;
  }
}

/** Returns an example with the loopback interface and free ports in place of its own. */
export function example(name: string, ports?: Ports): FlowNode[] {
  return JSON.parse(readFileSync(`examples/${name}.json`, "utf8"), (key, value) => {
    if (key === "iface" || key === "echoIface") return LO;
    return ports ? ports.inPlaceOf(value) : value;
  });
}

/** Returns the example with properties of the nodes of a name changed. */
export function set(nodes: readonly FlowNode[], name: string, properties: object): FlowNode[] {
  return nodes.map((node) => (node.name === name ? { ...node, ...properties } : node));
}

/** Returns the same example for another site, with its own ids and environment variables. */
export function again(nodes: readonly FlowNode[], env: Readonly<Record<string, string>>): FlowNode[] {
  const text = JSON.stringify(nodes).replaceAll('"ca5', '"fa5');
  const copy: FlowNode[] = JSON.parse(text);
  const variables = Object.entries(env).map(([name, value]) => ({ name, value, type: "str" }));
  return copy.map((node) => (node.type === "tab" ? { ...node, env: variables } : node));
}

/** A running Node-RED into which examples are imported, with buttons, sidebar and statuses. */
export class Workbench {
  readonly #running: RunningNodeRed;
  readonly #sidebar: Sidebar;
  #nodes: readonly FlowNode[] = [];

  static async open(): Promise<Workbench> {
    const running = await RunningNodeRed.start([{ id: "empty", type: "tab" }]);
    return new Workbench(running, await Sidebar.open(running.url));
  }

  private constructor(running: RunningNodeRed, sidebar: Sidebar) {
    this.#running = running;
    this.#sidebar = sidebar;
  }

  /** Imports and deploys flows, and replaces those that were there. */
  async import(nodes: readonly FlowNode[]): Promise<void> {
    this.#nodes = nodes;
    const headers = { "Content-Type": "application/json", "Node-RED-API-Version": "v2" };
    const answer = await fetch(`${this.#running.url}flows`, { method: "POST", headers, body: JSON.stringify({ flows: nodes }) });
    if (answer.status !== 200) throw new Error(`the import was answered by ${answer.status}`);
    const { rev } = await answer.json();
    await this.#sidebar.deployed(rev);
  }

  /** Presses the button of an inject node. */
  press(name: string): Promise<void> {
    return this.#running.press(this.#id(name));
  }

  /** Returns the values of a debug node when it has shown a number of them. */
  shown(name: string, count = 1): Promise<readonly unknown[]> {
    return this.#sidebar.shown(this.#id(name), count);
  }

  status(name: string, wanted: RegExp): Promise<string> {
    return this.#sidebar.status(this.#id(name), wanted);
  }

  /** Waits for a line of Node-RED's log. */
  line(wanted: RegExp): Promise<string> {
    return this.#running.line(wanted);
  }

  get errors(): readonly string[] {
    return this.#sidebar.errors;
  }

  async close(): Promise<void> {
    await this.#sidebar.close();
    await this.#running.stop();
  }

  #id(name: string): string {
    const node = this.#nodes.find((each) => each.name === name);
    if (!node) throw new Error(`no node is named ${name}`);
    return node.id;
  }
}
