import type { NodeAPI } from "node-red";
import { multicast } from "../lib/process";

const served = new WeakSet<object>();

/** Serves the interfaces of the machine on which Node-RED runs to the editor. The first node that loads registers the route. */
export function serveInterfaces(RED: NodeAPI): void {
  if (!RED.httpAdmin || served.has(RED.httpAdmin)) return;
  served.add(RED.httpAdmin);
  RED.httpAdmin.get("/mcast/interfaces", RED.auth.needsPermission("mcast.read"), (_request, response) => {
    const interfaces = multicast.network().interfaces.map(({ name, internal, addresses }) => ({
      name,
      internal,
      addresses: addresses.map(({ address, family, cidr }) => ({ address, family, cidr })),
    }));
    response.json(interfaces);
  });
}
