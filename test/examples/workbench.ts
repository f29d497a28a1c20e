import { readFileSync } from "node:fs";
import { freePort, LO } from "../support/loopback";
import type { FlowNode } from "../support/node-red";
import { RunningNodeRed } from "../support/running-node-red";
import { Sidebar } from "./sidebar";

/** The ports of an example, and the free ones that a test takes in their place: other programs of this machine may have them. */
export class Ports {
  readonly #taken: ReadonlyMap<number, number>;

  static async taking(...ports: readonly number[]): Promise<Ports> {
    return new Ports(new Map(await Promise.all(ports.map(async (port): Promise<[number, number]> => [port, await freePort()]))));
  }

  private constructor(taken: ReadonlyMap<number, number>) {
    this.#taken = taken;
  }

  /** The port in place of one of the example's. */
  of(port: number): number {
    return this.#taken.get(port) ?? port;
  }

  /** A property of the example, with the port in its place where it is one: a number, or its digits. */
  inPlaceOf(value: unknown): unknown {
    if (typeof value === "number") return this.of(value);
    return typeof value === "string" && /^\d+$/.test(value) ? String(this.of(Number(value))) : value;
  }
}

/** An example as it comes, but for the interfaces, which become the loopback interface, and the ports that are in the way. */
export function example(name: string, ports?: Ports): FlowNode[] {
  return JSON.parse(readFileSync(`examples/${name}.json`, "utf8"), (key, value) => {
    if (key === "iface" || key === "echoIface") return LO;
    return ports ? ports.inPlaceOf(value) : value;
  });
}

/** The example with some properties of the nodes of a name as a user would set them. */
export function set(nodes: readonly FlowNode[], name: string, properties: object): FlowNode[] {
  return nodes.map((node) => (node.name === name ? { ...node, ...properties } : node));
}

/** The same example for another site: with ids and environment variables of its own. */
export function again(nodes: readonly FlowNode[], env: Readonly<Record<string, string>>): FlowNode[] {
  const text = JSON.stringify(nodes).replaceAll('"ca5', '"fa5');
  const copy: FlowNode[] = JSON.parse(text);
  const variables = Object.entries(env).map(([name, value]) => ({ name, value, type: "str" }));
  return copy.map((node) => (node.type === "tab" ? { ...node, env: variables } : node));
}

/** A running Node-RED into which examples are imported, with its buttons, its sidebar and its statuses. */
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

  /** Imports and deploys, in place of what was there. */
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

  /** What a debug node has shown, once it has shown so much. */
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
