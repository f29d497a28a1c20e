import type { NodeAPI } from "node-red";
import { McastError } from "../lib/errors";
import { type ChoicePreview, type InterfaceReport, previewChoice, reportInterfaces } from "../lib/host/interface-report";
import { joinOptions } from "../lib/options/options";
import { multicast } from "../lib/process-wide/multicast";

// The most groups for which a form may request the result of its choice.
const MAX_GROUPS = 64;

const served = new WeakSet<object>();

/**
 * Serves the interfaces of the machine on which Node-RED runs to the editor. With the query `iface` and `group` (one or several,
 * separated by commas), it serves the interfaces that this choice selects now. The first node that loads registers the route.
 */
export function serveInterfaces(RED: NodeAPI): void {
  if (!RED.httpAdmin || served.has(RED.httpAdmin)) return;
  served.add(RED.httpAdmin);
  RED.httpAdmin.get("/mcast/interfaces", RED.auth.needsPermission("mcast.read"), ({ query }, response) => {
    if (query.iface === undefined) return void response.json(reportInterfaces(multicast.network()).map(listed));
    try {
      response.json(preview(query));
    } catch (error) {
      if (!(error instanceof McastError)) throw error;
      response.status(400).json({ code: error.code, message: error.message });
    }
  });
}

function listed({ name, internal, addresses, isWireless, sameNetworkAs, unusable }: InterfaceReport): object {
  return {
    name,
    internal,
    addresses: addresses.map(({ address, family, cidr }) => ({ address, family, cidr })),
    wireless: isWireless,
    sameNetworkAs,
    usable: unusable === undefined,
    reason: unusable,
  };
}

function preview({ iface, group }: { readonly iface?: unknown; readonly group?: unknown }): ChoicePreview {
  const groups = String(group ?? "").split(",");
  const joins = groups.slice(0, MAX_GROUPS).map((each) => joinOptions({ group: each, iface }));
  return previewChoice(joins, multicast.network());
}
