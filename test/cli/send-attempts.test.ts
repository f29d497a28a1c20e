import should from "should";
import { Run } from "../../src/cli/run";
import { type Recipient, SendAttempts } from "../../src/cli/send-attempts";
import { McastError, type Reason } from "../../src/lib/errors";
import { destination } from "../../src/lib/options/options";

const TO = destination({ group: "239.255.1.1", port: 5000 });
const OTHER = destination({ group: "239.255.1.2", port: 5000 });

/** A run whose lines on standard error can be read. */
class RecordingRun extends Run {
  readonly reported: string[] = [];

  override report(line: string): void {
    this.reported.push(line);
  }
}

describe("the attempts of a verb to send", () => {
  let run: RecordingRun;
  const refusal = (reason: Reason) => new McastError(reason, { interface: "eth0", seconds: 10, port: 5000 });
  /** Attempts with a sender that refuses for these reasons in turn, and takes the datagram where there is none. */
  const attempts = (total: number | undefined, ...reasons: readonly (Reason | undefined)[]) => {
    const rest = [...reasons];
    const sender: Recipient["sender"] = {
      send: (_to, _bytes, sent) => {
        const reason = rest.shift();
        sent(reason && refusal(reason));
      },
    };
    const made = new SendAttempts(total, run);
    return (to = TO) => made.send({ to, sender }, Buffer.from("again"));
  };

  beforeEach(() => {
    run = new RecordingRun({});
  });

  it("end with the first refusal where nothing is repeated", async () => {
    await should(attempts(1, "send-route")()).be.rejectedWith({ code: "ERR_MCAST_SEND" });
    should(run.reported).be.empty();
  });

  it("continue after each temporary refusal where the datagram is repeated without end", async () => {
    const reasons = ["send-route", "send-late", "bind-held", "send-firewall"] as const;
    const send = attempts(Number.POSITIVE_INFINITY, ...reasons);
    for (const isTaken of [false, false, false, false, true]) should(await send()).equal(isTaken);
    should(run.reported).deepEqual(reasons.map((reason) => refusal(reason).message));
  });

  it("report the same refusal once, until a datagram to that destination was sent", async () => {
    const send = attempts(Number.POSITIVE_INFINITY, "send-route", "send-late", "send-route", undefined, "send-route");
    for (const isTaken of [false, false, false, true, false]) should(await send()).equal(isTaken);
    should(run.reported).deepEqual([refusal("send-route").message, refusal("send-late").message, refusal("send-route").message]);
    const both = attempts(Number.POSITIVE_INFINITY, "send-firewall", undefined, "send-firewall");
    should([await both(), await both(OTHER), await both()]).deepEqual([false, true, false]);
    should(run.reported).have.length(4);
  });

  for (const [kind, total] of [
    ["a limited number of repetitions", 9],
    ["the datagrams of standard input", undefined],
  ] as const) {
    it(`continue with ${kind} only after a datagram to that destination was sent`, async () => {
      await should(attempts(total, "send-route")()).be.rejectedWith({ code: "ERR_MCAST_SEND" });
      const send = attempts(total, undefined, "send-route", "send-route");
      should([await send(), await send()]).deepEqual([true, false]);
      await should(send(OTHER)).be.rejectedWith({ code: "ERR_MCAST_SEND" });
    });
  }

  it("end where no repetition can succeed", async () => {
    for (const reason of ["send-size", "send-largest", "payload-size", "clock-unset"] as const) {
      await should(attempts(Number.POSITIVE_INFINITY, reason)()).be.rejectedWith({ reason });
    }
  });

  it("wait with a time-out for a missing interface, in one attempt", async () => {
    run = new RecordingRun({ timeout: 60 });
    should(await attempts(1, "send-late", "send-late", undefined)()).be.true();
    should(run.reported).be.empty();
  });

  it("report nothing when the run is over", async () => {
    run.end();
    should(await attempts(1, "closed")()).be.false();
    should(run.reported).be.empty();
  });
});
