import type { NodeStatus } from "node-red";
import should from "should";
import { McastError } from "../../src/lib/errors";
import { stateOf } from "../../src/lib/state";
import { SentStatus } from "../../src/nodes/sent-status";
import { statusOf } from "../../src/nodes/status";
import { english } from "../support/catalogue";

describe("the status of a node that sends", () => {
  const [onEth7, onEth8] = [stateOf(["eth7"], []), stateOf(["eth8"], [])];
  const absent = new McastError("interface-absent", { interface: "wlan9" });
  const late = new McastError("send-late", { interface: "wlan9", seconds: 10 });
  const waiting = stateOf([], [absent]);
  let shown: (NodeStatus | undefined)[];
  let status: SentStatus;
  const last = () => shown.filter((each) => each !== undefined).at(-1);

  beforeEach(() => {
    shown = [];
    status = new SentStatus((state, works) => shown.push(statusOf(state, english, works)));
  });

  it("is sent after the system has taken a datagram, and not before", () => {
    status.begin();
    status.onState(onEth7);
    should(shown).deepEqual([undefined]);
    status.end();
    should(last()).match({ fill: "green", text: "sent on eth7", code: "sent" });
  });

  it("is settled while the state stays the same, and not after another one", () => {
    should(status.isSent).be.false();
    status.begin();
    status.onState(onEth7);
    should(status.isSent).be.false();
    status.end();
    should(status.isSent).be.true();
    status.onState(onEth8);
    should(status.isSent).be.false();
  });

  it("is shown once for many datagrams in one state", () => {
    for (let each = 0; each < 3; each += 1) {
      status.begin();
      if (each === 0) status.onState(onEth7);
      status.end();
    }
    should(shown.filter((each) => each !== undefined)).have.length(1);
  });

  it("is empty when the interface appears for which a message waited too long", () => {
    status.begin();
    status.onState(waiting);
    status.end(late);
    should(last()).match({ fill: "yellow", code: "waiting" });
    status.onState(stateOf(["wlan9"], []));
    should(last()).deepEqual({});
    status.begin();
    status.end();
    should(last()).match({ text: "sent on wlan9", code: "sent" });
  });

  it("stays as it is while the message that waited is sent, and then is sent", () => {
    status.begin();
    status.onState(waiting);
    status.onState(stateOf(["wlan9"], []));
    should(last()).match({ code: "waiting" });
    status.end();
    should(last()).match({ text: "sent on wlan9", code: "sent" });
  });

  it("is empty when the last datagram underway fails on an interface that works", () => {
    for (let each = 0; each < 2; each += 1) status.begin();
    status.onState(waiting);
    status.onState(stateOf(["wlan9"], []));
    status.end(late);
    should(last()).match({ code: "waiting" });
    status.end(late);
    should(last()).deepEqual({});
  });

  it("does not say that a message left on an interface that came in the place of another", () => {
    status.begin();
    status.onState(onEth7);
    status.end();
    status.onState(onEth8);
    should(last()).deepEqual({});
  });

  it("names the interfaces that send and those that are missing", () => {
    status.begin();
    status.onState(stateOf(["eth7"], [absent]));
    status.end();
    should(last()).match({ fill: "yellow", text: "on eth7; waiting for wlan9", code: "partial" });
  });

  it("shows nothing for a message that was not even underway", () => {
    status.begin();
    status.end(new McastError("closed"));
    should(shown).be.empty();
  });
});
