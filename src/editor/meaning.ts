import { type Group, isSourceSpecific } from "../lib/address";

// By the whole address, then by how it begins; the first that fits. RFC 5771, 2365, 3171 and 4607 for IPv4, 4291 and 7346 for IPv6.
const KNOWN: Readonly<Record<string, string>> = {
  "224.0.0.1": "meaning.allHosts",
  "ff02::1": "meaning.allHosts",
  "224.0.0.251": "meaning.mdns",
  "ff02::fb": "meaning.mdns",
  "239.255.255.250": "meaning.ssdp",
  "ff02::c": "meaning.ssdp",
  "ff05::c": "meaning.ssdp",
};
const BY_BEGINNING: readonly (readonly [beginning: RegExp, key: string])[] = [
  [/^224\.0\.0\./, "meaning.linkLocal"],
  [/^233\.252\.0\./, "meaning.documentation"],
  [/^239\.255\./, "meaning.siteLocal"],
  [/^239\./, "meaning.organisationLocal"],
  [/^2/, "meaning.global"],
  [/^ff.1:/, "meaning.interfaceLocal"],
  [/^ff.2:/, "meaning.linkLocal"],
  [/^ff.[345]:/, "meaning.siteLocal"],
  [/^ff.8:/, "meaning.organisationLocal"],
];

/** The key of the words that say what a group's address means: how far it goes, and whose it is. */
export function meaningOf(group: Group): string {
  const { address } = group;
  if (isSourceSpecific(group)) return "meaning.sourceSpecific";
  return KNOWN[address] ?? BY_BEGINNING.find(([beginning]) => beginning.test(address))?.[1] ?? "meaning.global";
}
