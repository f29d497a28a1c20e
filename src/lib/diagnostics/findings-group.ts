import { formatEndpoint, type Group, isLinkScoped, isSourceSpecific } from "../address";
import type { Examination } from "./examination";
import { type Finding, finding } from "./finding";

// Protocols with programs on many hosts, by group and port.
const PROTOCOLS: readonly { readonly name: string; readonly port: number; readonly groups: readonly string[] }[] = [
  { name: "mDNS (Bonjour, Avahi)", port: 5353, groups: ["224.0.0.251", "ff02::fb"] },
  { name: "SSDP (UPnP)", port: 1900, groups: ["239.255.255.250", "ff02::c", "ff05::c"] },
  { name: "LLMNR", port: 5355, groups: ["224.0.0.252", "ff02::1:3"] },
  { name: "WS-Discovery", port: 3702, groups: ["239.255.255.250", "ff02::c"] },
  { name: "CoAP", port: 5683, groups: ["224.0.1.187", "ff02::fd", "ff05::fd"] },
  { name: "PTP", port: 319, groups: ["224.0.1.129", "ff0e::181"] },
  { name: "PTP", port: 320, groups: ["224.0.1.129", "ff0e::181"] },
  { name: "NTP", port: 123, groups: ["224.0.1.1", "ff05::101"] },
  { name: "SIP", port: 5060, groups: ["224.0.1.75"] },
  { name: "RIPv2", port: 520, groups: ["224.0.0.9"] },
];

/** Examines the kind of the group and its port. */
export function groupFindings({ group, port, multicast }: Examination): readonly Finding[] {
  const about = (level: "ok" | "note" | "warning", fact: string, why = "", remedy = "") =>
    finding("group-kind", level, { fact, why, remedy, details: { group: group.address, port } });
  const protocol = PROTOCOLS.find((each) => each.port === port);
  const found: Finding[] = [];
  if (isSourceSpecific(group)) {
    const isAllowed = multicast.memberships.some(({ options }) => options.group.address === group.address && options.sources.length > 0);
    found.push(
      isAllowed
        ? about("ok", `${group.address} is a source-specific group, and is joined for the senders of Allow.`)
        : sourceSpecific(about, group),
    );
  } else if (isLinkLocal(group)) {
    found.push(
      about(
        "note",
        `${group.address} belongs to one link.`,
        "Routers never forward it, whatever the TTL. Its addresses are assigned to protocols, except 224.0.0.1 and ff02::1 (all hosts).",
        "For your own use, choose a group from 239.255.0.0/16.",
      ),
    );
  }
  if (protocol?.groups.includes(group.address))
    found.push(
      about(
        "note",
        `${formatEndpoint(group.address, port)} is ${protocol.name}.`,
        "Other programs on this host may use it too. This port as *Source port*, and *Unicast*, would divert replies from them.",
      ),
    );
  else if (protocol)
    found.push(
      about(
        "warning",
        `Port ${port} is that of ${protocol.name}, whose group is ${protocol.groups[0]}.`,
        "Programs of that protocol get your datagrams, where they listen on every group, and you may get theirs.",
        "Choose a port from 49152 to 65535.",
      ),
    );
  return found.length > 0
    ? found
    : [about("ok", `${formatEndpoint(group.address, port)} is free for your use, or belongs to a protocol that the doctor does not know.`)];
}

function sourceSpecific(about: (level: "warning", fact: string, why: string, remedy: string) => Finding, { address }: Group): Finding {
  return about(
    "warning",
    `${address} is a source-specific group, and this process has not joined it for a sender.`,
    "Routers and switches pass such a group only to hosts that have named its senders (RFC 4607).",
    "List the senders under Allow (--allow), or choose a group outside 232.0.0.0/8 and ff3x::/32.",
  );
}

function isLinkLocal(group: Group): boolean {
  return isLinkScoped(group) || group.address.startsWith("224.0.0.");
}
