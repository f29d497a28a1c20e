import should from "should";
import { Multicast } from "../../../src/lib/multicast";
import { joinOptions } from "../../../src/lib/options/options";
import type { Membership } from "../../../src/lib/receive/membership";
import type { State } from "../../../src/lib/state";
import { freePort, ownGroup, RecordingListener, sayFrom } from "../../support/loopback";
import { ipv4, systemRefusal, TestSystem } from "../../support/test-system";

const LOOPBACK = "127.0.0.1";

describe("a system that does not list its interfaces", () => {
  let system: TestSystem;
  let multicast: Multicast;
  let port: number;
  let ear: RecordingListener;
  let memberships: Membership[];
  let errno: string | undefined;
  const group = ownGroup();

  beforeEach(async () => {
    errno = "EACCES"; // Android refuses with this errno
    system = new TestSystem({ lo: [ipv4("127.0.0.1/8", true)] });
    const list = system.networkInterfaces.bind(system);
    system.networkInterfaces = () => {
      if (errno) throw systemRefusal(errno);
      return list();
    };
    multicast = new Multicast(system);
    ear = new RecordingListener();
    memberships = [];
    port = await freePort();
  });
  afterEach(async () => {
    await Promise.all(memberships.map((membership) => membership.leave()));
    should(system.timers).equal(0);
  });

  it("does not keep an address that was named from being used as it is", async () => {
    join(LOOPBACK);
    should(memberships[0]?.state.kind).equal("joined");
    await sayFrom(LOOPBACK, group, port, "hello");
    await ear.count(1);
    should(ear.texts).deepEqual(["hello"]);
  });

  for (const iface of ["lo", "eth0"]) {
    it(`has a name wait with that reason, and the system's own (${iface})`, () => {
      should(reasonOf(join(iface).state)).match(/(not|cannot|can't|refuses to) list( its)?( the)? interfaces/);
      should(reasonOf(join(iface).state)).match(/EACCES/);
      should(join(iface).state.kind).equal("waiting");
    });
  }

  it("has a range wait with that reason as well", () => {
    should(reasonOf(join("127.0.0.0/8").state)).match(/^waiting for 127\.0\.0\.0\/8: the system does not list its interfaces \(EACCES\)/);
  });

  it("has a name joined as soon as the list comes", () => {
    const membership = join("lo");
    errno = undefined;
    system.pass();
    should(membership.state).containEql({ kind: "joined", interfaces: ["lo"] });
  });

  it("does not affect a joined group when it stops listing them, and turns nothing red", async () => {
    errno = undefined;
    const membership = join("lo");
    should(membership.state.kind).equal("joined");
    for (const next of ["EMFILE", "ENFILE", "EACCES"]) {
      errno = next;
      system.pass(10_000);
      should(membership.state.kind).equal("joined", next);
    }
    await sayFrom(LOOPBACK, group, port, "hello");
    await ear.count(1);
    should(system.openings).have.length(1);
  });

  function join(iface: string): Membership {
    const membership = multicast.join(joinOptions({ group, port, iface }), ear);
    memberships.push(membership);
    return membership;
  }
});

function reasonOf(state: State): string {
  return "reason" in state ? state.reason.message : "";
}
