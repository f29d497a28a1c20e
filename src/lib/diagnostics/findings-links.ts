import type { LinkFacts } from "../host/link";
import type { CommandResult } from "../host/system";
import type { Examination } from "./examination";
import { type Finding, finding, inWords, unknownFinding } from "./finding";

// The hardware type of Ethernet and Wi-Fi (linux/if_arp.h). Tunnels without multicast are nothing unusual.
const ETHERNET = 1;

/** Examines what the links carry: the MULTICAST flag, the carrier, and the power save mode of Wi-Fi. */
export async function linkFindings(examination: Examination): Promise<readonly Finding[]> {
  const { hasProcTables, links, network } = examination;
  if (!hasProcTables || links.size === 0) {
    const needed = hasProcTables
      ? "Make /proc and /sys readable. /sys must show the network namespace of this program."
      : "Look at the network settings of the system.";
    return [
      unknownFinding("multicast-flag", `Unknown on ${network.system.platform}: the MULTICAST flag of the interfaces.`, needed),
      unknownFinding("carrier", `Unknown on ${network.system.platform}: interfaces without a carrier.`, needed),
      unknownFinding("wifi", `Unknown on ${network.system.platform}: which interfaces are Wi-Fi.`, needed),
    ];
  }
  return [multicastFlag(examination), carrier(examination), ...(await wifi(examination))];
}

function isNamed({ iface }: Examination, name: string): boolean {
  return typeof iface === "object" && iface.includes(name);
}

function outward({ links }: Examination): readonly LinkFacts[] {
  return [...links.values()].filter(({ isLoopback }) => !isLoopback);
}

function multicastFlag(examination: Examination): Finding {
  const without = outward(examination).filter((facts) => facts.isUp && !facts.isMulticast);
  const names = without.map(({ name }) => name);
  if (names.length === 0) return finding("multicast-flag", "ok", { fact: "Every interface that is up carries multicast." });
  const level = names.some((name) => isNamed(examination, name))
    ? "fault"
    : without.some(({ type }) => type === ETHERNET)
      ? "warning"
      : "note";
  return finding("multicast-flag", level, {
    fact: `No multicast on ${inWords(names)}: the flag MULTICAST is not set.`,
    why: "The choice `all` leaves out an interface without the flag. Tunnels such as WireGuard never have it; a network card normally has.",
    remedy: `ip link set ${names[0]} multicast on (does not help for a tunnel)`,
    details: { interfaces: names },
  });
}

function carrier(examination: Examination): Finding {
  const dead = outward(examination).filter(
    (facts) => (facts.isUp && facts.hasCarrier === false) || (isNamed(examination, facts.name) && !facts.isUp),
  );
  if (dead.length === 0) return finding("carrier", "ok", { fact: "Every interface that is up has a carrier." });
  const names = dead.map(({ name }) => name);
  const isMeant = examination.usable.length === 0 || names.some((name) => isNamed(examination, name));
  return finding("carrier", isMeant ? "fault" : "note", {
    fact: dead.map(({ name, isUp }) => (isUp ? `${name} is up, but has no carrier.` : `${name} is down.`)).join(" "),
    why: "Nothing can be sent or received there until the cable is plugged in, or the access point is in reach.",
    remedy: "Plug in the cable, or connect to the Wi-Fi. For an interface that is down: ip link set NAME up",
    details: { interfaces: names },
  });
}

async function wifi(examination: Examination): Promise<readonly Finding[]> {
  const wireless = outward(examination).filter(({ isUp, isWireless, hasCarrier }) => isUp && isWireless && hasCarrier !== false);
  if (wireless.length === 0) return [finding("wifi", "ok", { fact: "No Wi-Fi interface is in use." })];
  return Promise.all(wireless.map(({ name }) => powerSave(name, examination)));
}

async function powerSave(name: string, { network }: Examination): Promise<Finding> {
  const result = await network.system.run("iw", ["dev", name, "get", "power_save"]);
  const [, state] = (result.kind === "done" && /Power save: (on|off)/i.exec(result.text)) || [];
  const details = { interface: name, powerSave: state };
  const why =
    "Access points send multicast slowly and without repeating what is lost. With power save on, the host sleeps through some of it.";
  if (state === undefined) {
    return finding("wifi", "unknown", {
      fact: `${name} is Wi-Fi. Its power save mode is not known: ${whyUnknown(result)}.`,
      why,
      remedy: "Install iw, then run the doctor again.",
      details,
    });
  }
  if (state === "on")
    return finding("wifi", "warning", {
      fact: `${name} is Wi-Fi with power save on.`,
      why,
      remedy: `iw dev ${name} set power_save off (nmcli connection modify NAME wifi.powersave 2 makes it permanent)`,
      details,
    });
  return finding("wifi", "note", {
    fact: `${name} is Wi-Fi with power save off.`,
    why: "Access points may still filter multicast (client isolation, IGMP snooping).",
    details,
  });
}

function whyUnknown(result: CommandResult): string {
  if (result.kind === "absent") return "the program iw is not installed";
  return result.kind === "failed" ? result.reason : "iw does not report it";
}
