import should from "should";
import { type Decision, EchoDecision } from "../../../src/lib/relay/echo-decision";
import { type EchoPath, LoopGuard } from "../../../src/lib/relay/loop-guard";
import { RelayWarnings } from "../../../src/lib/relay/relay-warnings";
import { addressOf, pathOf } from "../../support/simulated-relays";
import { TestSystem } from "../../support/test-system";

const [A, B] = ["239.255.1.1", "239.255.1.2"] as const;
const port = 5000;
const EPHEMERAL = 40_000;
const LAST_HOP = 61_447;

describe("the decision whether a datagram is echoed", () => {
  let system: TestSystem;
  let warnings: RelayWarnings;
  let decision: EchoDecision;
  let asked: number;
  let clockReads: number;

  const decisionOf = (path: EchoPath) => {
    const loopGuard = new LoopGuard();
    loopGuard.add(path);
    return new EchoDecision({
      path,
      loopGuard,
      warnings,
      isEchoed: ({ group }) => {
        asked += 1;
        return group === A || group === B;
      },
      now: () => {
        clockReads += 1;
        return 0;
      },
    });
  };
  const arrivals = new Map([A, B, "239.255.1.7"].map((group) => [group, { group, port, interface: "eth0" }]));
  const decide = (group: string, { from = EPHEMERAL, acknowledges = false } = {}): Decision => {
    const sender = { address: addressOf(7), family: "IPv4", port: from, size: 2 } as const;
    return decision.decide({ payload: Buffer.from("on"), sender, arrival: arrivals.get(group) ?? { port } }, acknowledges);
  };

  beforeEach(() => {
    system = new TestSystem();
    asked = 0;
    clockReads = 0;
    const after = (milliseconds: number, callback: () => void) => system.after(milliseconds, callback);
    warnings = new RelayWarnings({ to: B, maxRate: 3, onChange: () => {}, after });
    decision = decisionOf(pathOf({ host: 1, from: A, to: B }));
  });
  afterEach(() => warnings.close());

  it("is the hop for a group that the relay echoes", () => {
    should(decide(A)).equal(1);
  });

  it("is no echo for a group that the relay does not echo, and for the group that it echoes to", () => {
    should(["239.255.1.7", B].map((group) => decide(group))).deepEqual(["drop", "drop"]);
    should(["239.255.1.7", B].map((group) => decide(group, { acknowledges: true }))).deepEqual(["acknowledge", "acknowledge"]);
  });

  it("is no echo while the relay has no interface to send on", () => {
    decision = decisionOf({ ...pathOf({ host: 1, from: A, to: B }), targets: new Set() });
    should(decide(A)).equal("drop");
    should(decide(A, { acknowledges: true })).equal("acknowledge");
  });

  it("is neither an echo nor an acknowledgement for a repeat in a loop, which is counted and warned of", () => {
    should(decide(A, { from: LAST_HOP, acknowledges: true })).equal("drop");
    should(decision.repeats).equal(1);
    should(warnings.standing.map(({ reason }) => reason)).deepEqual(["relay-loop"]);
  });

  it("is neither an echo nor an acknowledgement above the rate cap", () => {
    const decisions = Array.from({ length: 4 }, () => decide(A, { acknowledges: true }));
    should(decisions).deepEqual([1, 1, 1, "drop"]);
    should(warnings.heldBack).equal(1);
  });

  it("reads no clock for a datagram that is neither echoed nor acknowledged", () => {
    decide("239.255.1.7");
    should(clockReads).equal(0);
    decide(A);
    should(clockReads).equal(1);
  });

  it("is no echo for a payload whose recorded echo comes back by two relays", () => {
    should(decide(A)).equal(1);
    decision.recordEcho(1, true);
    should(decide(A, { from: 61_441 })).equal("drop");
  });

  it("asks once for each arrival whether its group is echoed, until the groups change", () => {
    decide(A);
    decide(A);
    should(asked).equal(1);
    decision.update();
    decide(A);
    should(asked).equal(2);
  });
});
