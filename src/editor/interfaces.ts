import { words } from "./red";

interface Interface {
  readonly name: string;
  readonly addresses: readonly { readonly address: string }[];
}

/** Offers the words and the names of the runtime's own interfaces in the fields that take an interface; anything else may be typed too. */
export function suggestInterfaces(): void {
  const offer = (value: string, label: string) => $("<option>", { value, label }).appendTo("#mcast-interfaces");
  offer("all", words("iface.all"));
  offer("default", words("iface.default"));
  $.getJSON("mcast/interfaces", (interfaces: readonly Interface[]) => {
    for (const { name, addresses } of interfaces) offer(name, addresses.map(({ address }) => address).join(", "));
  });
}
