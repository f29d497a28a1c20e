import { type Group, isSourceSpecific } from "../lib/address";

// The meanings of addresses, by whole address, then by prefix; the first match counts. IPv4: RFC 5771, 2365, 3171 and 4607. IPv6:
// RFC 4291 and 7346.
const KNOWN: Readonly<Record<string, string>> = {
  "224.0.0.1": "meaning.allHosts",
  "ff02::1": "meaning.allHosts",
  "224.0.0.251": "meaning.mdns",
  "ff02::fb": "meaning.mdns",
  "239.255.255.250": "meaning.ssdp",
  "ff02::c": "meaning.ssdp",
  "ff05::c": "meaning.ssdp",
};
const BY_PREFIX: readonly (readonly [prefix: RegExp, key: string])[] = [
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

/** The catalogue key for the meaning of a group's address: its scope and its assignment. */
export function meaningOf(group: Group): string {
  const { address } = group;
  if (isSourceSpecific(group)) return "meaning.sourceSpecific";
  return KNOWN[address] ?? BY_PREFIX.find(([prefix]) => prefix.test(address))?.[1] ?? "meaning.global";
}
