import should from "should";
import { parseGroup } from "../../../src/lib/address";
import { McastError } from "../../../src/lib/errors";
import type { NetworkSnapshot } from "../../../src/lib/host/interfaces";
import type { InterfaceChoice } from "../../../src/lib/options/options";
import { InterfaceSockets, type StatefulSocket } from "../../../src/lib/sockets/interface-sockets";
import { ReceiveLosses } from "../../../src/lib/sockets/receive-losses";
import { RecordingListener } from "../../support/loopback";
import { TestMulticast } from "../../support/test-multicast";
import { ipv4, snapshotOf, TestSystem } from "../../support/test-system";

function namesOf(sockets: InterfaceSockets<StatefulSocket>): readonly string[] {
  return [...sockets.sockets].map(({ target }) => target.name);
}

describe("the sockets of an interface choice", () => {
  let system: TestSystem;
  let calls: string[];
  let failures: Map<string, McastError>;
  let seen: NetworkSnapshot;
  const losses = new ReceiveLosses();
  const socketsFor = (choice: InterfaceChoice) =>
    new InterfaceSockets(choice, parseGroup("239.255.1.1"), {
      spread: (targets) => targets,
      acquire: ({ name }) => {
        calls.push(`acquire ${name}`);
        return { failure: failures.get(name), losses };
      },
      release: async ({ name }) => {
        await new Promise(setImmediate);
        calls.push(`release ${name}`);
      },
    });
  const lookAgain = (): NetworkSnapshot => {
    seen = snapshotOf(system);
    return seen;
  };

  beforeEach(() => {
    system = new TestSystem({ eth0: [ipv4("192.168.1.5/24")], eth1: [ipv4("10.0.0.5/8")] });
    calls = [];
    failures = new Map();
  });

  it("are acquired for the interfaces that are selected now, and released for the others", async () => {
    const sockets = socketsFor("all");
    sockets.reconcile(lookAgain());
    system.interfaces = { eth1: [ipv4("10.0.0.5/8")], eth2: [ipv4("172.16.0.5/12")] };
    should(sockets.reconcile(lookAgain())).be.true();
    should(namesOf(sockets)).deepEqual(["eth1", "eth2"]);
    await new Promise(setImmediate);
    should(calls).deepEqual(["acquire eth0", "acquire eth1", "acquire eth2", "release eth0"]);
  });

  it("stay as they are while the list of interfaces is the same object", () => {
    const sockets = socketsFor("all");
    should(sockets.reconcile(lookAgain())).be.true();
    should(sockets.reconcile(seen)).be.false();
  });

  it("of the choice default are selected anew at each call, because the routes may have moved", () => {
    system.route = "192.168.1.5";
    const sockets = socketsFor("default");
    sockets.reconcile(lookAgain());
    system.route = "10.0.0.5";
    should(sockets.reconcile(seen)).be.true();
    should(namesOf(sockets)).deepEqual(["eth1"]);
  });

  it("are joined where all work, waiting where some do, and refused where the system refuses all", () => {
    const kinds = [[], ["eth1"], ["eth0", "eth1"]].map((failed) => {
      failures = new Map(failed.map((name) => [name, new McastError("bind-refused", { port: 5000 })]));
      const sockets = socketsFor("all");
      sockets.reconcile(lookAgain());
      return sockets.state.kind;
    });
    should(kinds).deepEqual(["joined", "waiting", "refused"]);
  });

  it("are waiting while an address of the choice is missing, with the interfaces that work", () => {
    const sockets = socketsFor(["eth0", "172.16.0.5"]);
    sockets.reconcile(lookAgain());
    const { state } = sockets;
    should(state).containEql({ kind: "waiting", interfaces: ["eth0"] });
    should("reason" in state && state.reason.reason).equal("interface-absent");
  });

  it("are all released at the end, and the promise settles after the last of them", async () => {
    const sockets = socketsFor("all");
    sockets.reconcile(lookAgain());
    await sockets.releaseAll();
    should(calls.slice(2)).deepEqual(["release eth0", "release eth1"]);
    should(namesOf(sockets)).be.empty();
  });
});

describe("a group on several interfaces", () => {
  let test: TestMulticast;
  let system: TestSystem;
  let join: TestMulticast["join"];
  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ system, join } = test);
  });
  afterEach(() => test.close());

  it("is joined on every usable interface and on those that come later, and left on those that go", () => {
    system.interfaces = { lo: [ipv4("127.0.0.1/8", true)], eth0: [ipv4("127.0.0.2/32")], docker0: [ipv4("127.0.0.3/32")] };
    const membership = join("239.255.1.1", new RecordingListener(), { iface: "all" });
    should(membership.state).containEql({ interfaces: ["eth0"] });
    system.interfaces = { ...system.interfaces, wlan0: [ipv4("127.0.0.4/32")] };
    system.pass();
    should(membership.state).containEql({ interfaces: ["eth0", "wlan0"] });
    system.interfaces = { wlan0: [ipv4("127.0.0.4/32")] };
    system.pass();
    should(membership.state).containEql({ interfaces: ["wlan0"] });
    should(test.multicast.sockets.receiving).equal(1);
  });

  it("is joined on one interface although another fails", () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")], eth1: [ipv4("10.255.255.1/8")] };
    const { state } = join("239.255.1.1", new RecordingListener(), { iface: "all" });
    should(state).containEql({ kind: "waiting", interfaces: ["eth0"] });
    should(state).have.propertyByPath("reason", "code").equal("ERR_MCAST_INTERFACE");
  });

  it("follows the route of the choice default when that moves", () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")], eth1: [ipv4("127.0.0.3/32")] };
    const membership = join("239.255.1.1", new RecordingListener(), { iface: "default" });
    should(membership.state).have.propertyByPath("reason", "message").equal("choose an interface: no route selects one of eth0, eth1");
    system.route = "127.0.0.2";
    system.pass();
    should(membership.state).deepEqual({ kind: "joined", interfaces: ["eth0"], warnings: [], standBy: [] });
    system.route = "127.0.0.3";
    system.pass();
    should(membership.state).deepEqual({ kind: "joined", interfaces: ["eth1"], warnings: [], standBy: [] });
    should(test.multicast.sockets.receiving).equal(1);
  });

  it("has one new state where one interface takes over from another, and none in between", () => {
    const [eth0, wlan0] = [ipv4("127.0.0.2/24"), ipv4("127.0.0.3/24")];
    const listener = new RecordingListener();
    system.interfaces = { eth0: [eth0], wlan0: [wlan0] };
    join("239.255.1.1", listener, { iface: "all" });
    for (const interfaces of [{ wlan0: [wlan0] }, { eth0: [eth0], wlan0: [wlan0] }]) {
      system.interfaces = interfaces;
      system.pass();
    }
    should(listener.states).deepEqual([
      { kind: "joined", interfaces: ["wlan0"], warnings: [], standBy: [] },
      { kind: "joined", interfaces: ["eth0"], warnings: [], standBy: [{ interface: "wlan0", insteadOf: "eth0" }] },
    ]);
  });

  it("shows a refusal of the system before a missing interface, in whatever order the interfaces were named", () => {
    system.refuse = () => "EACCES";
    const states = ["lo, eth7", "eth7, lo"].map((iface) => join("239.255.1.1", new RecordingListener(), { iface }).state);
    should(states).matchEach((state: object) => should(state).containEql({ kind: "refused" }));
    should(states[0]).have.propertyByPath("reason", "message").equal(`The system refused to open port ${test.port} (EACCES)`);
  });
});
