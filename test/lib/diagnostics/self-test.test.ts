import should from "should";
import { selfTests } from "../../../src/lib/diagnostics/self-test";
import { examined } from "../../support/examined";
import { freePort, ownGroup } from "../../support/loopback";
import { callbackOf, failSend, systemRefusal, TestSystem } from "../../support/test-system";

describe("the self-test", () => {
  const tried = async (system: TestSystem, sabotage: (system: TestSystem) => void = () => {}) => {
    sabotage(system);
    const examination = examined(system, { group: ownGroup(), port: await freePort() });
    const [found, ...more] = await selfTests(examination);
    should(more).be.empty();
    should(examination.multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    return { level: found?.level, fact: found?.fact ?? "", why: found?.why ?? "" };
  };
  // Has the sending sockets do something else than send: those that are not bound to a group.
  const instead = (send: (args: readonly unknown[]) => void) => (system: TestSystem) => {
    const { open } = TestSystem.prototype;
    system.open = (opening) => {
      const socket = open.call(system, opening);
      socket.send = (...args: readonly unknown[]) => send(args);
      return socket;
    };
  };

  it("receives its own datagram if everything works", async () => {
    const { level, fact } = await tried(new TestSystem());
    should(level).equal("ok");
    should(fact).match(/^lo: joined .* heard it after /);
  });

  it("reports that joining failed", async () => {
    const { level, why } = await tried(new TestSystem(), (system) => {
      system.refuse = () => "EADDRINUSE";
    });
    should({ level, why: why.slice(0, 18) }).deepEqual({ level: "fault", why: "The receiving half" });
  });

  it("reports that sending failed", async () => {
    const { level, fact, why } = await tried(
      new TestSystem(),
      instead((args) => failSend(args, systemRefusal("EPERM"))),
    );
    should({ level, why: why.slice(0, 16) }).deepEqual({ level: "fault", why: "The sending half" });
    should(fact).match(/could not send/);
  });

  it("reports that nothing was received", async () => {
    const system = new TestSystem();
    const vanish = instead((args) => {
      setImmediate(callbackOf(args), null);
      setImmediate(() => system.pass(500));
    });
    const { level, fact } = await tried(system, vanish);
    should(level).equal("fault");
    should(fact).match(/did not hear it within 500 ms/);
  });

  it("does not know without an interface", async () => {
    const [found] = await selfTests(examined(new TestSystem(), { iface: "eth7" }));
    should(found).containEql({ level: "unknown" });
  });
});
