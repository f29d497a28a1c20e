import { createSocket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import { activity } from "../../../src/lib";
import { ask, type Replies, type Reply } from "../../../src/lib/api/ask";
import { multicast } from "../../../src/lib/process-wide/multicast";
import { freePort, LO, ownGroup } from "../../support/loopback";
import { echoBack, ReplyingDevice } from "../../support/replying-device";

describe("ask", () => {
  let device: ReplyingDevice;
  let group: string;
  let port: number;
  let replies: Replies;
  const textsOf = (all: readonly Reply[]): string[] => all.map(({ payload }) => payload.toString());
  const open = async (reply: ConstructorParameters<typeof ReplyingDevice>[1]): Promise<void> => {
    device = await new ReplyingDevice(port, reply).join(group);
  };
  beforeEach(async () => {
    group = ownGroup();
    port = await freePort();
  });
  afterEach(async () => {
    await replies.close();
    device.socket.close();
  });

  it("gives each reply as it comes, and ends after the time for replies", async () => {
    await open((request, requester, socket) => {
      echoBack(`${request} 1`, requester, socket);
      setTimeout(() => echoBack(`${request} 2`, requester, socket), 100);
    });
    replies = ask({ group, port, iface: LO, collect: 400 }, "who?");
    const seen: string[] = [];
    for await (const { payload, sender, interface: name } of replies) {
      should(sender).containEql({ address: LO, port });
      should(name).equal("lo");
      seen.push(payload.toString());
    }
    should(seen).deepEqual(["re: who? 1", "re: who? 2"]);
    should(multicast.sockets.sending).equal(0);
  });

  it("collects all replies, none too", async () => {
    await open(echoBack);
    replies = ask({ group, port, iface: LO, collect: 100 }, "who?");
    should(textsOf(await replies.toArray())).deepEqual(["re: who?"]);
    replies = ask({ group: ownGroup(), port, iface: LO, collect: 50 }, "nobody?");
    should(await replies.toArray()).deepEqual([]);
  });

  it("passes the label of its listener on, which activity lists", async () => {
    await open(echoBack);
    replies = ask({ group, port, iface: LO, collect: 50 }, "who?", { label: "question 1" });
    should(activity().destinations.map(({ label }) => label)).containEql("question 1");
    await replies.toArray();
  });

  it("gives each question its own replies", async () => {
    await open((request, requester, socket) => setTimeout(() => echoBack(request, requester, socket), 20));
    const questions = ["a", "b", "c"].map((text) => ask({ group, port, iface: LO, collect: 200 }, text));
    replies = questions[0] ?? replies;
    const all = await Promise.all(questions.map((question) => question.toArray()));
    should(all.map(textsOf)).deepEqual([["re: a"], ["re: b"], ["re: c"]]);
  });

  it("closes its socket when the program leaves the loop", async () => {
    await open(echoBack);
    replies = ask({ group, port, iface: LO, collect: 60_000 }, "who?");
    for await (const _ of replies) break;
    should(multicast.sockets.sending).equal(0);
  });

  it("ends the loop and rejects toArray when it is closed early, by close or by its signal", async () => {
    await open(() => {});
    const controller = new AbortController();
    for (const end of [() => void replies.close(), () => controller.abort()]) {
      replies = ask({ group, port, iface: LO, signal: controller.signal }, "who?");
      const collected = should(replies.toArray()).be.rejectedWith({ code: "ERR_MCAST_CLOSED" });
      setImmediate(end);
      for await (const _ of replies) throw new Error("a reply that nobody sent");
      await collected;
    }
    const waiting = ask({ group, port, iface: "absent0" }, "who?");
    const collected = should(waiting.toArray()).be.rejectedWith({ code: "ERR_MCAST_CLOSED" });
    await waiting.close();
    await collected;
  });

  it("rejects toArray with the reason of its signal as the cause, where the signal has ended it", async () => {
    await open(() => {});
    const controller = new AbortController();
    const reason = new Error("the service stops");
    replies = ask({ group, port, iface: LO, signal: controller.signal }, "who?");
    controller.abort(reason);
    await should(replies.toArray()).be.rejectedWith({ code: "ERR_MCAST_CLOSED", cause: reason });
    replies = ask({ group, port, iface: LO, signal: controller.signal }, "who?");
    await should(replies.toArray()).be.rejectedWith({ code: "ERR_MCAST_CLOSED", cause: reason });
    replies = ask({ group, port, iface: LO }, "who?");
    await replies.close();
    await should(replies.toArray()).be.rejectedWith({ code: "ERR_MCAST_CLOSED", cause: undefined });
  });

  it("throws in the loop, and rejects toArray, where the system refuses the question", async () => {
    await open(() => {});
    const holder = createSocket("udp4").bind(0, LO);
    await once(holder, "listening");
    const fields = { group, port, iface: LO, sourcePort: holder.address().port };
    replies = ask(fields, "x");
    await should(replies.toArray()).be.rejectedWith({ code: "ERR_MCAST_BIND" });
    const loop = async (): Promise<void> => {
      for await (const _ of ask(fields, "x")) throw new Error("a reply that nobody sent");
    };
    await should(loop()).be.rejectedWith({ code: "ERR_MCAST_BIND" });
    holder.close();
  });

  it("counts the replies beyond the limit", async () => {
    await open((request, requester, socket) => {
      for (let count = 0; count < 5; count += 1) echoBack(request, requester, socket);
    });
    replies = ask({ group, port, iface: LO, collect: 200, maxQueued: 2 }, "who?");
    should((await replies.toArray()).length).equal(2);
    should(replies.dropped).equal(3);
  });

  it("throws at once for invalid fields and payloads", async () => {
    await open(() => {});
    replies = ask({ group, port, iface: LO, collect: 1 }, "x");
    const misspelt = { group, colect: 5 };
    should(() => ask(misspelt, "x")).throw("Unknown property 'colect': did you mean collect?");
    should(() => ask({ group, port, collect: 0 }, "x")).throw({ code: "ERR_MCAST_OPTION" });
    should(() => ask({ group, port }, Object(undefined).missing)).throw({ code: "ERR_MCAST_PAYLOAD" });
  });
});
