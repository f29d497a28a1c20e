import should from "should";
import type { McastError } from "../../../src/lib/errors";
import { Multicast } from "../../../src/lib/multicast";
import { Acknowledger } from "../../../src/lib/relay/acknowledger";
import { MAX_UNDERWAY } from "../../../src/lib/sockets/draining-socket";
import { freePort, LO } from "../../support/loopback";
import { callbackOf, failSend, systemRefusal, TestSystem } from "../../support/test-system";

describe("an acknowledger", () => {
  let system: TestSystem;
  let multicast: Multicast;
  let acknowledger: Acknowledger;
  let port: number;
  let errors: McastError[];
  let changes: number;

  const warnings = () => acknowledger.standing.map(({ message }) => message);
  const acknowledge = (address = LO, name = "lo") => {
    const sender = { address, port, family: "IPv4", size: 4 } as const;
    acknowledger.acknowledge({ sender, arrival: { group: "239.255.1.1", port, interface: name } }, Buffer.from("heard"));
    return sender;
  };
  // Replaces the send of the one socket that is open.
  const replaceSend = (send: (...args: readonly unknown[]) => void) => Object.assign(system.sockets.at(-1) ?? {}, { send });

  beforeEach(async () => {
    system = new TestSystem();
    system.route = LO;
    multicast = new Multicast(system);
    port = await freePort();
    errors = [];
    changes = 0;
    acknowledger = new Acknowledger({
      replySockets: multicast.replySockets,
      ttl: 1,
      onChange: () => {
        changes += 1;
      },
      onError: (error) => errors.push(error),
      after: (milliseconds, callback) => multicast.after(milliseconds, callback),
    });
  });
  afterEach(async () => {
    await acknowledger.close();
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    should(system.timers).equal(0);
  });

  it("sends a text to the sender of a datagram", async () => {
    const device = system.open({ type: "udp4", address: LO, port, shared: false });
    const received = new Promise((resolve) => device.on("message", (payload) => resolve(String(payload))));
    acknowledge();
    should(await received).equal("heard");
    device.close();
    should(warnings()).be.empty();
  });

  it("warns with the number of datagrams that it could not acknowledge, and reports no error", () => {
    acknowledge("8.8.8.8");
    should(warnings()).deepEqual(["1 not acknowledged: their senders cannot be reached by the interface of arrival"]);
    for (let each = 2; each <= 1_000; each += 1) acknowledge(LO, "eth7");
    should(changes).equal(1);
    system.pass(1_000);
    should(warnings()).match([/^1000 not acknowledged/]);
    should(changes).equal(2);
    should(errors).be.empty();
    system.pass(4_000);
    should(warnings()).be.empty();
  });

  it("acknowledges a datagram once, although two relays of the process received it", async () => {
    const sent: unknown[] = [];
    acknowledge();
    replaceSend((...args) => sent.push(args));
    const { replySockets } = multicast;
    const other = new Acknowledger({ replySockets, ttl: 1, onChange: () => {}, onError: () => {}, after: () => () => {} });
    const arrival = { group: "239.255.1.1", port, interface: "lo" };
    const sender = { address: LO, port, family: "IPv4", size: 4 } as const;
    for (const each of [acknowledger, other]) each.acknowledge({ sender, arrival }, Buffer.from("heard"));
    should(sent).have.length(1);
    should(other.standing).be.empty();
    for (const args of sent) if (Array.isArray(args)) callbackOf(args)(null);
    await other.close();
  });

  it("warns with the number of acknowledgements that a slow link did not take", () => {
    acknowledge();
    const underway: (readonly unknown[])[] = [];
    replaceSend((...args) => underway.push(args));
    Object.assign(system.sockets.at(-1) ?? {}, { getSendQueueCount: () => underway.length, getSendQueueSize: () => underway.length });
    for (let each = 1; each <= MAX_UNDERWAY.count; each += 1) acknowledge();
    should(warnings()).be.empty();
    acknowledge();
    should(warnings()).deepEqual(["Link too slow: 1 not sent"]);
    should(errors).be.empty();
    for (const args of underway) callbackOf(args)(null);
  });

  it("reports a refusal of the system, but not an acknowledgement that its own close ended", async () => {
    acknowledge();
    replaceSend((...args) => failSend(args, systemRefusal("EPERM")));
    acknowledge();
    await new Promise(setImmediate);
    should(errors.map(({ reason }) => reason)).deepEqual(["send-firewall"]);
    replaceSend((...args) => failSend(args, systemRefusal("ECANCELED")));
    acknowledge();
    await new Promise(setImmediate);
    should(errors).have.length(1);
  });
});
