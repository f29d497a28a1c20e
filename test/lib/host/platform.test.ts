import should from "should";
import type { McastError } from "../../../src/lib/errors";
import { type PlatformStep, platformOf, refusalBy } from "../../../src/lib/host/platform";
import type { Opening, Socket } from "../../../src/lib/host/system";
import { Multicast } from "../../../src/lib/multicast";
import { destination, joinOptions } from "../../../src/lib/options/options";
import type { Membership } from "../../../src/lib/receive/membership";
import { freePort, LO, RecordingListener } from "../../support/loopback";
import { callbackOf, ipv4, ipv6, systemRefusal, TestSystem } from "../../support/test-system";

const KNOWN = ["linux", "android", "darwin", "win32", "freebsd", "openbsd"] as const;

describe("the platform table", () => {
  it("has a row for each system that is known, and a cautious one for the others", () => {
    for (const name of KNOWN) should(platformOf(name)).be.an.Object();
    should(platformOf("linux")).not.equal(platformOf("aix"));
    should(platformOf("sunos")).equal(platformOf("aix"));
    should(platformOf("aix")).containDeep({ groupBind: "group", filtersByMembership: false, hasProcTables: false, zoneBy: "name" });
  });

  it("has every fact in every row", () => {
    const facts = Object.keys(platformOf("aix")).sort();
    should(facts).have.length(9);
    for (const name of KNOWN) should(Object.keys(platformOf(name)).sort()).deepEqual(facts, name);
  });

  it("names the bind to a group of each system", () => {
    should(KNOWN.map((name) => platformOf(name).groupBind)).deepEqual([
      ...["mapped-exact", "mapped-exact", "group", "own-address-or-wildcard", "group", "group"],
    ]);
    should(platformOf("darwin").unfilteredGroups).deepEqual(["224.0.0.1"]);
  });

  it("lists the errnos of a second join", () => {
    should(KNOWN.filter((name) => platformOf(name).memberAgainErrnos.has("EINVAL"))).deepEqual(["win32"]);
    should(KNOWN.filter((name) => !platformOf(name).memberAgainErrnos.has("EADDRINUSE"))).be.empty();
  });

  it("has zones by index and a dual-stack wildcard on Windows alone", () => {
    should(KNOWN.filter((name) => platformOf(name).zoneBy === "index")).deepEqual(["win32"]);
    should(KNOWN.filter((name) => platformOf(name).ipv6Only)).deepEqual(["win32"]);
  });

  it("has tables and alias labels on Linux alone", () => {
    should(KNOWN.filter((name) => platformOf(name).hasProcTables)).deepEqual(["linux", "android"]);
    should(KNOWN.filter((name) => platformOf(name).hasAliasLabels)).deepEqual(["linux", "android"]);
  });

  it("gives a reason for each errno that has a special meaning on one system", () => {
    const message = (platform: NodeJS.Platform, step: PlatformStep, errno: string) =>
      refusalBy(platform, step, systemRefusal(errno), { port: 5000, interface: "eth0" }).message;
    for (const step of ["bind", "bind-group"] as const) should(message("win32", step, "EACCES")).match(/excludedportrange/);
    should(message("freebsd", "bind-group", "EADDRNOTAVAIL")).match(/jail/);
    should(message("freebsd", "bind", "EADDRNOTAVAIL")).equal("waiting for eth0");
    should(message("linux", "bind-group", "EADDRNOTAVAIL")).equal("waiting for eth0");
    should(message("darwin", "send", "EHOSTUNREACH")).match(/Local Network/);
    should(message("darwin", "send", "EMSGSIZE")).match(/at most 9216 bytes unless net\.inet\.udp\.maxdgram/);
    should(message("win32", "send", "ENETUNREACH")).match(/loopback/);
    should(message("linux", "send", "ENETUNREACH")).equal("No network or no route on eth0");
  });
});

/** Another operating system as far as the library sees it: its sockets are real ones on the loopback interface that record their calls. */
class OtherSystem extends TestSystem {
  override readonly platform: NodeJS.Platform;
  readonly calls: string[] = [];
  /** The errno of a join, and the errno of a send; undefined for success. */
  joinRefusal: string | undefined;
  sendRefusal: string | undefined;

  constructor(platform: NodeJS.Platform, interfaces: TestSystem["interfaces"]) {
    super(interfaces);
    this.platform = platform;
  }

  override open(opening: Opening): Socket {
    const socket = super.open({ type: "udp4", address: LO, port: 0, shared: true });
    this.openings.splice(-1, 1, opening);
    const refusal = this.sendRefusal === undefined ? null : systemRefusal(this.sendRefusal);
    return Object.assign(socket, {
      addMembership: (group: string, local?: string) => {
        this.calls.push(`join ${group} on ${local}`);
        if (this.joinRefusal !== undefined) throw systemRefusal(this.joinRefusal);
      },
      setMulticastInterface: (local: string) => this.calls.push(`send on ${local}`),
      setMulticastTTL: () => 1,
      send: (...args: unknown[]) => setImmediate(callbackOf(args), refusal),
    });
  }
}

const joined = (interfaces: readonly string[]) => ({ kind: "joined", interfaces, warnings: [], standBy: [] });

describe("on another operating system", () => {
  const ethernet = [ipv4("192.168.1.5/24"), ipv6("fe80::5/64", 12), ipv6("fd00::5/64")];
  const loopback = [ipv4("127.0.0.1/8", true), ipv6("::1/128", 0, true)];
  let system: OtherSystem;
  let multicast: Multicast;
  let listener: RecordingListener;
  let ends: (() => Promise<void>)[];

  beforeEach(() => {
    ends = [];
  });
  afterEach(async () => {
    for (const end of ends) await end();
  });

  function start(platform: NodeJS.Platform, interfaces: TestSystem["interfaces"]): void {
    system = new OtherSystem(platform, interfaces);
    multicast = new Multicast(system);
    listener = new RecordingListener();
  }

  async function join(group: string, iface: string): Promise<Membership> {
    const membership = multicast.join(joinOptions({ group, iface, port: await freePort() }), listener);
    ends.push(() => membership.leave());
    return membership;
  }

  async function say(group: string, iface: string): Promise<McastError | undefined> {
    const sender = multicast.sender({});
    ends.push(() => sender.close());
    return new Promise((resolve) => sender.send(destination({ group, iface, port: 5000 }), Buffer.from("hello"), resolve));
  }

  function arrive(address: string, text: string): void {
    system.sockets.at(-1)?.emit("message", Buffer.from(text), { address, family: "IPv4", port: 5000, size: text.length });
  }

  it("Windows returns WSAEINVAL to a member that joins again: one socket in a minute", async () => {
    start("win32", { Ethernet: ethernet });
    const membership = await join("239.255.1.1", "Ethernet");
    system.joinRefusal = "EINVAL";
    system.pass(60_000);
    should(system.calls.length).be.above(1); // it was asked
    should(system.openings).have.length(1);
    should(membership.state.kind).equal("joined");
  });

  it("WSAEINVAL means a lost membership on Linux, where the system never returns it", async () => {
    start("linux", { eth0: ethernet });
    await join("239.255.1.1", "eth0");
    system.joinRefusal = "EINVAL";
    system.pass(2_000);
    should(system.openings.length).be.above(1);
  });

  it("Windows returns EACCES to a bind beside a program that does not share the port, or in a reserved range, at any port", async () => {
    start("win32", { Ethernet: ethernet });
    system.refuse = () => "EACCES";
    should((await join("239.255.1.1", "Ethernet")).state)
      .have.propertyByPath("reason", "message")
      .match(/^Port \d+ is held by a program that does not share it, or reserved by Windows: see netsh int ipv4 show excludedportrange/);
  });

  it("an interface of Windows without an index is refused for IPv6, and index 0 is never used", async () => {
    start("win32", { Ethernet: ethernet, "Loopback Pseudo-Interface 1": loopback });
    const words =
      "The system gives Loopback Pseudo-Interface 1 no index, which IPv6 needs here: use IPv4 on it, or choose another interface";
    should((await join("ff02::1:7", "::1")).state)
      .have.propertyByPath("reason", "message")
      .equal(words);
    const sender = multicast.sender({});
    ends.push(() => sender.close());
    sender.open(destination({ group: "ff02::1:7", iface: "::1", port: 5000 }));
    should(sender.state).have.propertyByPath("reason", "message").equal(words);
    should(system.openings).be.empty();
    should((await join("239.255.1.1", "127.0.0.1")).state.kind).equal("joined");
  });

  it("all and default leave the loopback interface of Windows out for IPv6", async () => {
    start("win32", { "Loopback Pseudo-Interface 1": loopback });
    for (const iface of ["all", "default"]) {
      should((await join("ff02::1:7", iface)).state)
        .have.propertyByPath("reason", "message")
        .match(/no usable IPv6 interface/);
    }
  });

  it("an IPv6 socket on :: takes no IPv4 on Windows, and its interface is named by a number", async () => {
    start("win32", { Ethernet: ethernet });
    await join("ff02::1:7", "Ethernet");
    should(system.openings[0]).containEql({ type: "udp6", address: "::", ipv6Only: true });
    should(system.calls).deepEqual(["join ff02::1:7 on ::%12"]);
    should(await say("ff02::1:7", "Ethernet")).be.undefined();
    should(system.calls.at(-1)).equal("send on ::%12");
  });

  it("a zone that is a number names an interface of Windows, and none of Linux", async () => {
    start("win32", { Ethernet: ethernet });
    should((await join("ff02::1:7%12", "")).state).deepEqual(joined(["Ethernet"]));
    should((await join("ff02::1:7%13", "")).state.kind).equal("waiting");
    start("linux", { eth0: ethernet });
    should((await join("ff02::1:7%12", "")).state).containEql({ kind: "waiting" });
  });

  it("all leaves Hyper-V's switches out on Windows, and Apple's own links and tunnels on macOS", async () => {
    const other = [ipv4("10.9.0.1/16")];
    start("win32", { Ethernet: ethernet, "vEthernet (WSL)": other, "vEthernet (Default Switch)": other });
    should((await join("239.255.1.1", "all")).state).deepEqual(joined(["Ethernet"]));
    start("darwin", { en0: ethernet, awdl0: other, llw0: other, anpi0: other, utun3: other });
    should((await join("239.255.1.1", "all")).state).deepEqual(joined(["en0"]));
  });

  it("macOS and FreeBSD bind to the group plainly, and take every sender that the system lets through", async () => {
    for (const platform of ["darwin", "freebsd"] as const) {
      start(platform, { en0: ethernet, en1: [ipv4("10.0.0.5/8")] });
      await join("239.255.1.1", "en0");
      should(system.openings).have.length(1);
      should(system.openings[0]).containEql({ type: "udp4", address: "239.255.1.1" });
      arrive("10.0.0.9", "from another subnet");
      should(listener.texts).deepEqual(["from another subnet"]);
    }
  });

  it("macOS gives a socket 224.0.0.1 of every interface, so the sender's subnet shows the interface", async () => {
    start("darwin", { en0: ethernet, en1: [ipv4("10.0.0.5/8")] });
    await join("224.0.0.1", "en0");
    arrive("10.0.0.9", "by en1");
    arrive("192.168.1.9", "by en0");
    should(listener.texts).deepEqual(["by en0"]);
  });

  it("a jail of FreeBSD that cannot bind to a group gets an error that names VNET", async () => {
    start("freebsd", { em0: ethernet });
    system.refuse = () => "EADDRNOTAVAIL";
    should((await join("239.255.1.1", "em0")).state)
      .have.propertyByPath("reason", "message")
      .equal("A jail that shares the host's addresses cannot bind to a group: use a VNET jail");
  });

  it("an address that is gone in the moment of a bind is waited for by itself, and no jail is named", async () => {
    for (const platform of ["linux", "freebsd"] as const) {
      start(platform, { em0: ethernet });
      system.refuse = () => "EADDRNOTAVAIL";
      const sender = multicast.sender({});
      ends.push(() => sender.close());
      sender.open(destination({ group: "239.255.1.1", iface: "192.168.1.5", port: 5000 }));
      should(sender.state).have.propertyByPath("reason", "message").equal("waiting for 192.168.1.5");
    }
  });

  for (const [platform, errno, words] of [
    ["darwin", "EHOSTUNREACH", /macOS denies this program the local network: allow it under Privacy & Security, Local Network$/],
    ["darwin", "EMSGSIZE", /macOS sends at most 9216 bytes/],
    ["win32", "ENETUNREACH", /^No network on en0, or on the loopback interface no program has joined the group$/],
    ["linux", "EHOSTUNREACH", /^No network or no route on en0$/],
  ] as const) {
    it(`${errno} of a send on ${platform} is ${words.source}`, async () => {
      start(platform, { en0: ethernet });
      system.sendRefusal = errno;
      should((await say("239.255.1.1", "en0"))?.message).match(words);
    });
  }
});
