import { createSocket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { Multicast } from "../../../src/lib/multicast";
import { joinOptions } from "../../../src/lib/options/options";
import { bindToGroup } from "../../../src/lib/sockets/group-bind";
import { freePort, LO, RecordingListener } from "../../support/loopback";
import { end, hog, joiner, otherProcess } from "../../support/other-process";
import { TestMulticast } from "../../support/test-multicast";
import { ipv4, ipv6, TestSystem } from "../../support/test-system";

describe("a socket bound to a group", () => {
  let system: TestSystem;
  let port: number;
  const local = { address: LO, family: "IPv4", cidr: "127.0.0.1/8" } as const;
  const bind = () => bindToGroup({ group: parseGroup("239.255.1.1"), port, interface: "lo", sources: [] }, local, system);

  beforeEach(async () => {
    system = new TestSystem();
    port = await freePort();
  });
  afterEach(() => {
    for (const socket of system.sockets) socket.close();
  });

  it("is exact where the system binds an IPv6 socket to the IPv4 group", () => {
    const { socket, isExact } = bind();
    should(isExact).be.true();
    should(socket.address()).containEql({ address: "::ffff:239.255.1.1", port });
  });

  it("is bound in the next way, and not exact, where the system refuses the exact way", () => {
    system.refuse = ({ type }) => (type === "udp6" ? "EAFNOSUPPORT" : undefined);
    const { socket, isExact } = bind();
    should(isExact).be.false();
    should(socket.address()).containEql({ address: "239.255.1.1", port });
  });

  for (const [errno, reason] of [
    ["EADDRINUSE", "bind-held"],
    ["EACCES", "bind-refused"],
    ["EMFILE", "bind-refused"],
    ["ENFILE", "bind-refused"],
  ] as const) {
    it(`is not tried in another way after ${errno}`, () => {
      system.refuse = () => errno;
      should(bind).throw({ code: "ERR_MCAST_BIND", reason });
      should(system.openings).have.length(1);
    });
  }

  it("fails with the last refusal when the system refuses every way", () => {
    system.refuse = ({ type }) => (type === "udp6" ? "EAFNOSUPPORT" : "EADDRNOTAVAIL");
    should(bind).throw({ code: "ERR_MCAST_INTERFACE", reason: "interface-absent" });
    should(system.openings).have.length(2);
  });
});

describe("a port that a group shares with other programs", () => {
  let test: TestMulticast;
  let system: TestSystem;
  let port: number;
  let join: TestMulticast["join"];
  let say: TestMulticast["say"];
  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ system, port, join, say } = test);
  });
  afterEach(() => test.close());

  it("delivers nothing of a group that another process joined", async () => {
    const other = await otherProcess(joiner("239.255.1.2", port));
    try {
      const listener = new RecordingListener();
      join("239.255.1.1", listener);
      await say("239.255.1.2", "for the other process");
      await say("239.255.1.1", "for us");
      await listener.count(1);
      should(listener.texts).deepEqual(["for us"]);
    } finally {
      await end(other);
    }
  });

  it("still delivers its own unicast to a program that binds every address of the port", async () => {
    const wildcard = createSocket({ type: "udp4", reuseAddr: true });
    wildcard.bind(port);
    await once(wildcard, "listening");
    try {
      join("239.255.1.1", new RecordingListener());
      const heard = once(wildcard, "message");
      const unicast = createSocket("udp4");
      unicast.send("to the program", port, LO, () => unicast.close());
      should(String((await heard)[0])).equal("to the program");
    } finally {
      wildcard.close();
    }
  });

  it("is refused while a program has the port without sharing it, and is joined when the port is free", async () => {
    const other = await otherProcess(hog(port));
    const listener = new RecordingListener();
    const membership = join("239.255.1.1", listener);
    should(membership.state).containEql({ kind: "refused" });
    should(membership.state).have.property("reason").containEql({ code: "ERR_MCAST_BIND" });
    should(membership.state)
      .have.propertyByPath("reason", "message")
      .equal(`Port ${port} is held by a program that does not share it: stop that program or choose another port`);
    system.pass();
    should(membership.state.kind).equal("refused");
    await end(other);
    system.pass(4_000);
    should(membership.state).deepEqual({ kind: "joined", interfaces: ["lo"], warnings: [], standBy: [] });
    await say("239.255.1.1", "at last");
    await listener.count(1);
  });
});

describe("the ways to bind a socket", () => {
  const interfaces = { eth0: [ipv4("127.0.0.1/8"), ipv6("fe80::1/64", 7), ipv6("fd00::1/64")] };
  const table: ReadonlyArray<readonly [NodeJS.Platform, string, readonly string[]]> = [
    ["linux", "239.255.1.1", ["udp6 ::ffff:239.255.1.1", "udp4 239.255.1.1"]],
    ["linux", "ff02::1:7", ["udp6 ff02::1:7%eth0"]],
    ["linux", "ff05::1:7", ["udp6 ff05::1:7 on eth0", "udp6 ff05::1:7"]],
    ["darwin", "239.255.1.1", ["udp4 239.255.1.1"]],
    ["darwin", "ff02::1:7", ["udp6 ff02::1:7%eth0"]],
    ["win32", "239.255.1.1", ["udp4 127.0.0.1", "udp4 0.0.0.0"]],
    ["win32", "ff02::1:7", ["udp6 ::"]],
    ["freebsd", "239.255.1.1", ["udp4 239.255.1.1"]],
  ];
  for (const [platform, group, ways] of table) {
    it(`to ${group} on ${platform} are ${ways.join(", then ")}`, async () => {
      const system = new TestSystem(interfaces);
      system.platform = platform;
      system.canBindToDevices = platform === "linux";
      system.refuse = () => "EINVAL";
      const membership = new Multicast(system).join(joinOptions({ group, iface: "eth0" }), new RecordingListener());
      should(
        system.openings.map(({ type, address, device }) => `${type} ${address}${device === undefined ? "" : ` on ${device}`}`),
      ).deepEqual(ways);
      should(system.openings.every(({ shared }) => shared)).be.true();
      should(membership.state)
        .have.propertyByPath("reason", "message")
        .match(/refused to open port 59559 \(EINVAL\)/);
      await membership.leave();
    });
  }
});
