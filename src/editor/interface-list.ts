import { matchesAddress } from "../lib/address";
import { isContainerName, type Unusable } from "../lib/host/interface-names";
import { translate } from "./catalogue";

/** An interface as the runtime serves it. */
export interface Interface {
  readonly name: string;
  readonly internal: boolean;
  readonly addresses: readonly { readonly address: string }[];
  readonly wireless: boolean;
  readonly sameNetworkAs?: string;
  readonly usable: boolean;
  readonly reason?: Unusable;
}

/** The interfaces that a choice selects now, as the runtime serves them. */
export interface Preview {
  readonly names: readonly { readonly name: string; readonly address?: string }[];
  readonly standBy: readonly { readonly interface: string }[];
  readonly missing: readonly { readonly reason: string; readonly details: object }[];
}

// The most names in a note; more would not fit under the field.
const MOST_SHOWN = 4;

let known: readonly Interface[] | undefined;
let previews = new Map<string, Preview | undefined>();
let onNews: () => void = () => {};

/** Requests the interfaces of the runtime's machine. Calls back when they have arrived, and later for each preview. */
export function loadInterfaces(onLoaded: () => void): void {
  known = undefined;
  previews = new Map();
  onNews = onLoaded;
  $.getJSON("mcast/interfaces", (interfaces: readonly Interface[]) => {
    known = interfaces;
    onNews();
  });
}

/** The interfaces of the runtime's machine; none before the runtime has sent them. */
export function knownInterfaces(): readonly Interface[] {
  return known ?? [];
}

/** True where the runtime's machine does not list its interfaces. */
export function isUnlisted(): boolean {
  return known?.length === 0;
}

/** Returns the interfaces that a choice selects now for some groups; undefined until the runtime has replied. */
export function previewOf(iface: string, groups: readonly string[]): Preview | undefined {
  const query = $.param({ iface, group: groups.join(",") });
  if (!previews.has(query)) {
    previews.set(query, undefined);
    $.getJSON(`mcast/interfaces?${query}`, (preview: Preview) => {
      previews.set(query, preview);
      onNews();
    });
  }
  return previews.get(query);
}

/** Returns the entries of a choice that fit no interface of the runtime's machine now; none before the runtime has sent its interfaces. */
export function notFoundIn(choice: string): readonly string[] {
  return knownInterfaces().length === 0 ? [] : namesIn(choice).filter((word) => interfacesOf(word).length === 0);
}

/** The names of the interfaces that a name, an address or a range stands for. */
export function interfacesOf(word: string): readonly string[] {
  const found = knownInterfaces().filter(
    ({ name, addresses }) => name === word || addresses.some(({ address }) => matchesAddress(word, address)),
  );
  return found.map(({ name }) => name);
}

/** The names, addresses and ranges in a choice; none for `all` and `default`. */
export function namesIn(choice: unknown): readonly string[] {
  return entriesIn(choice).filter((word) => !["all", "default"].includes(word));
}

/** The entries of a choice, which commas separate. */
export function entriesIn(choice: unknown): readonly string[] {
  const typed = String(choice ?? "").split(",");
  return typed.map((word) => word.trim()).filter((word) => word !== "");
}

/** The interfaces of the runtime's machine, `eth0 (192.168.1.5), wlan0 (10.0.0.7)`; loopback and containers' only where there are no others. */
export function availableInterfaces(): string {
  const interfaces = knownInterfaces().filter(({ reason }) => reason !== "down");
  const outward = interfaces.filter(({ name, internal }) => !internal && !isContainerName(name));
  return namesWithAddresses((outward.length > 0 ? outward : interfaces).map(({ name, addresses: [first] }) => ({ name, ...first })));
}

/** Returns the selected interfaces as a text: `Will use eth0 (192.168.1.5)`. */
export function usedText({ names, standBy }: Preview): string {
  const used = names.length > 0 ? [translate("hint.willUse", { names: namesWithAddresses(names) })] : [];
  const others = standBy.length > 0 ? [translate("hint.standBy", { names: standBy.map((each) => each.interface).join(", ") })] : [];
  return [...used, ...others].join("; ");
}

/** Returns the reasons why a choice waits, and its limits, except that interfaces are missing which the list names. */
export function missingText({ missing }: Preview, listed: readonly string[]): string {
  const isListed = (names: unknown) =>
    String(names)
      .split(", ")
      .every((name) => listed.includes(name));
  const others = missing.filter(
    ({ reason, details }) => !(reason === "interface-absent" && "interface" in details && isListed(details.interface)),
  );
  return others.map(({ reason, details }) => translate(`reason.${reason}`, details)).join("; ");
}

function namesWithAddresses(names: Preview["names"]): string {
  const shown = names.map(({ name, address }) => (address === undefined ? name : `${name} (${address})`));
  return shown.length > MOST_SHOWN ? `${shown.slice(0, MOST_SHOWN).join(", ")}, …` : shown.join(", ");
}
