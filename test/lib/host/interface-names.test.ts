import should from "should";
import { isContainerName } from "../../../src/lib/host/interface-names";

const NO_LANS = [
  ...["veth3f2a1b0", "docker0", "docker_gwbridge", "br-0123456789ab", "podman0", "cni0", "cni-podman1", "virbr0", "lxdbr0", "lxcbr0"],
  ...["hassio", "resin-dns", "resin-vpn", "balena0", "supervisor0", "tailscale0", "ztabcdefgh"],
  ...["vEthernet (WSL)", "vEthernet (Default Switch)", "awdl0", "llw0", "anpi1", "utun3"],
];

const LANS = [
  ...["eth0", "enp3s0", "wlan0", "eth0.10", "bond0", "br0", "br-lan", "br-ex", "br-guest", "ll-eth0", "büro0"],
  ...["br-0123456789a", "br-0123456789abc", "br-0123456789AB", "br-0123456789ag", "my-docker0", "hassio2", "resin-dns2", "supervisor01"],
  ...["Ethernet", "Ethernet 2", "Wi-Fi", "en0", "bridge0"],
];

describe("the name of an interface", () => {
  it("recognizes those of containers, virtual machines and tunnels", () => {
    should(NO_LANS.filter((name) => !isContainerName(name))).be.empty();
  });

  it("is no reason to leave a LAN out, whatever it resembles", () => {
    should(LANS.filter(isContainerName)).be.empty();
  });
});
