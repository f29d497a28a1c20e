import type { Node, NodeAPI, NodeDef } from "node-red";
import { McastError } from "../lib/errors";
import type { Sealing } from "../lib/sealed/sealing";
import { readSealing } from "../lib/sealed/sealing-options";
import { keyNodes } from "./key-nodes";

/** The credentials of an `mcast-key` node, as Node-RED stores them. */
export interface KeyCredentials {
  readonly key?: string;
  readonly previous?: string;
}

/** Runs an `mcast-key` node, which only keeps a key for other nodes. */
export function runKey(RED: NodeAPI, node: Node<KeyCredentials>, config: NodeDef): void {
  RED.nodes.createNode(node, config);
  keyNodes.set(node, read({ ...config }, node.credentials));
  // Node-RED keeps the credentials elsewhere. On the node, a program that prints the node would show them.
  Object.assign(node, { credentials: {} });
}

// Returns the sealing for the nodes that use the key, or the reason why it is not valid, which those nodes show.
function read(config: Readonly<Record<string, unknown>>, credentials: KeyCredentials | undefined): Sealing | McastError {
  const { key, previous } = { key: undefined, previous: undefined, ...credentials };
  try {
    const sealing = readSealing({ freshness: config.freshness, key: { key, previous } });
    return sealing ?? new McastError("key-missing");
  } catch (error) {
    if (error instanceof McastError) return error;
    throw error;
  }
}
