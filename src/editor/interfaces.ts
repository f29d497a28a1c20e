import { isContainerName } from "../lib/host/interface-names";
import { words } from "./red";

interface Interface {
  readonly name: string;
  readonly internal: boolean;
  readonly addresses: readonly { readonly address: string }[];
}

// More names would not fit under the field.
const MOST_SHOWN = 4;

let known: readonly Interface[] = [];

/**
 * Suggests `all`, `default` and the interfaces of the runtime's machine in the fields for an interface; after a comma, the
 * interfaces that are left. Calls back once the runtime has sent its interfaces.
 */
export function suggestInterfaces(onKnown: () => void): void {
  const fields = $("#node-input-iface, #node-input-echoIface");
  const offer = (input: JQuery) => offerAfter(String(input.val() ?? ""));
  fields.on("input focus", (event) => offer($(event.target)));
  offerAfter("");
  $.getJSON("mcast/interfaces", (interfaces: readonly Interface[]) => {
    known = interfaces;
    offerAfter("");
    onKnown();
  });
}

/** The names and addresses in a choice that the runtime's machine lacks now; none before the runtime has sent its interfaces. */
export function notFoundIn(choice: string): readonly string[] {
  const found = known.flatMap(({ name, addresses }) => [name, ...addresses.map(({ address }) => address)]);
  return known.length === 0 ? [] : namesIn(choice).filter((word) => !found.includes(word) && !word.includes("/"));
}

/** The names, addresses and ranges in a choice; none for `all` and `default`. */
export function namesIn(choice: unknown): readonly string[] {
  const typed = String(choice ?? "").split(",");
  return typed.map((word) => word.trim()).filter((word) => !["", "all", "default"].includes(word));
}

/** The interfaces of the runtime's machine, `eth0 (192.168.1.5), wlan0 (10.0.0.7)`; loopback and containers' only where there are no others. */
export function availableInterfaces(): string {
  const outward = known.filter(({ name, internal }) => !internal && !isContainerName(name));
  const shown = (outward.length > 0 ? outward : known).map(({ name, addresses: [first] }) => (first ? `${name} (${first.address})` : name));
  return shown.length > MOST_SHOWN ? `${shown.slice(0, MOST_SHOWN).join(", ")}, …` : shown.join(", ");
}

function offerAfter(typed: string): void {
  const before = typed.slice(0, typed.lastIndexOf(",") + 1);
  const list = $("#mcast-interfaces").empty();
  const add = (value: string, label: string) =>
    $("<option>", { value: before === "" ? value : `${before} ${value}`, label }).appendTo(list);
  if (before === "") {
    add("all", words("iface.all"));
    add("default", words("iface.default"));
  }
  for (const { name, addresses } of known) {
    if (!before.split(",").some((word) => word.trim() === name)) add(name, addresses.map(({ address }) => address).join(", "));
  }
}
