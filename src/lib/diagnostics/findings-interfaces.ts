import { chooseInterfaces } from "../host/interface-choice";
import { SYSTEM_CHOICE } from "../host/interfaces";
import { routeDevice } from "../host/routes";
import type { Examination } from "./examination";
import { type Finding, finding, inWords, unknownFinding } from "./finding";

/** Examines the interfaces: the existing ones, those on one link, and those that a choice selects. */
export function interfaceFindings(examination: Examination): readonly Finding[] {
  const { network, iface } = examination;
  if (network.unlisted) return [unlisted(network.unlisted.message)];
  return [
    list(examination),
    oneLink(examination),
    defaultChoice(examination),
    allChoice(examination),
    ...(typeof iface === "object" ? [namedChoice(examination, iface)] : []),
  ];
}

function unlisted(fact: string): Finding {
  return unknownFinding(
    "interfaces",
    fact,
    "Allow AF_NETLINK (systemd: RestrictAddressFamilies), or name a local address as the interface.",
  );
}

function list({ network }: Examination): Finding {
  const described = network.interfaces.map(
    ({ name, addresses }) => `${name} (${addresses.map(({ cidr, address }) => cidr ?? address).join(", ")})`,
  );
  if (described.length === 0)
    return finding("interfaces", "fault", {
      fact: "No interface has an address.",
      remedy: "ip link set lo up; connect the host to a network.",
    });
  return finding("interfaces", "ok", {
    fact: `Interfaces: ${described.join("; ")}.`,
    details: { interfaces: network.interfaces.map(({ name }) => name) },
  });
}

function oneLink({ usable }: Examination): Finding {
  const links = [...new Set(usable.map(({ link }) => link))].map((link) =>
    usable.filter((local) => local.link === link).map(({ name }) => name),
  );
  const shared = links.filter(({ length }) => length > 1);
  if (shared.length === 0) return finding("one-link", "ok", { fact: "No two usable interfaces are on one network.", details: { links } });
  return finding("one-link", "note", {
    fact: shared.map((names) => `${inWords(names)} are on one network.`).join(" "),
    why: "The choice `all` uses one of them, and another one takes over if it fails. Interfaces that you name are all used, and each one gets every datagram.",
    details: { links },
  });
}

function defaultChoice(examination: Examination): Finding {
  const { group, network } = examination;
  const { targets, missing } = chooseInterfaces("default", group, [], network);
  const details = { interfaces: targets.map(({ name }) => name), route: routeDevice(network.system, group.address) };
  const [target] = targets;
  if (!target)
    return finding("interface-default", "warning", {
      fact: `The interface \`default\` selects nothing for ${group.address}: ${missing?.message ?? "no interface"}.`,
      why: "mcast say and echoes wait for an interface, unless one is named.",
      remedy: `Name the interface, or add a route: ip route add ${group.family === "IPv4" ? "224.0.0.0/4" : "ff00::/8"} dev ${examination.usable[0]?.name ?? "eth0"}`,
      details,
    });
  if (target.name === SYSTEM_CHOICE)
    return finding("interface-default", "note", {
      fact: `The system chooses the interface \`default\` for ${group.address} at each call.`,
      why: "Policy rules or several equal routes leave it open, so that messages do not say on which interface they came in.",
      remedy: "Name the interface.",
      details,
    });
  return finding("interface-default", "ok", {
    fact: `\`default\` is ${target.name} for ${group.address}: ${reasonOf(details.route, target.name)}.`,
    details,
  });
}

function reasonOf(route: ReturnType<typeof routeDevice>, name: string): string {
  if (route.kind === "device" && route.device === name)
    return route.hasGateway ? "the route by its gateway fits best" : "the route to the group uses it";
  if (route.kind === "none" || route.kind === "rejected") return "there is no route, and no other usable interface";
  return "the system would send from its address";
}

function allChoice({ group, network, usable }: Examination): Finding {
  const { targets, standBy, missing } = chooseInterfaces("all", group, [], network);
  const names = targets.map(({ name }) => name);
  const leftOut = network.interfaces.filter((local) => !local.internal && !usable.includes(local)).map(({ name }) => name);
  const details = { interfaces: names, standBy, leftOut };
  const notUsed =
    leftOut.length > 0 ? ` Not used: ${inWords(leftOut)} (no multicast, no ${group.family} address, a container's or a tunnel's).` : "";
  if (names.length === 0)
    return finding("interface-all", "warning", {
      fact: `\`all\` selects nothing: ${missing?.message ?? "no interface"}.${notUsed}`,
      why: "mcast recv and mcast hear wait for an interface.",
      remedy: "Name the interface to use.",
      details,
    });
  const instead = standBy.map((each) => ` ${each.interface} stands by for ${each.insteadOf}.`).join("");
  const only = usable.length === 0 ? ", because there is no other interface" : "";
  return finding("interface-all", "ok", { fact: `\`all\` is ${inWords(names)}${only}.${instead}${notUsed}`, details });
}

function namedChoice({ group, network }: Examination, choice: readonly string[]): Finding {
  const { interfaces } = network;
  const available = (names: readonly string[]) =>
    chooseInterfaces(names, group, [], network).targets.filter(({ name }) => interfaces.some((local) => local.name === name));
  const here = available(choice);
  const absent = choice.filter((name) => available([name]).length === 0);
  const details = { choice, interfaces: here.map(({ name }) => name), absent };
  if (absent.length > 0)
    return finding("interface-named", "fault", {
      fact: `Missing, or without an address: ${inWords(absent)}.`,
      why: "A node waits for an interface that is named; it never uses another.",
      remedy: `Name one of these: ${inWords(interfaces.map(({ name }) => name))}. Or bring it up: ip link set NAME up.`,
      details,
    });
  const described = here.map(({ name, source }) => (source === undefined ? name : `${name} with the address ${source}`));
  return finding("interface-named", "ok", { fact: `Available: ${inWords(described)}.`, details });
}
