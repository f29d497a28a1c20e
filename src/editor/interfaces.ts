import { isContainers } from "../lib/options/options";
import { words } from "./red";

interface Interface {
  readonly name: string;
  readonly internal: boolean;
  readonly addresses: readonly { readonly address: string }[];
}

// More would not be read.
const MOST_TOLD = 4;

let known: readonly Interface[] = [];

/**
 * Offers the words and the names of the runtime's own interfaces in the fields that take an interface, one after the other where
 * several are typed; anything else may be typed too. Calls back when the runtime has told them.
 */
export function suggestInterfaces(told: () => void): void {
  const fields = $("#node-input-iface, #node-input-echoIface");
  const offer = (input: JQuery) => offerAfter(String(input.val() ?? ""));
  fields.on("input focus", (event) => offer($(event.target)));
  offerAfter("");
  $.getJSON("mcast/interfaces", (interfaces: readonly Interface[]) => {
    known = interfaces;
    offerAfter("");
    told();
  });
}

/** The names and addresses among the words of a choice that the runtime's machine does not have at the moment, once it has told. */
export function absentAmong(choice: string): readonly string[] {
  const here = known.flatMap(({ name, addresses }) => [name, ...addresses.map(({ address }) => address)]);
  return known.length === 0 ? [] : namesIn(choice).filter((word) => !here.includes(word) && !word.includes("/"));
}

/** The names, addresses and ranges of a choice; none in one that leaves the interface to the runtime. */
export function namesIn(choice: unknown): readonly string[] {
  const typed = String(choice ?? "").split(",");
  return typed.map((word) => word.trim()).filter((word) => !["", "all", "default"].includes(word));
}

/** The runtime's own interfaces that lead out, `eth0 (192.168.1.5), wlan0 (10.0.0.7)`; the others only where there are none. */
export function interfacesHere(): string {
  const outward = known.filter(({ name, internal }) => !internal && !isContainers(name));
  const told = (outward.length > 0 ? outward : known).map(({ name, addresses: [first] }) => (first ? `${name} (${first.address})` : name));
  return told.length > MOST_TOLD ? `${told.slice(0, MOST_TOLD).join(", ")}, …` : told.join(", ");
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
