import { setImmediate } from "node:timers/promises";
import type { Node, NodeStatus } from "node-red";
import helper from "node-red-node-test-helper";
import hear from "../../src/nodes/mcast-hear";
import recv from "../../src/nodes/mcast-recv";
import say from "../../src/nodes/mcast-say";

const catchNode = require("@node-red/nodes/core/common/25-catch.js");
const statusNode = require("@node-red/nodes/core/common/25-status.js");

helper.init(process.env.NODE_RED ?? require.resolve("node-red"));

export { helper };

/** A message as a test reads it. */
export type Message = Record<string, unknown>;

/** One of a flow's nodes, as a flow file has it. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** Starts a flow with the nodes of this package in it, on a tab of its own. */
export async function deploy(...nodes: readonly FlowNode[]): Promise<void> {
  await helper.load([say, recv, hear, catchNode, statusNode], tab(nodes));
  await setImmediate(); // statuses and errors are told when the whole flow is there
}

/** Deploys a changed flow: `nodes` restarts those that have changed, and no other. */
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

/** The next messages that reach a helper node. */
export function messagesAt(id: string, count = 1): Promise<Message[]> {
  const messages: Message[] = [];
  return new Promise((resolve) => {
    get(id).on("input", (msg) => {
      messages.push(msg);
      if (messages.length === count) resolve(messages);
    });
  });
}

/** Gives a node a message and waits for its `done`: undefined, or the error. */
export function input(id: string, msg: Message): Promise<Error | undefined> {
  return new Promise((resolve) => {
    // What Node-RED calls at the end of each message, with the error if there was one.
    Object.assign(get(id), { _complete: (_msg: Message, error?: Error) => resolve(error) });
    get(id).receive(msg);
  });
}

/** What a node's status was set to, in order. */
export function statuses(id: string): unknown[] {
  return callsOf(id, get(id).status).map(([status]) => status);
}

/** The next status of a node in a colour. */
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

/** What a node reported as errors, in order. */
export function errors(id: string): unknown[] {
  return callsOf(id, get(id).error).map(([error]) => error);
}

/** What a node warned of, in order. */
export function warnings(id: string): unknown[] {
  return callsOf(id, get(id).warn).map(([text]) => text);
}

// The helper makes a spy of each method of all nodes: these are the calls that one of them had.
function callsOf(id: string, spy: object): readonly (readonly unknown[])[] {
  if (!("args" in spy && Array.isArray(spy.args) && "thisValues" in spy && Array.isArray(spy.thisValues))) return [];
  const { args, thisValues } = spy;
  return args.filter((_call, position) => thisValues[position] === get(id));
}
