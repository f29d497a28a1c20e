import { McastError } from "../lib/errors";
import { type ChoicePreview, type InterfaceReport, previewChoice, reportInterfaces } from "../lib/host/interface-report";
import { joinOptions } from "../lib/options/options";
import { multicast } from "../lib/process-wide/multicast";

// The most groups for which a form may request the result of its choice.
const MAX_GROUPS = 64;

/**
 * Responds to `GET mcast/interfaces` with the interfaces of the machine on which Node-RED runs. With the query `iface` and `group`
 * (one or several, separated by commas), it responds with the interfaces that this choice selects now.
 */
export function interfacesResponse(query: { readonly iface?: unknown; readonly group?: unknown }): {
  readonly status: number;
  readonly body: object;
} {
  if (query.iface === undefined) return { status: 200, body: reportInterfaces(multicast.network()).map(listed) };
  try {
    return { status: 200, body: preview(query) };
  } catch (error) {
    if (!(error instanceof McastError)) throw error;
    return { status: 400, body: { code: error.code, message: error.message } };
  }
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
