import type { Node, NodeAPI, NodeDef } from "node-red";
import { McastError } from "../lib/errors";
import type { Sealing } from "../lib/sealed/sealing";
import { readSealing } from "../lib/sealed/sealing-options";
import { keyNodes } from "./key-nodes";

export = (RED: NodeAPI): void => {
  RED.nodes.registerType<Node, NodeDef, object, Credentials>(
    "mcast-key",
    function (this: Node<Credentials>, config: NodeDef) {
      RED.nodes.createNode(this, config);
      keyNodes.set(this, read({ ...config }, this.credentials));
      // Node-RED keeps the credentials elsewhere. On the node, a program that prints the node would show them.
      Object.assign(this, { credentials: {} });
    },
    { credentials: { key: { type: "password" }, previous: { type: "password" } } },
  );
};

interface Credentials {
  readonly key?: string;
  readonly previous?: string;
}

// Returns the sealing for the nodes that use the key, or the reason why it is not valid, which those nodes show.
function read(config: Readonly<Record<string, unknown>>, credentials: Credentials | undefined): Sealing | McastError {
  const { key, previous } = { key: undefined, previous: undefined, ...credentials };
  try {
    const sealing = readSealing({ freshness: config.freshness, key: { key, previous } });
    return sealing ?? new McastError("key-missing");
  } catch (error) {
    if (error instanceof McastError) return error;
    throw error;
  }
}
