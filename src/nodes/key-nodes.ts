import type { NodeAPI } from "node-red";
import { McastError } from "../lib/errors";
import type { Sealing } from "../lib/sealed/sealing";

/**
 * The keys of the mcast-key nodes, or the reasons why they are not valid. A map outside the nodes keeps them, so that no debug
 * output of a node shows them.
 */
export const keyNodes = new WeakMap<object, Sealing | McastError>();

/**
 * Returns the key that a node has chosen by the id of an mcast-key node; undefined for a blank id. Throws ERR_MCAST_KEY if that
 * node is missing, disabled or without a value, as in a flow that was imported without its credentials. The node that uses the key
 * then sends nothing, so no datagram leaves as plaintext.
 */
export function sealingOf(RED: Pick<NodeAPI, "nodes">, id: unknown): Sealing | undefined {
  if (id === undefined || id === null || id === "") return undefined;
  const node: object | null | undefined = RED.nodes.getNode(String(id));
  const sealing = node ? keyNodes.get(node) : undefined;
  if (!sealing || sealing instanceof McastError) throw sealing ?? new McastError("key-absent");
  return sealing;
}
