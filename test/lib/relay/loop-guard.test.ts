import should from "should";
import { type EchoPath, endpointKey, LoopGuard, type Verdict } from "../../../src/lib/relay/loop-guard";
import { addressOf, pathOf } from "../../support/simulated-relays";

const [A, B, C] = ["239.255.1.1", "239.255.1.2", "239.255.1.3"] as const;
const port = 5000;
const ANY = 40_000;
const [FIRST, SECOND] = [61_440, 61_441] as const;

describe("the loop guard", () => {
  let guard: LoopGuard;
  let ours: EchoPath;
  /** Judges a datagram of another host, or of this one (1). */
  const judge = (path: EchoPath, group: string, from: number, { now = 0, host = 7, text = "on" } = {}): Verdict => {
    const sender = { address: addressOf(host), family: "IPv4", port: from, size: text.length } as const;
    return guard.judge(path, { payload: Buffer.from(text), sender, arrival: { group, port, interface: "eth0" } }, now);
  };
  const add = (from: string, to: string): EchoPath => {
    const path = pathOf({ host: 1, from, to });
    guard.add(path);
    return path;
  };

  beforeEach(() => {
    guard = new LoopGuard();
    ours = add(A, B);
  });

  it("counts a hop for each relay, and has nothing echoed that was relayed eight times", () => {
    const ports = [ANY, FIRST, SECOND, 61_446, 61_447, 61_448];
    should(ports.map((from) => judge(ours, A, from))).deepEqual([1, 2, 3, 8, "loop", 1]);
  });

  it("drops an echo that has come back by two relays, and passes the payload at that hop again after 10 seconds", () => {
    should(judge(ours, A, ANY)).equal(1);
    guard.addEcho(ours, 1, true, 0);
    should(judge(ours, A, FIRST, { now: 1 })).equal(2); // sent on by one other relay: by way of that one it came, too
    should(judge(ours, A, SECOND, { now: 2 })).equal("loop");
    should(judge(ours, A, ANY, { now: 3 })).equal(1);
    should(judge(ours, A, SECOND, { now: 4, text: "off" })).equal(3);
    should(judge(ours, A, SECOND, { now: 10_000 })).equal(3);
  });

  it("drops an echo that shows no hop as soon as it comes back by a relay that counts", () => {
    should(judge(ours, A, ANY)).equal(1);
    guard.addEcho(ours, 1, false, 0);
    should(judge(ours, A, ANY, { now: 1 })).equal(1);
    should(judge(ours, A, FIRST, { now: 2 })).equal("loop");
  });

  it("drops the relay's own echo where it leads to the same group on a link that is the same LAN after all", () => {
    const bridge = { ...pathOf({ host: 1, from: A, to: A }), targets: new Set([endpointKey(A, port, "eth1")]) };
    guard.add(bridge);
    should(judge(bridge, A, ANY)).equal(1);
    guard.addEcho(bridge, 1, true, 0);
    should(judge(bridge, A, FIRST, { now: 1, host: 1 })).equal("loop");
    should(judge(bridge, A, FIRST, { now: 2, host: 7 })).equal(2); // another bridge, before this one in a chain
  });

  it("takes HEAR texts around a payload for hops", () => {
    const wrap = (text: string) => `HEAR [ ${text} SAID ('10.0.0.1', 1) ] from 239.1.2.3`;
    should(judge(ours, A, ANY, { text: "ON" })).equal(1);
    guard.addEcho(ours, 1, true, 0);
    should(judge(ours, A, ANY, { text: wrap("ON") })).equal(2);
    should(judge(ours, A, ANY, { text: wrap(wrap("ON")) })).equal("loop");
    should(judge(ours, A, ANY, { text: wrap(wrap("OFF")) })).equal(3);
  });

  it("echoes what another relay of the process echoed, unless the way leads back to that relay", () => {
    judge(ours, A, ANY);
    guard.addEcho(ours, 1, true, 0);
    should(judge(add(B, C), B, FIRST, { host: 1 })).equal(2);
    const back = add(B, A);
    should(judge(back, B, FIRST, { host: 1 })).equal("loop");
    should(judge(back, B, FIRST, { host: 1, text: "off" })).equal(2); // an echo of another process, from the same port
    guard.delete(ours);
    should(judge(back, B, FIRST, { host: 1 })).equal(2);
  });

  it("recognises a loop over several relays of the process, and forgets it when one of them is gone", () => {
    const second = add(B, C);
    const third = add(C, A);
    judge(second, B, ANY);
    guard.addEcho(second, 1, true, 0);
    should(judge(third, C, FIRST, { host: 1 })).equal("loop");
    guard.delete(ours);
    should(judge(third, C, FIRST, { host: 1 })).equal(2);
  });

  it("follows a relay whose sources and targets have changed, after an update", () => {
    let sources: ReadonlySet<string> = new Set();
    const changing: EchoPath = {
      ...pathOf({ host: 1, from: B, to: A }),
      get sources() {
        return sources;
      },
    };
    guard.add(changing);
    judge(changing, B, ANY);
    guard.addEcho(changing, 1, true, 0);
    should(judge(ours, A, FIRST, { host: 1 })).equal(2);
    sources = new Set([endpointKey(B, port, "eth0")]);
    guard.update();
    should(judge(ours, A, FIRST, { host: 1 })).equal("loop");
  });

  it("does not echo a datagram of the bind group where its interface is unknown, and echoes one of another interface", () => {
    const sender = { address: addressOf(7), family: "IPv4", port: ANY, size: 2 } as const;
    const on = (name?: string, path = ours) =>
      guard.judge(path, { payload: Buffer.from("on"), sender, arrival: { group: B, port, ...(name && { interface: name }) } }, 0);
    should([on("eth0"), on(), on("eth1")]).deepEqual(["own-target", "own-target", 1]);
    should(on("eth1", { ...ours, echoesBindGroup: false })).equal("own-target");
  });

  it("counts a datagram once for all relays that receive it", () => {
    const others = Array.from({ length: 20 }, (_, number) => add(A, `239.255.2.${number}`));
    const sender = { address: addressOf(7), family: "IPv4", port: ANY, size: 2 } as const;
    const datagram = { payload: Buffer.from("on"), sender, arrival: { group: A, port, interface: "eth0" } };
    judge(ours, A, ANY, { host: 8 }); // the origin is another
    should(others.map((path) => guard.judge(path, datagram, 1))).matchEach(1);
  });
});
