import { isContainerName } from "../host/interface-names";
import type { System } from "../host/system";
import type { Examination } from "./examination";
import { type Finding, finding, inWords, unknownFinding } from "./finding";

/** Examines the bridges of this host: a bridge that snoops without a querier forgets the listeners. */
export async function bridgeFindings({ hasProcTables, links, network }: Examination): Promise<readonly Finding[]> {
  if (!hasProcTables || links.size === 0)
    return [
      unknownFinding(
        "bridge-querier",
        "The bridges of this host are not known.",
        "Known on Linux only, with /proc and /sys readable. /sys must show the network namespace of this program.",
      ),
    ];
  const { system } = network;
  const snooping = [...links.keys()].filter(
    (name) => !isContainerName(name) && flag(system, name, "snooping") && !flag(system, name, "querier"),
  );
  const heard = await Promise.all(snooping.map((name) => hearsQuerier(system, name)));
  const without = snooping.filter((_name, at) => !heard[at]);
  if (without.length === 0) return [finding("bridge-querier", "ok", { fact: "No bridge of this host snoops without a querier." })];
  return [
    finding("bridge-querier", "warning", {
      fact: `IGMP snooping without a querier on ${inWords(without)}.`,
      why: "After about 260 s the bridge forgets who listens, and passes nothing on. A refresh helps only the groups that these nodes join.",
      remedy: `ip link set ${without[0]} type bridge mcast_querier 1, or enable a querier in the router.`,
      details: { bridges: without },
    }),
  ];
}

function flag(system: System, name: string, setting: "snooping" | "querier"): boolean {
  return system.readText(`/sys/class/net/${name}/bridge/multicast_${setting}`)?.trim() === "1";
}

// Returns true if a bridge knows a querier. Linux provides this by netlink only (kernel 5.16, iproute2 5.15 and later).
async function hearsQuerier(system: System, name: string): Promise<boolean> {
  const result = await system.run("ip", ["-d", "-j", "link", "show", "dev", name]);
  return result.kind === "done" && /"mcast_querier_ipv[46]_addr":"(?!0\.0\.0\.0"|::")/.test(result.text);
}
