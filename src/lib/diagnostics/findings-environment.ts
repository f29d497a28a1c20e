import { isInContainer } from "../host/container";
import type { LocalAddress } from "../host/interfaces";
import type { Examination } from "./examination";
import { type Finding, finding, inWords, unknownFinding } from "./finding";

/** Examines the environment of the program: with a network, in a container, in WSL 2, in a virtual machine. */
export function environmentFindings(examination: Examination): readonly Finding[] {
  const { hasProcTables, network } = examination;
  if (hasProcTables) return [anyNetwork(examination), container(examination), wsl(examination), virtualMachine(examination)];
  const needed = "Compare the address of this host with those of the other hosts: they must be in one subnet.";
  const unknown = (["container", "virtual-machine"] as const).map((id) =>
    unknownFinding(id, `Unknown on ${network.system.platform}: a ${id.replace("-", " ")}.`, needed),
  );
  return [anyNetwork(examination), ...unknown];
}

function anyNetwork({ group, network, usable }: Examination): Finding {
  if (network.unlisted) return unknownFinding("network", "The interfaces could not be listed.", "Allow AF_NETLINK.");
  const names = usable.map(({ name }) => name);
  if (names.length > 0)
    return finding("network", "ok", {
      fact: `${inWords(names)} can carry ${group.family} multicast to a network.`,
      details: { interfaces: names },
    });
  return finding("network", "fault", {
    fact: `No interface can carry ${group.family} multicast to a network.`,
    why: "Datagrams reach programs on this host only, or no program at all.",
    remedy: `Connect the host to a network. The interface must be up, with an ${group.family} address. A container's or a tunnel's interface does not count; name it to use it.`,
  });
}

function container({ network }: Examination): Finding {
  const { system, interfaces } = network;
  const isInside = isInContainer(system);
  if (!isInside) return finding("container", "ok", { fact: "No sign of a container." });
  const bridged = interfaces.filter(({ isBridged }) => isBridged).map(({ name }) => name);
  if (bridged.length === 0)
    return finding("container", "note", {
      fact: "This is a container. Its network does not look like a bridge network.",
      why: "Host and macvlan networks pass multicast.",
    });
  return finding("container", "fault", {
    fact: `This is a container. Its end of a bridge network seems to be ${inWords(bridged)}.`,
    why: "Bridge networks of Docker and Podman pass no multicast to or from the LAN.",
    remedy: "Start the container with --network host (compose: network_mode: host), or in a macvlan network.",
    details: { interfaces: bridged },
  });
}

function wsl({ network }: Examination): Finding {
  const { system, interfaces } = network;
  const version = system.readText("/proc/version");
  if (version === undefined) return unknownFinding("wsl", "The version of the kernel is not known.", "Make /proc/version readable.");
  if (!/microsoft/i.test(version)) return finding("wsl", "ok", { fact: "This is not WSL." });
  const translated = interfaces.find(({ name }) => name === "eth0")?.addresses.find(({ address }) => WSL_NAT.test(address));
  if (!translated)
    return finding("wsl", "note", {
      fact: "This is WSL, and its addresses do not look like those of NAT mode.",
      why: "Mirrored networking passes multicast.",
    });
  return finding("wsl", "fault", {
    fact: `This is WSL 2, and ${translated.address} looks like an address of NAT mode.`,
    why: "NAT mode passes no multicast to or from the LAN.",
    remedy: "Set networkingMode=mirrored under [wsl2] in %UserProfile%\\.wslconfig, then run wsl --shutdown.",
  });
}

const WSL_NAT = /^172\.(?:1[6-9]|2\d|3[01])\./;
// Addresses in user-mode networks of VirtualBox and QEMU; in a virtual machine also the NAT network of libvirt.
const USER_MODE = /^10\.0\.2\.(?:1[5-9]|[2-9]\d|1\d\d|2[0-4]\d|25[0-4])\/24$/;
const LIBVIRT = /^192\.168\.122\.\d+\/24$/;
const HYPERVISORS = /QEMU|KVM|VirtualBox|innotek|VMware|Virtual Machine|Parallels|Xen|Bochs|HVM/i;

function virtualMachine({ network }: Examination): Finding {
  const { system, interfaces } = network;
  const names = ["sys_vendor", "product_name"].map((file) => system.readText(`/sys/class/dmi/id/${file}`)?.trim() ?? "");
  const isVirtual = names.some((name) => HYPERVISORS.test(name));
  const isBehindNat = ({ cidr }: LocalAddress) => cidr !== null && (USER_MODE.test(cidr) || (isVirtual && LIBVIRT.test(cidr)));
  const translated = interfaces.flatMap(({ name, internal, addresses }) => {
    const address = internal ? undefined : addresses.find(isBehindNat);
    return address ? [{ name, cidr: address.cidr }] : [];
  });
  const details = { hardware: names.join(" ").trim(), interfaces: translated.map(({ name }) => name) };
  if (translated.length > 0)
    return finding("virtual-machine", "warning", {
      fact: `Addresses of virtual machines behind NAT: ${inWords(translated.map(({ name, cidr }) => `${name} (${cidr})`))}.`,
      why: "NAT passes no multicast to or from the LAN.",
      remedy: "Choose a bridged adapter in the settings of the virtual machine.",
      details,
    });
  if (isVirtual)
    return finding("virtual-machine", "note", {
      fact: `This is a virtual machine (${details.hardware}).`,
      why: "Multicast passes a bridged adapter, not one behind NAT. Some virtual switches filter it.",
      details,
    });
  return finding("virtual-machine", "ok", { fact: "No sign of a virtual machine behind NAT.", details });
}
