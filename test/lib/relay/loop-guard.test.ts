import should from "should";
import { parseGroup } from "../../../src/lib/address";
import type { RemoteInfo } from "../../../src/lib/host/system";
import { formatHear } from "../../../src/lib/relay/hear-format";
import { type EchoPath, endpointKey, LoopGuard, seedOf, type Verdict } from "../../../src/lib/relay/loop-guard";

const [A, B, C] = ["239.255.1.1", "239.255.1.2", "239.255.1.3"] as const;
const port = 5000;

/** A relay as the guard knows it: it echoes from a port of its own. */
function path(from: string, to: string, ownPort: number): EchoPath {
  const bindGroup = { group: parseGroup(to), port };
  return {
    bindGroup,
    seed: seedOf(bindGroup),
    sources: new Set([endpointKey(from, port, "lo")]),
    targets: new Set([endpointKey(to, port, "lo")]),
    isSourceOf: (sender) => sender.port === ownPort,
  };
}

const from = (endpoint: number, address = "127.0.0.1"): RemoteInfo => ({ address, family: "IPv4", port: endpoint, size: 1 });

describe("the loop guard", () => {
  let guard: LoopGuard;
  let ours: EchoPath;
  const judge = (what: string, endpoint: number, now: number, by = ours, group: string = A): Verdict =>
    guard.judge(by, { payload: Buffer.from(what), sender: from(endpoint), arrival: { group, port, interface: "lo" } }, now);

  beforeEach(() => {
    guard = new LoopGuard();
    ours = path(A, B, 1);
    guard.add(ours);
  });

  it("suppresses one payload to one group and port, and nothing else", () => {
    for (let copy = 0; copy < 20; copy += 1) judge("same", 100 + copy, copy);
    should(judge("same", 100, 21)).equal("loop");
    should(judge("another", 100, 21)).equal("echo");
    const elsewhere = path(A, C, 2);
    guard.add(elsewhere);
    should(judge("same", 100, 21, elsewhere)).equal("echo");
  });

  it("recognises a payload that goes round in nested HEAR texts, although each text is longer and comes from the same relay", () => {
    let text: Uint8Array = Buffer.from("hello");
    const verdicts: Verdict[] = [];
    for (let round = 0; round < 12; round += 1) {
      const sender = { ...from(100), size: text.byteLength };
      verdicts.push(guard.judge(ours, { payload: text, sender, arrival: { group: A, port, interface: "lo" } }, round));
      text = formatHear(text, sender, B) ?? text;
    }
    should(verdicts.at(-1)).equal("loop");
    should(verdicts.filter((verdict) => verdict === "echo").length).be.belowOrEqual(10);
  });

  it("echoes what another relay of the process echoed, unless the way leads back to that relay", () => {
    const next = path(B, C, 2);
    guard.add(next);
    should(judge("chain", 1, 0, next, B)).equal("echo");
    const back = path(B, A, 3);
    guard.add(back);
    should(judge("circle", 1, 0, back, B)).equal("loop");
    guard.delete(ours);
    should(judge("chain", 1, 0, back, B)).equal("echo");
  });

  it("does not echo a datagram of the bind group itself", () => {
    should(judge("own", 100, 0, ours, B)).equal("own-target");
  });

  it("counts the copies of a payload, and suppresses it when it comes back too often", () => {
    const verdicts = Array.from({ length: 20 }, (_, copy) => judge("same", 100 + copy, copy));
    should(verdicts.filter((verdict) => verdict === "echo").length).equal(9);
    should(judge("same", 100, 2_900)).equal("loop");
    should(judge("same", 100, 3_100)).equal("echo");
  });

  it("recognises a loop over several relays of the process, and forgets it when one of them is gone", () => {
    const second = path(B, C, 2);
    const third = path(C, A, 3);
    guard.add(second);
    guard.add(third);
    should(judge("round", 2, 0, third, C)).equal("loop");
    guard.delete(ours);
    should(judge("through", 2, 0, third, C)).equal("echo");
  });

  it("follows a relay whose sources and targets have changed, after an update", () => {
    let sources: ReadonlySet<string> = new Set();
    const changing: EchoPath = {
      ...path(B, A, 2),
      get sources() {
        return sources;
      },
    };
    guard.add(changing);
    should(judge("first", 2, 0)).equal("echo");
    sources = new Set([endpointKey(B, port, "lo")]);
    guard.update();
    should(judge("second", 2, 0)).equal("loop");
  });

  it("does not echo a datagram of the bind group where its interface is unknown, and echoes one of another interface", () => {
    const on = (name?: string) =>
      guard.judge(
        ours,
        { payload: Buffer.from("own"), sender: from(100), arrival: { group: B, port, ...(name && { interface: name }) } },
        0,
      );
    should([on("lo"), on(), on("eth0")]).deepEqual(["own-target", "own-target", "echo"]);
  });
});
