import { hearsOldQuerier } from "../host/igmp-table";
import { hasFamily } from "../host/interfaces";
import { RECEIVE_BUFFER, type System } from "../host/system";
import type { Examination } from "./examination";
import { type Finding, type FindingId, finding, inWords, unknownFinding } from "./finding";

const DEFAULT_MEMBERSHIPS = 20;

/** Examines the settings of the kernel, and the queries that its IGMP receives. */
export function kernelFindings(examination: Examination): readonly Finding[] {
  const { hasProcTables, network } = examination;
  if (hasProcTables)
    return [
      reversePathFilter(examination),
      membershipLimit(examination),
      receiveBuffer(examination),
      igmpVersion(examination),
      oldQuerier(examination),
    ];
  const ids: readonly FindingId[] = ["reverse-path-filter", "membership-limit", "receive-buffer", "igmp-version", "old-querier"];
  return ids.map((id) => unknownFinding(id, `Unknown on ${network.system.platform}: ${id.replaceAll("-", " ")}.`, "Known on Linux only."));
}

function reversePathFilter({ network, tested }: Examination): Finding {
  const { system, interfaces } = network;
  const cards = interfaces.filter((local) => !local.internal && hasFamily(local, "IPv4"));
  const all = setting(system, "net.ipv4.conf.all.rp_filter");
  if (all === undefined) return unread("reverse-path-filter", "net.ipv4.conf.all.rp_filter");
  // The kernel takes the higher of both values; 1 is strict, 2 is loose (Documentation/networking/ip-sysctl).
  const strict = cards
    .map(({ name }) => name)
    .filter((name) => Math.max(all, setting(system, `net.ipv4.conf.${name}.rp_filter`) ?? 0) === 1);
  const details = { interfaces: strict };
  if (strict.length === 0) return finding("reverse-path-filter", "ok", { fact: "The reverse path filter is loose or off.", details });
  if (cards.length < 2)
    return finding("reverse-path-filter", "ok", {
      fact: `The reverse path filter is strict on ${inWords(strict)}, the only interface.`,
      details,
    });
  const level = strict.some((name) => tested.some((local) => local.name === name)) ? "warning" : "note";
  return finding("reverse-path-filter", level, {
    fact: `The reverse path filter is strict on ${inWords(strict)}, and this host has ${cards.length} interfaces.`,
    why: "The kernel drops datagrams from senders that it would reply to by another interface, and reports no error.",
    remedy: "sysctl -w net.ipv4.conf.all.rp_filter=2 (loose), or add a route to the subnet of the senders.",
    details,
  });
}

function membershipLimit({ network }: Examination): Finding {
  const name = "net.ipv4.igmp_max_memberships";
  const limit = setting(network.system, name);
  if (limit === undefined) return unread("membership-limit", name);
  const details = { limit };
  if (limit === 0)
    return finding("membership-limit", "fault", {
      fact: `${name} is 0.`,
      why: "No program can join an IPv4 group.",
      remedy: `sysctl -w ${name}=${DEFAULT_MEMBERSHIPS}`,
      details,
    });
  if (limit >= DEFAULT_MEMBERSHIPS) return finding("membership-limit", "ok", { fact: `Each socket may join ${limit} groups.`, details });
  return finding("membership-limit", "note", {
    fact: `Each socket may join ${limit} groups only (${name}).`,
    why: "This package has a socket for each group, so that the limit does not concern it. Other programs may fail.",
    remedy: `sysctl -w ${name}=${DEFAULT_MEMBERSHIPS}`,
    details,
  });
}

function receiveBuffer({ network }: Examination): Finding {
  const name = "net.core.rmem_max";
  const most = setting(network.system, name);
  if (most === undefined) return unread("receive-buffer", name);
  if (most >= RECEIVE_BUFFER)
    return finding("receive-buffer", "ok", { fact: `The receive buffer of a socket has ${RECEIVE_BUFFER} bytes.`, details: { most } });
  return finding("receive-buffer", "note", {
    fact: `The receive buffer of a socket has ${most} bytes (${name}).`,
    why: "Datagrams wait there while the program is busy. A burst that does not fit is lost; the finding receive-queue counts the losses.",
    remedy: `sysctl -w ${name}=${RECEIVE_BUFFER}`,
    details: { most },
  });
}

function igmpVersion({ network, tested, group }: Examination): Finding {
  const { system } = network;
  const file = group.family === "IPv4" ? "net.ipv4.conf.%.force_igmp_version" : "net.ipv6.conf.%.force_mld_version";
  const protocol = group.family === "IPv4" ? "IGMP" : "MLD";
  const names = ["all", ...tested.map(({ name }) => name)].map((each) => file.replace("%", each));
  if (setting(system, names[0] ?? "") === undefined) return unread("igmp-version", names[0] ?? "");
  const forced = names.filter((name) => (setting(system, name) ?? 0) > 0);
  if (forced.length === 0) return finding("igmp-version", "ok", { fact: `The version of ${protocol} is not forced.` });
  return finding("igmp-version", "warning", {
    fact: `The version of ${protocol} is forced: ${inWords(forced.map((name) => `${name} is ${setting(system, name)}`))}.`,
    why: "Source-specific groups need IGMPv3 or MLDv2. With older versions a refresh may lose datagrams for some milliseconds.",
    remedy: forced.map((name) => `sysctl -w ${name}=0`).join("; "),
    details: { forced },
  });
}

function oldQuerier({ network, tested }: Examination): Finding {
  const names = tested.map(({ name }) => name).filter((name) => hearsOldQuerier(name, network.system));
  if (names.length === 0) return finding("old-querier", "ok", { fact: "No querier of IGMP version 1 or 2 is heard." });
  return finding("old-querier", "note", {
    fact: `A querier of IGMP version 1 or 2 is heard on ${inWords(names)}.`,
    why: "The switches learn from it who listens. Source-specific joins do not work there, and the nodes skip their own refresh.",
    remedy: "Set the querier (in the router or switch) to IGMPv3 if you use source-specific groups.",
    details: { interfaces: names },
  });
}

function unread(id: FindingId, name: string): Finding {
  return unknownFinding(id, `${name} could not be read.`, `Read it where this network namespace was made: sysctl ${name}`);
}

// Reads a setting. The dots of its name are not simply slashes, because the name of an interface may contain a dot.
function setting(system: System, name: string): number | undefined {
  const [, before = name, device, last] = /^(net\.ipv[46]\.conf)\.(.+)\.(\w+)$/.exec(name) ?? [];
  const path = device === undefined ? before.replaceAll(".", "/") : [before.replaceAll(".", "/"), device, last].join("/");
  const text = system.readText(`/proc/sys/${path}`)?.trim();
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
