import should from "should";
import { McastError, systemError } from "../../../src/lib/errors";
import type { NetworkSnapshot } from "../../../src/lib/host/interfaces";
import type { Socket } from "../../../src/lib/host/system";
import { ManagedSocket } from "../../../src/lib/sockets/managed-socket";
import { freePort, joinedInKernel, ownGroup, RecordingListener } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { ipv4, snapshotOf, TestSystem } from "../../support/test-system";

describe("a managed socket", () => {
  let system: TestSystem;
  let port: number;
  let events: string[];
  let isHealthy: boolean;
  let managed: ManagedSocket<Socket>;
  const snapshot = (): NetworkSnapshot => snapshotOf(system);
  const check = (eager = false) => managed.check(snapshot(), eager);

  beforeEach(async () => {
    system = new TestSystem({ eth0: [ipv4("127.0.0.2/32")] });
    port = await freePort();
    events = [];
    isHealthy = true;
    managed = new ManagedSocket({
      target: { name: "eth0" },
      family: "IPv4",
      outlivesAddress: false,
      open: ({ address }) => {
        try {
          const socket = system.open({ type: "udp4", address, port, shared: true });
          events.push(`opened on ${address}`);
          return socket;
        } catch (error) {
          throw systemError("bind", error, { port });
        }
      },
      probe: () => isHealthy,
      close: (socket) => {
        events.push(`closed on ${socket.address().address}`);
        socket.close();
      },
      onChange: () => events.push(managed.failure?.reason ?? "works"),
    });
  });
  afterEach(() => managed.close());

  it("opens at the first check, and leaves a healthy socket alone", () => {
    should(managed.socket).be.undefined();
    for (let each = 0; each < 3; each += 1) check(true);
    should(events).deepEqual(["opened on 127.0.0.2", "works"]);
    should(managed.socket?.address()).containEql({ address: "127.0.0.2", port });
    should(managed.address).containEql({ address: "127.0.0.2" });
  });

  it("waits for its interface, and opens at the first check that finds it", () => {
    system.interfaces = {};
    for (let each = 0; each < 3; each += 1) check();
    should(events).deepEqual(["interface-absent"]);
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")] };
    check();
    should(events).deepEqual(["interface-absent", "opened on 127.0.0.2", "works"]);
  });

  it("opens on the new address before it closes the socket on the old one", () => {
    check();
    system.interfaces = { eth0: [ipv4("127.0.0.3/32")] };
    check();
    should(events.slice(2)).deepEqual(["opened on 127.0.0.3", "closed on 127.0.0.2", "works"]);
  });

  it("keeps the old socket open while the system refuses a new one", () => {
    check();
    system.interfaces = { eth0: [ipv4("127.0.0.3/32")] };
    system.refuse = () => "EADDRINUSE";
    check();
    should(events.slice(2)).deepEqual(["bind-held"]);
    should(managed.socket?.address()).containEql({ address: "127.0.0.2" });
    should(managed.address).containEql({ address: "127.0.0.2" });
  });

  it("opens anew after an error on the socket", () => {
    check();
    managed.markFaulty();
    check();
    should(system.sockets).have.length(2);
    check();
    should(system.sockets).have.length(2);
  });

  it("closes at the 16th error between two checks, with that error as its failure, and opens anew at the next check", () => {
    check();
    const reason = new McastError("bind-refused", { port, errno: "EIO" });
    for (let each = 1; each <= 15; each += 1) managed.countFault(reason);
    should(managed.failure).be.undefined();
    check(); // counts anew
    for (let each = 1; each <= 15; each += 1) managed.countFault(reason);
    should(managed.failure).be.undefined();
    for (let each = 16; each <= 1_000; each += 1) managed.countFault(reason);
    should(managed.socket).be.undefined();
    should(events.slice(2)).deepEqual(["closed on 127.0.0.2", "bind-refused"]);
    check();
    should(events.slice(4)).deepEqual(["opened on 127.0.0.2", "works"]);
  });

  it("opens anew when the probe finds that the system has lost the membership", () => {
    should(managed.probe(snapshot())).be.true();
    check();
    should(managed.probe(snapshot())).be.true();
    isHealthy = false;
    should(managed.probe(snapshot())).be.false();
    check();
    should(system.sockets).have.length(2);
    should(managed.failure).be.undefined();
  });

  it("does not retry a refusal before its time, unless the check is eager", () => {
    system.refuse = () => "EACCES";
    check();
    system.refuse = () => undefined;
    check();
    should(system.openings).have.length(1);
    check(true);
    should(managed.failure).be.undefined();
  });

  it("runs onChange for another failure, and not again for the same one", () => {
    system.refuse = () => "EADDRINUSE";
    check(true);
    check(true);
    system.refuse = () => "EMFILE";
    check(true);
    should(events).deepEqual(["bind-held", "bind-refused"]);
  });

  it("passes on an error that is not a McastError", () => {
    const broken = new ManagedSocket({
      target: { name: "eth0" },
      family: "IPv4",
      outlivesAddress: false,
      open: () => {
        throw new Error("a fault of the program");
      },
      probe: () => true,
      close: () => {},
      onChange: () => {},
    });
    should(() => broken.check(snapshot(), true)).throw("a fault of the program");
  });

  it("closes its socket once", () => {
    check();
    managed.close();
    managed.close();
    should(events.slice(2)).deepEqual(["closed on 127.0.0.2"]);
    should(managed.socket).be.undefined();
  });

  it("reports a missing address of its family as a McastError", () => {
    system.interfaces = { eth0: [] };
    check();
    should(managed.failure).be.instanceof(McastError).and.containEql({ reason: "interface-family" });
  });
});

describe("a managed socket that outlives its address", () => {
  it("is opened anew after a probe that failed, although the interface was missing when that was tried", () => {
    const system = new TestSystem({ eth0: [ipv4("127.0.0.2/32")] });
    const probes = [false, true];
    const results = ["first", undefined, "second"];
    const managed = new ManagedSocket<string>({
      target: { name: "eth0" },
      family: "IPv4",
      outlivesAddress: true,
      open: () => {
        const socket = results.shift();
        if (!socket) throw new McastError("interface-absent", { interface: "eth0" });
        return socket;
      },
      probe: () => probes.shift() ?? true,
      close: () => {},
      onChange: () => {},
    });
    const check = () => managed.check(snapshotOf(system), false);
    check();
    system.interfaces = { eth0: [ipv4("127.0.0.3/32")] };
    check();
    should(managed.failure).have.property("reason", "interface-absent");
    check();
    should([managed.socket, managed.failure]).deepEqual(["second", undefined]);
  });
});

describe("the managed socket of a group", () => {
  let test: TestMulticast;
  let system: TestSystem;
  let join: TestMulticast["join"];
  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ system, join } = test);
  });
  afterEach(() => test.close());

  it("is retried with back-off up to 30 s, but at once when the interfaces change", () => {
    const asked: number[] = [];
    system.refuse = () => {
      asked.push(system.now());
      return "EACCES";
    };
    join("239.255.1.1", new RecordingListener());
    system.pass(100_000);
    const gaps = asked.slice(1).map((time, position) => (time - (asked[position] ?? 0)) / 1_000);
    should(gaps).deepEqual([2, 2, 4, 8, 16, 30, 30]);
    system.refuse = () => undefined;
    system.pass();
    should(test.memberships[0]?.state.kind).equal("refused");
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/32")] };
    system.pass();
    should(test.memberships[0]?.state.kind).equal("joined");
  });

  it("is retried soon after a refusal, however long its interface was missing before", () => {
    const membership = join("239.255.1.1", new RecordingListener(), { iface: "eth0" });
    system.pass(60_000);
    system.refuse = () => "EACCES";
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")] };
    system.pass();
    should(membership.state.kind).equal("refused");
    system.refuse = () => undefined;
    system.pass();
    should(membership.state.kind).equal("joined");
  });

  it("stays open while its interface is away, and is kept when the interface is back with another address", () => {
    const group = ownGroup();
    system.interfaces = { eth0: [ipv4("127.0.0.1/8")] };
    const membership = join(group, new RecordingListener(), { iface: "all" });
    system.interfaces = {};
    system.pass();
    should(membership.state).have.propertyByPath("reason", "message").equal("waiting for eth0");
    should(joinedInKernel(group)).equal(1);
    system.igmp = igmpOf("eth0", group);
    system.interfaces = { eth0: [ipv4("127.0.0.9/32")] };
    system.pass();
    should(membership.state).deepEqual({ kind: "joined", interfaces: ["eth0"], warnings: [], standBy: [] });
    should(system.sockets).have.length(1);
    should(joinedInKernel(group)).equal(1);
  });

  it("joins again when its interface is back and the kernel does not list the membership, though a second join says that it exists", () => {
    const group = ownGroup();
    system.interfaces = { eth0: [ipv4("127.0.0.1/8")] };
    const membership = join(group, new RecordingListener(), { iface: "all", refresh: 0 });
    const [socket] = system.sockets;
    const calls: string[] = [];
    if (socket) {
      const { dropMembership } = socket;
      socket.dropMembership = (...args) => {
        calls.push(args.join(" "));
        dropMembership.apply(socket, args);
      };
    }
    system.interfaces = {};
    system.pass();
    system.igmp = igmpOf("eth1", group);
    system.interfaces = { eth0: [ipv4("127.0.0.1/8")] };
    system.pass();
    should(membership.state.kind).equal("joined");
    should(system.sockets).have.length(1);
    should(calls).deepEqual([`${group} 127.0.0.1`]);
    should(joinedInKernel(group)).equal(1);
  });

  it("reads the kernel's table once for all groups whose interface is back", () => {
    system.interfaces = { eth0: [ipv4("127.0.0.1/8")] };
    for (let each = 0; each < 5; each += 1) join(ownGroup(), new RecordingListener(), { iface: "eth0", refresh: 0 });
    system.interfaces = {};
    system.pass();
    const readText = system.readText.bind(system);
    const read: string[] = [];
    system.readText = (path) => {
      if (path.includes("igmp")) read.push(path);
      return readText(path);
    };
    system.interfaces = { eth0: [ipv4("127.0.0.1/8")] };
    system.pass();
    should(test.memberships.map(({ state }) => state.kind)).matchEach("joined");
    should(read).deepEqual(["/proc/net/igmp", "/proc/net/igmp6"]);
  });

  it("opens anew when its interface is back where a socket does not outlive its address", () => {
    const group = ownGroup();
    system.platform = "openbsd";
    system.interfaces = { eth0: [ipv4("127.0.0.1/8")] };
    const membership = join(group, new RecordingListener(), { iface: "all" });
    system.interfaces = {};
    system.pass();
    system.interfaces = { eth0: [ipv4("127.0.0.9/32")] };
    system.pass();
    should(membership.state.kind).equal("joined");
    should(system.sockets).have.length(2);
  });
});

/** The kernel's table in which one group is joined on one interface. */
function igmpOf(name: string, group: string): string {
  const hex = group.split(".").map((byte) => Number(byte).toString(16).padStart(2, "0"));
  return `2\t${name}      :     1      V3\n\t\t\t\t${hex.reverse().join("").toUpperCase()}     1 0:00000000\t\t0\n`;
}
