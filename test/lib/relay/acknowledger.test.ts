import should from "should";
import type { McastError } from "../../../src/lib/errors";
import { Multicast } from "../../../src/lib/multicast";
import { Acknowledger } from "../../../src/lib/relay/acknowledger";
import { freePort, LO } from "../../support/loopback";
import { callbackOf, failSend, systemRefusal, TestSystem } from "../../support/test-system";

describe("an acknowledger", () => {
  let system: TestSystem;
  let multicast: Multicast;
  let port: number;
  let acknowledgers: Acknowledger[];
  let changes: number;
  let errors: McastError[];

  const create = () => {
    const acknowledger = new Acknowledger({
      replySockets: multicast.replySockets,
      ttl: 1,
      onChange: () => {
        changes += 1;
      },
      onError: (error) => errors.push(error),
      after: (milliseconds, callback) => multicast.after(milliseconds, callback),
    });
    acknowledgers.push(acknowledger);
    return acknowledger;
  };
  const datagram = (name: string | undefined = "lo", address = LO) => ({
    sender: { address, port, family: "IPv4" as const, size: 1 },
    arrival: { group: "239.255.1.1", port, ...(name !== "" && { interface: name }) },
  });
  const warnings = () => acknowledgers.flatMap(({ standing }) => standing.map(({ message }) => message));

  beforeEach(async () => {
    system = new TestSystem();
    system.route = LO;
    multicast = new Multicast(system);
    port = await freePort();
    acknowledgers = [];
    errors = [];
    changes = 0;
  });
  afterEach(async () => {
    await Promise.all(acknowledgers.map((each) => each.close()));
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    should(system.timers).equal(0);
  });

  it("counts the datagrams whose interface is unknown, and warns once a second at most", () => {
    const acknowledger = create();
    for (let each = 0; each < 1_000; each += 1) acknowledger.acknowledge(datagram(""), Buffer.from("heard"));
    should(changes).equal(1);
    system.pass(1_000);
    should(changes).equal(2);
    should(warnings()).deepEqual(["Not acknowledged: 1000 (no way back by their interface)"]);
    should(system.openings).be.empty();
    system.pass(4_000);
    should(warnings()).be.empty();
  });

  it("leaves a datagram alone that another one of the process has acknowledged", async () => {
    const [first, second] = [create(), create()];
    const one = datagram();
    first.acknowledge(one, Buffer.from("heard"));
    let sent = 0;
    const [socket] = system.sockets;
    Object.assign(socket ?? {}, {
      send: (...args: readonly unknown[]) => {
        sent += 1;
        setImmediate(callbackOf(args), null);
      },
    });
    second.acknowledge(one, Buffer.from("heard"));
    should(sent).equal(0);
    second.acknowledge(datagram(), Buffer.from("heard"));
    should(sent).equal(1);
    should(warnings()).be.empty();
  });

  it("reports what the system refuses, and counts what a slow link does not take", async () => {
    const acknowledger = create();
    acknowledger.acknowledge(datagram(), Buffer.from("heard"));
    const [socket] = system.sockets;
    const held: ((error: Error | null) => void)[] = [];
    Object.assign(socket ?? {}, { send: (...args: readonly unknown[]) => failSend(args, systemRefusal("EPERM")) });
    acknowledger.acknowledge(datagram(), Buffer.from("heard"));
    while (errors.length === 0) await new Promise(setImmediate);
    should(errors).match([{ message: "The local firewall blocks sending on lo" }]);
    Object.assign(socket ?? {}, {
      send: (...args: readonly unknown[]) => held.push(callbackOf(args)),
      getSendQueueCount: () => held.length,
      getSendQueueSize: () => held.length,
    });
    for (let each = 0; each < 10_005; each += 1) acknowledger.acknowledge(datagram(), Buffer.from("heard"));
    system.pass(1_000);
    should(warnings()).deepEqual(["Link too slow: 5 not sent"]);
    should(errors).have.length(1);
    for (const sent of held) sent(null);
  });
});
