import should from "should";
import { isBridgedContainer, isInContainer } from "../../../src/lib/host/container";
import { TestSystem } from "../../support/test-system";

const ID = "3f2a1b0c".repeat(8);
const DOCKER = { "/.dockerenv": "" };

type Texts = Readonly<Record<string, string>>;

function on(files: Texts, links: Texts = {}): TestSystem {
  return Object.assign(new TestSystem(), { files, links });
}

/** An Ethernet interface as sysfs has it. A veth, macvlan or ipvlan whose other end is elsewhere has a peer of another index. */
function sysfs(name: string, { index = 2, peer = 0, mac = "7a:29:03:a0:5b:01" } = {}): Texts {
  const values = { flags: "0x1003", type: "1", ifindex: String(index), iflink: String(peer || index), address: mac };
  return Object.fromEntries(Object.entries(values).map(([file, text]) => [`/sys/class/net/${name}/${file}`, text]));
}

const isBridged = (system: TestSystem, name: string, ...cidrs: readonly string[]) =>
  isBridgedContainer(system, { name, addresses: cidrs.map((cidr) => ({ cidr })) });

describe("a process in a container", () => {
  const mount = (point: string, folder: string) =>
    `31 22 0:40 / ${point} rw,relatime - overlay overlay rw,lowerdir=${folder}/1/fs,upperdir=${folder}/2/fs`;

  it("is known by the files that Docker and Podman leave", () => {
    should([isInContainer(on(DOCKER)), isInContainer(on({ "/run/.containerenv": "" }))]).deepEqual([true, true]);
  });

  it("is known by its control group", () => {
    for (const group of [`/docker/${ID}`, `/system.slice/docker-${ID}.scope`, `/machine.slice/libpod-${ID}.scope`]) {
      should(isInContainer(on({ "/proc/1/cgroup": `0::${group}\n` }))).be.true();
    }
    should(isInContainer(on({ "/proc/self/cgroup": "11:cpu:/kubepods/besteffort/pod1/2\n" }))).be.true();
    should(isInContainer(on({ "/proc/self/cgroup": `0::/kubepods.slice/cri-containerd-${ID}.scope\n` }))).be.true();
  });

  it("is known by the folders of which its root file system is made", () => {
    for (const folder of ["/var/lib/docker/overlay2", "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots"]) {
      should(isInContainer(on({ "/proc/self/mountinfo": mount("/", folder) }))).be.true();
    }
  });

  it("is not found on a host that runs containers, on one with an overlay for its root, or if no mark can be read", () => {
    const host = { "/proc/1/cgroup": "0::/init.scope\n", "/proc/self/cgroup": "0::/system.slice/docker.service\n" };
    should(isInContainer(on(host))).be.false();
    should(
      isInContainer(on({ "/proc/self/mountinfo": mount("/var/lib/docker/overlay2/1/merged", "/var/lib/docker/overlay2") })),
    ).be.false();
    should(isInContainer(on({ "/proc/self/mountinfo": mount("/", "/overlay/upper") }))).be.false(); // OpenWrt
    should(isInContainer(on({}))).be.false();
  });
});

describe("a bridge network of containers", () => {
  const veth = sysfs("eth0", { index: 2, peer: 47 });

  it("is that of Docker's own bridge, by its subnet and not by the MAC address", () => {
    for (const mac of ["02:42:ac:11:00:02", "d6:1f:70:5e:22:91"]) {
      should(isBridged(on({ ...DOCKER, ...sysfs("eth0", { peer: 47, mac }) }), "eth0", "172.17.0.2/16")).be.true();
    }
  });

  it("is that of compose, with a random MAC address, and every other that is made by default", () => {
    for (const cidr of ["172.18.0.3/16", "172.31.0.2/16", "192.168.16.2/20", "10.88.0.5/16", "10.89.1.2/24"]) {
      should(isBridged(on({ ...DOCKER, ...veth }), "eth0", "fd00::2/64", cidr)).be.true();
    }
  });

  it("is not a macvlan network, whose interface has a peer elsewhere too, but the LAN's subnet", () => {
    const macvlan = sysfs("eth0", { peer: 3, mac: "02:42:c0:a8:01:32" });
    for (const cidr of ["192.168.1.50/24", "10.0.0.50/8", "172.16.5.50/24"]) {
      should(isBridged(on({ ...DOCKER, ...macvlan }), "eth0", cidr)).be.false();
    }
  });

  it("is not the host's network in a container: Docker's bridge is there, and devices", () => {
    const eth0 = sysfs("eth0", { index: 2 });
    const docker0 = sysfs("docker0", { index: 3 });
    should(isBridged(on({ ...DOCKER, ...eth0, ...docker0 }), "docker0", "172.17.0.1/16")).be.false();
    should(
      isBridged(on({ ...DOCKER, ...eth0 }, { "/sys/class/net/eth0/device": "../../../0000:00:1f.6" }), "eth0", "172.20.0.2/16"),
    ).be.false();
    // A veth pair that the host made for itself is the host's as well.
    const links = { "/sys/class/net/eth0/device": "../../../0000:00:1f.6" };
    should(isBridged(on({ ...DOCKER, ...eth0, ...sysfs("veth1", { index: 9, peer: 47 }) }, links), "veth1", "172.20.0.1/16")).be.false();
  });

  it("is not a LAN of that subnet on a machine that is no container", () => {
    should(isBridged(on(veth), "eth0", "172.17.0.2/16")).be.false();
  });

  it("is not an interface that is not a veth, or has no default subnet", () => {
    should(isBridged(on({ ...DOCKER, ...sysfs("eth0") }), "eth0", "172.17.0.2/16")).be.false();
    should(isBridged(on({ ...DOCKER, ...veth }, { "/sys/class/net/eth0/lower_eth1": "../eth1" }), "eth0", "172.17.0.2/16")).be.false();
    should(isBridged(on({ ...DOCKER, ...veth }), "eth0", "fd00::2/64")).be.false();
    should(isBridged(on({ ...DOCKER, ...veth }), "eth0")).be.false();
  });

  it("is recognized by the container's marks and the subnet without sysfs", () => {
    should(isBridged(on(DOCKER), "eth0", "172.18.0.3/16")).be.true();
    should(isBridged(on(DOCKER), "eth0", "192.168.1.50/24")).be.false();
  });
});
