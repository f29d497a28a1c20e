import { once } from "node:events";
import { Readable } from "node:stream";
import should from "should";
import { activity } from "../../../src/lib";
import { type Datagram, type Listening, listen } from "../../../src/lib/api/listen";
import { type Sender, sender } from "../../../src/lib/api/send";
import { freePort, joinedInKernel, LO, ownGroup } from "../../support/loopback";

describe("listen", () => {
  let port: number;
  let group: string;
  let speaker: Sender;
  let listening: Listening;
  beforeEach(async () => {
    port = await freePort();
    group = ownGroup();
    speaker = sender({ group, port, iface: LO });
  });
  afterEach(() => Promise.all([speaker.close(), listening.close()]));

  const texts = (datagrams: readonly Datagram[]): string[] => datagrams.map(({ payload }) => payload.toString());

  it("gives each datagram with its sender, its group and its interface", async () => {
    listening = listen({ group, port, iface: LO });
    await speaker.send("hello");
    for await (const { payload, sender: from, group: to, interface: name, port: toPort } of listening) {
      should(payload.toString()).equal("hello");
      should(from).containEql({ address: LO, family: "IPv4", size: 5 });
      should({ to, name, toPort }).deepEqual({ to: group, name: "lo", toPort: port });
      break;
    }
  });

  it("leaves the group when the program leaves the loop", async () => {
    listening = listen({ group, port, iface: LO });
    should(joinedInKernel(group)).equal(1);
    await speaker.send("one");
    await speaker.send("two");
    for await (const _ of listening) break;
    should(joinedInKernel(group)).equal(0);
    should(listening.state).deepEqual({ kind: "closed" });
  });

  it("keeps datagrams while the program works, and drops and counts those beyond the limit", async () => {
    listening = listen({ group, port, iface: LO, maxQueued: 2 });
    for (const text of ["one", "two", "three", "four"]) await speaker.send(text);
    while (listening.dropped < 2) await new Promise((resolve) => setImmediate(resolve));
    const heard: Datagram[] = [];
    for await (const datagram of listening) {
      heard.push(datagram);
      if (heard.length === 2) break;
    }
    should(texts(heard)).deepEqual(["one", "two"]);
    should(listening.dropped).equal(2);
  });

  it("ends the loop with close and with its signal, also while it waits", async () => {
    const controller = new AbortController();
    for (const end of [() => void listening.close(), () => controller.abort()]) {
      listening = listen({ group, port, iface: LO, signal: controller.signal });
      setImmediate(end);
      for await (const _ of listening) throw new Error("a datagram that nobody sent");
      should(joinedInKernel(group)).equal(0);
    }
    listening = listen({ group, port, iface: LO, signal: controller.signal });
    for await (const _ of listening) throw new Error("a datagram after the end");
  });

  it("ends when its iterator is returned, also while that waits, and before it was asked for anything", async () => {
    for (const isWaiting of [true, false]) {
      listening = listen({ group, port, iface: LO });
      const iterator = listening[Symbol.asyncIterator]();
      const next = isWaiting ? iterator.next() : undefined;
      should(await iterator.return?.()).deepEqual({ done: true, value: undefined });
      should(joinedInKernel(group)).equal(0);
      for (const result of [await next, await iterator.next()].slice(isWaiting ? 0 : 1)) should(result).containEql({ done: true });
    }
  });

  it("ends when the stream that reads it is destroyed", async () => {
    listening = listen({ group, port, iface: LO });
    const stream = Readable.from(listening);
    stream.resume();
    setImmediate(() => stream.destroy());
    await once(stream, "close");
    should(listening.state).deepEqual({ kind: "closed" });
  });

  it("refuses a listener that is none", () => {
    listening = listen({ group, port, iface: LO });
    const wrong: object = Object("text").valueOf();
    should(() => listen({ group, port, iface: LO }, wrong)).throw("listener must be of type object, not text");
  });

  it("waits for an interface that is missing, with the state waiting", () => {
    listening = listen({ group, port, iface: "absent0" });
    should(listening.state).containEql({ kind: "waiting", interfaces: [] });
  });

  it("passes the label of its listener on, which activity lists", () => {
    listening = listen({ group, port, iface: LO }, { label: "listener 1" });
    const row = activity().groups.find((each) => each.group === group);
    should(row?.labels).deepEqual(["listener 1"]);
  });

  it("refuses unknown properties and limits that are out of range", () => {
    listening = listen({ group, port, iface: LO });
    const misspelt = { group, maxQueue: 5 };
    should(() => listen(misspelt)).throw("Unknown property 'maxQueue': did you mean maxQueued?");
    should(() => listen({ group, maxQueued: -1 })).throw(/maxQueued must be/);
  });
});
