import should from "should";
import type { McastError } from "../../../src/lib/errors";
import { Multicast } from "../../../src/lib/multicast";
import type { ReplySockets } from "../../../src/lib/sockets/reply-sockets";
import { freePort, LO } from "../../support/loopback";
import { callbackOf, ipv4, systemRefusal, TestSystem } from "../../support/test-system";

describe("unicast replies", () => {
  let system: TestSystem;
  let multicast: Multicast;
  let port: number;
  let replySockets: ReplySockets;
  const user = {};

  const reply = (address: string, fields: { name?: string | undefined; ttl?: number; sent?: (error?: McastError) => void } = {}) => {
    const { name, ttl = 1, sent = () => {} } = { name: "lo", ...fields };
    const arrival = { group: "239.255.1.1", port, ...(name !== undefined && { interface: name }) };
    return replySockets.send({ sender: { address, port, family: "IPv4", size: 1 }, arrival, bytes: Buffer.from("heard"), ttl }, sent);
  };

  beforeEach(async () => {
    system = new TestSystem({ lo: [ipv4("127.0.0.1/8", true)], eth1: [ipv4("10.2.0.1/24")] });
    system.route = LO;
    multicast = new Multicast(system);
    port = await freePort();
    ({ replySockets } = multicast);
    replySockets.acquire(user);
  });
  afterEach(async () => {
    await replySockets.release(user);
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    should(system.timers).equal(0);
  });

  it("use one socket for an interface, however many senders there are", () => {
    for (let each = 1; each <= 250; each += 1) should(reply(`127.0.1.${each}`)).equal("sent");
    should(system.openings).deepEqual([{ type: "udp4", address: LO, port: 0, shared: false }]);
  });

  it("look up the routes of 1,000 senders between two beats, and keep no more", () => {
    const outcomes = Array.from({ length: 1_500 }, (_, each) => reply(`127.1.${Math.floor(each / 250)}.${(each % 250) + 1}`));
    should(outcomes.filter((outcome) => outcome === "sent")).have.length(1_000);
    should(system.routesAsked).have.length(1_000);
    should(reply("127.1.0.1")).equal("sent"); // it is known
    system.pass();
    should(reply("127.1.5.250")).equal("sent");
    should(system.routesAsked).have.length(1_001);
  });

  for (const [what, address, fields] of [
    ["a sender whose interface is unknown", "127.0.0.1", { name: undefined }],
    ["a sender whose interface is gone", "127.0.0.1", { name: "eth7" }],
    ["a sender in another network, with a TTL of 1", "8.8.8.8", {}],
    ["a sender in another interface's network", "127.0.0.1", { name: "eth1" }],
    ["a sender that is routed by another interface, with a TTL above 1", "8.8.8.8", { name: "eth1", ttl: 9 }],
    ["a sender on another host, with a TTL of 0", "10.2.0.9", { name: "eth1", ttl: 0 }],
  ] as const) {
    it(`do not go to ${what}`, () => {
      should(reply(address, fields)).equal("unreachable");
      should(system.openings).be.empty();
    });
  }

  it("do not go to a broadcast address, for which the system has no source", () => {
    system.route = undefined;
    should(reply("127.255.255.255")).equal("unreachable");
  });

  it("report EACCES as a refusal of the system, not of a firewall", async () => {
    reply("127.0.0.1");
    const [socket] = system.sockets;
    Object.assign(socket ?? {}, { send: (...args: readonly unknown[]) => setImmediate(callbackOf(args), systemRefusal("EACCES")) });
    const error = await new Promise<McastError | undefined>((resolve) => reply("127.0.0.2", { sent: resolve }));
    should(error).containEql({ code: "ERR_MCAST_SEND", message: "The system refused to send on lo (EACCES)" });
  });

  it("open a socket anew at the next beat after an error on it, and not before", () => {
    reply("127.0.0.1");
    for (let each = 0; each < 100; each += 1) {
      system.sockets.at(-1)?.emit("error", systemRefusal("EIO"));
      should(reply("127.0.0.1")).equal("unreachable");
    }
    should(system.openings).have.length(1);
    system.pass();
    should(reply("127.0.0.1")).equal("sent");
    should(system.openings).have.length(2);
  });

  it("keep a socket when the one that it replaced, with a reply underway, fails once more", () => {
    reply("127.0.0.1");
    system.pass(1_500);
    const [old] = system.sockets;
    const underway: (readonly unknown[])[] = [];
    Object.assign(old ?? {}, { send: (...args: readonly unknown[]) => underway.push(args) });
    reply("127.0.0.2");
    old?.emit("error", systemRefusal("EIO"));
    system.pass(600); // a beat; the old socket waits 1 s for its reply
    should(reply("127.0.0.3")).equal("sent");
    old?.emit("error", systemRefusal("EIO"));
    should(reply("127.0.0.4")).equal("sent");
    should(system.openings).have.length(2);
    for (const args of underway) callbackOf(args)(null);
  });

  it("try to open a refused socket once a beat", () => {
    system.refuse = () => "EMFILE";
    for (let each = 1; each <= 100; each += 1) should(reply(`127.0.0.${each}`)).equal("unreachable");
    should(system.openings).have.length(1);
  });

  it("close the socket of a removed address", async () => {
    reply("127.0.0.1");
    system.interfaces = { eth1: [ipv4("10.2.0.1/24")] };
    system.pass();
    await new Promise(setImmediate);
    should(replySockets.size).equal(0);
  });
});
