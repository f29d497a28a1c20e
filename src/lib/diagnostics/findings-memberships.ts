import { type JoinedGroup, joinedGroups } from "../host/igmp-table";
import { SYSTEM_CHOICE } from "../host/interfaces";
import type { Examination } from "./examination";
import { type Finding, finding, inWords, unknownFinding } from "./finding";

/** Compares the memberships of this process, and the examined group, with the memberships in the kernel. */
export function membershipFindings({ group, multicast, network }: Examination): readonly Finding[] {
  const joined = joinedGroups(network.system);
  if (!joined)
    return [
      unknownFinding(
        "membership",
        "This system does not list joined groups.",
        "macOS: netstat -gn; Windows: netsh interface ip show joins",
      ),
    ];
  const isJoined = (name: string, address: string) =>
    name === SYSTEM_CHOICE || joined.some((each) => each.interface === name && each.group === address);
  const wanted = multicast.memberships.flatMap(({ options, state, isUnicast }) =>
    !isUnicast && "interfaces" in state ? state.interfaces.map((name) => ({ group: options.group.address, interface: name })) : [],
  );
  const lost = wanted.filter((each) => !isJoined(each.interface, each.group));
  return [lost.length > 0 ? lostFinding(lost) : joinedFinding(group.address, joined, wanted.length)];
}

function lostFinding(lost: readonly { readonly group: string; readonly interface: string }[]): Finding {
  return finding("membership", "fault", {
    fact: `Joined by this process, but not in the kernel: ${inWords(lost.map((each) => `${each.group} on ${each.interface}`))}.`,
    why: "The interface was made again, or its memberships were removed. The nodes join again within some seconds.",
    remedy: "Run the doctor again. If the finding stays, deploy the flow again and report the problem.",
    details: { lost },
  });
}

function joinedFinding(address: string, joined: readonly JoinedGroup[], wanted: number): Finding {
  const here = joined.filter((each) => each.group === address);
  const details = { group: address, joined: here, wanted };
  // Every host is always a member of these.
  const isEverybodys = address === "224.0.0.1" || address === "ff02::1";
  if (here.length === 0)
    return finding("membership", "note", {
      fact: `No program on this host has joined ${address}.`,
      why: "This host receives the group only while a program has joined it. Sending needs no membership.",
      remedy: "Deploy a node that joins the group, or run mcast recv, and run the doctor again.",
      details,
    });
  const places = inWords(here.map((each) => `${each.interface} (${each.sockets} ${each.sockets === 1 ? "socket" : "sockets"})`));
  return finding("membership", "ok", {
    fact: `${address} is joined on ${places}${isEverybodys ? ", by the system itself too" : ""}.`,
    details,
  });
}
