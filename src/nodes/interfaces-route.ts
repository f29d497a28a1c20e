import type { NodeAPI } from "node-red";
import { multicast } from "../lib";

const served = new WeakSet<object>();

/** Serves the editor the interfaces of the machine that Node-RED runs on, once, whichever of the nodes is loaded first. */
export function serveInterfaces(RED: NodeAPI): void {
  if (!RED.httpAdmin || served.has(RED.httpAdmin)) return;
  served.add(RED.httpAdmin);
  RED.httpAdmin.get("/mcast/interfaces", RED.auth.needsPermission("mcast.read"), (_request, response) => {
    const interfaces = multicast.interfaces().map(({ name, internal, addresses }) => ({
      name,
      internal,
      addresses: addresses.map(({ address, family, cidr }) => ({ address, family, cidr })),
    }));
    response.json(interfaces);
  });
}
