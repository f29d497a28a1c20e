import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { Multicast } from "../../../src/lib/multicast";
import { joinOptions } from "../../../src/lib/options/options";
import { joinGroup, leaveGroup, probeMembership, type SocketMembership } from "../../../src/lib/sockets/group-join";
import {
  freePort,
  joinedInKernel,
  LO,
  ONE,
  ownGroup,
  ownSourceSpecificGroup,
  RecordingListener,
  sayFromEach,
  sourcesInKernel,
  TWO,
} from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { ipv4, ipv6, systemRefusal, TestSystem } from "../../support/test-system";

describe("the membership of a socket", () => {
  const system = new TestSystem();
  let group: string;
  let port: number;
  const membershipOf = (sources: readonly string[] = [], address = group): SocketMembership => {
    const socket = system.open({ type: "udp4", address, port, shared: true });
    return { socket, key: { group: parseGroup(address), port, interface: "lo", sources }, local: LO, platform: "linux" };
  };

  beforeEach(async () => {
    group = ownGroup();
    port = await freePort();
  });
  afterEach(() => {
    for (const socket of system.sockets.splice(0)) socket.close();
  });

  it("begins and ends in the kernel", () => {
    const membership = membershipOf();
    joinGroup(membership);
    should(joinedInKernel(group)).equal(1);
    leaveGroup(membership);
    should(joinedInKernel(group)).equal(0);
  });

  it("is found while it exists, and missed when it was lost", () => {
    const membership = membershipOf();
    joinGroup(membership);
    should(probeMembership(membership)).be.true();
    leaveGroup(membership);
    should(probeMembership(membership)).be.false();
  });

  it("names each source of a source-specific group, and is missed when one of them was lost", () => {
    const address = group.replace(/^239/, "232");
    const membership = membershipOf([ONE, TWO], address);
    joinGroup(membership);
    should(sourcesInKernel(address)).deepEqual([ONE, TWO]);
    should(probeMembership(membership)).be.true();
    membership.socket.dropSourceSpecificMembership(TWO, address, LO);
    should(probeMembership(membership)).be.false();
    leaveGroup(membership);
    should(sourcesInKernel(address)).be.empty();
  });

  it("of a source-specific group is refused with the errno where the number of its sources is not the cause", () => {
    const key = { group: parseGroup("232.1.1.1"), port, interface: "lo", sources: [ONE] };
    const membership = { ...membershipOf([ONE]), key };
    membership.socket.addSourceSpecificMembership = () => {
      throw systemRefusal("EPERM");
    };
    should(() => joinGroup(membership)).throw({ code: "ERR_MCAST_JOIN", reason: "join-refused" });
  });

  for (const [errno, code, reason] of [
    ["ENODEV", "ERR_MCAST_INTERFACE", "interface-absent"],
    ["EADDRNOTAVAIL", "ERR_MCAST_INTERFACE", "interface-absent"],
    ["ENOBUFS", "ERR_MCAST_JOIN", "join-memberships"],
    ["EPERM", "ERR_MCAST_JOIN", "join-refused"],
  ] as const) {
    it(`is refused with ${code} (${reason}) when the system returns ${errno}`, () => {
      const membership = membershipOf();
      membership.socket.addMembership = () => {
        throw systemRefusal(errno);
      };
      should(() => joinGroup(membership)).throw({ code, reason });
    });
  }

  it("is refused with the name of the limit when there are more sources than the system allows", () => {
    for (const [address, limit] of [
      ["232.1.1.1", "net.ipv4.igmp_max_msf"],
      ["ff3e::1", "net.ipv6.mld_max_msf"],
    ] as const) {
      const membership = { ...membershipOf([ONE]), key: { group: parseGroup(address), port, interface: "lo", sources: [ONE] } };
      membership.socket.addSourceSpecificMembership = () => {
        throw systemRefusal("ENOBUFS");
      };
      should(() => joinGroup(membership)).throw({ code: "ERR_MCAST_JOIN", reason: "join-sources" });
      try {
        joinGroup(membership);
      } catch (error) {
        should(error).have.property("details").containEql({ count: 1, limit, group: address });
      }
    }
  });

  it("counts as lost when the system refuses the probe for another reason", () => {
    const membership = membershipOf();
    membership.socket.addMembership = () => {
      throw systemRefusal("ENODEV");
    };
    should(probeMembership(membership)).be.false();
  });

  it("counts as alive on Windows too, where the system refuses it with another errno", async () => {
    const windows = new TestSystem();
    windows.platform = "win32";
    const multicast = new Multicast(windows);
    const membership = multicast.join(joinOptions({ group: "239.255.1.1", port, iface: LO }), new RecordingListener());
    Object.assign(windows.sockets[0] ?? {}, {
      addMembership: () => {
        throw systemRefusal("EADDRNOTAVAIL");
      },
    });
    windows.pass(60_000);
    should(windows.sockets).have.length(1);
    await membership.leave();
  });

  const interfaces = { eth0: [ipv4("127.0.0.1/8"), ipv6("fe80::1/64", 7), ipv6("fd00::1/64")] };
  for (const [platform, zone] of [
    ["linux", "::%eth0"],
    ["win32", "::%7"],
  ] as const) {
    it(`names the interface of an IPv6 group on ${platform} as ${zone}`, async () => {
      const system = new TestSystem(interfaces);
      system.platform = platform;
      const calls: unknown[] = [];
      const open = system.open.bind(system);
      system.open = ({ port, shared }) => {
        const socket = open({ type: "udp4", address: LO, port, shared });
        return Object.assign(socket, { addMembership: (...membership: unknown[]) => calls.push(membership) });
      };
      const membership = new Multicast(system).join(
        joinOptions({ group: "ff02::1:7", iface: "eth0", port: await freePort() }),
        new RecordingListener(),
      );
      should(calls).deepEqual([["ff02::1:7", zone]]);
      await membership.leave();
    });
  }
});

describe("a source-specific group", () => {
  let test: TestMulticast;
  let system: TestSystem;
  let port: number;
  let join: TestMulticast["join"];
  let group: string;
  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ system, port, join } = test);
    group = ownSourceSpecificGroup();
  });
  afterEach(() => test.close());

  it("is joined from each allowed sender, as the kernel lists", async () => {
    const listener = new RecordingListener();
    const membership = join(group, listener, { allow: [TWO, ONE] });
    should(membership.state).deepEqual({ kind: "joined", interfaces: ["lo"], warnings: [], standBy: [] });
    should(sourcesInKernel(group)).deepEqual([ONE, TWO]);
    await sayFromEach(group, port);
    await listener.count(2);
    should(listener.texts).deepEqual([TWO, ONE]);
    should(listener.heard[0]?.arrival).deepEqual({ group, port, interface: "lo" });
    await membership.leave();
    should(sourcesInKernel(group)).be.empty();
  });

  it("is refused with its limit when there are more senders than the system takes, and is tried again", async () => {
    const allow = Array.from({ length: 11 }, (_, number) => `127.0.0.${number + 1}`);
    const membership = join(group, new RecordingListener(), { allow });
    should(membership.state).containEql({ kind: "refused" });
    const { state } = membership;
    should("reason" in state && state.reason).containEql({
      code: "ERR_MCAST_JOIN",
      message: `11 allowed senders are too many for ${group}: allow fewer, or raise net.ipv4.igmp_max_msf`,
    });
    should(sourcesInKernel(group)).be.empty();
    system.pass();
    should(system.openings.length).equal(2);
  });
});
