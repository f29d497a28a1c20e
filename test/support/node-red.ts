import { setImmediate } from "node:timers/promises";
import type { Node, NodeStatus } from "node-red";
import helper from "node-red-node-test-helper";
import hear from "../../src/nodes/mcast-hear";
import key from "../../src/nodes/mcast-key";
import recv from "../../src/nodes/mcast-recv";
import say from "../../src/nodes/mcast-say";

const catchNode = require("@node-red/nodes/core/common/25-catch.js");
const statusNode = require("@node-red/nodes/core/common/25-status.js");

helper.init(process.env.NODE_RED ?? require.resolve("node-red"));

export { helper };

/** A message of a flow. */
export type Message = Record<string, unknown>;

/** A node as a flow file has it. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** Starts a flow of these nodes on one tab, with the types of this package. */
export async function deploy(...nodes: readonly FlowNode[]): Promise<void> {
  await deployWith({}, ...nodes);
}

/** Starts a flow as `deploy` does, with the credentials of its nodes by their ids. */
export async function deployWith(credentials: Readonly<Record<string, object>>, ...nodes: readonly FlowNode[]): Promise<void> {
  await helper.load([say, recv, hear, key, catchNode, statusNode], tab(nodes), credentials);
  await setImmediate(); // statuses and errors are shown when the whole flow is there
}

/** Deploys a changed flow. The type `nodes` restarts only the nodes that have changed. */
export async function redeploy(type: "nodes" | "flows" | "full", ...nodes: readonly FlowNode[]): Promise<void> {
  await helper.setFlows(tab(nodes), type);
  await setImmediate();
}

function tab(nodes: readonly FlowNode[]): FlowNode[] {
  return [{ id: "tab", type: "tab" }, ...nodes.map((node) => ({ z: "tab", x: 100, y: 100, wires: [], ...node }))];
}

export function get(id: string): Node {
  return helper.getNode(id);
}

/** Returns the next messages that reach a helper node. */
export function messagesAt(id: string, count = 1): Promise<Message[]> {
  const messages: Message[] = [];
  return new Promise((resolve) => {
    get(id).on("input", (msg) => {
      messages.push(msg);
      if (messages.length === count) resolve(messages);
    });
  });
}

/** Gives a node a message, and returns the error with which it called `done`, or undefined. */
export function input(id: string, msg: Message): Promise<Error | undefined> {
  return new Promise((resolve) => {
    // Node-RED calls this at the end of each message, with the error if there was one.
    Object.assign(get(id), { _complete: (_msg: Message, error?: Error) => resolve(error) });
    get(id).receive(msg);
  });
}

/** Returns all statuses of a node, in order. */
export function statuses(id: string): unknown[] {
  return callsOf(id, get(id).status).map(([status]) => status);
}

/** Returns the next status of a node in a colour. */
export function nextStatus(id: string, fill: string): Promise<NodeStatus> {
  const node = get(id);
  const { status } = node;
  return new Promise((resolve) => {
    const watch = (next: NodeStatus): void => {
      status.call(node, next);
      if (next.fill !== fill) return;
      Object.assign(node, { status });
      resolve(next);
    };
    Object.assign(node, { status: watch });
  });
}

/** Returns all errors that a node has reported, in order. */
export function errors(id: string): unknown[] {
  return callsOf(id, get(id).error).map(([error]) => error);
}

/** Returns all warnings of a node, in order. */
export function warnings(id: string): unknown[] {
  return callsOf(id, get(id).warn).map(([text]) => text);
}

// The helper replaces each method of all nodes by one spy. Returns the calls by one node.
function callsOf(id: string, spy: object): readonly (readonly unknown[])[] {
  if (!("args" in spy && Array.isArray(spy.args) && "thisValues" in spy && Array.isArray(spy.thisValues))) return [];
  const { args, thisValues } = spy;
  return args.filter((_call, position) => thisValues[position] === get(id));
}
