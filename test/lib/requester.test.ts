import { createSocket } from "node:dgram";
import { once } from "node:events";
import should from "should";
import type { McastError } from "../../src/lib/errors";
import type { Multicast } from "../../src/lib/multicast";
import { destination } from "../../src/lib/options/options";
import { type Replies, Requester } from "../../src/lib/requester";
import type { State } from "../../src/lib/state";
import { LO, RecordingListener } from "../support/loopback";
import { TestMulticast } from "../support/test-multicast";
import { failSend, ipv4, systemRefusal, type TestSystem } from "../support/test-system";

describe("a requester", () => {
  let test: TestMulticast;
  let system: TestSystem;
  let multicast: Multicast;
  let port: number;
  let listener: RecordingListener;
  let states: State[];
  let requester: Requester;

  const to = (fields = {}) => destination({ group: "239.255.1.1", port, iface: LO, ...fields });
  const request = (text: string, fields = {}) =>
    new Promise<readonly [McastError | undefined, readonly string[]]>((resolve) => {
      requester.request(to(fields), Buffer.from(text), 1_000, (error, { replies }) =>
        resolve([error, replies.map(({ payload }) => String(payload))]),
      );
    });
  const reply = async (text: string, sourcePort: number | undefined) => {
    const device = createSocket("udp4");
    await new Promise((resolve) => device.send(text, sourcePort, LO, resolve));
    device.close();
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate); // by then Node.js has read the socket
  };

  beforeEach(async () => {
    test = await TestMulticast.create();
    ({ system, multicast, port } = test);
    listener = new RecordingListener();
    test.join("239.255.1.1", listener);
    states = [];
    requester = new Requester(multicast, { onState: (state) => states.push(state) });
  });
  afterEach(async () => {
    await requester.close();
    await test.close();
  });

  it("refuses a request after it was closed", async () => {
    await requester.close();
    let error: McastError | undefined;
    requester.request(to(), Buffer.from("who?"), 1_000, (refusal) => {
      error = refusal;
    });
    should(error).containEql({ code: "ERR_MCAST_CLOSED" });
    should(multicast.sockets.sending).equal(0);
  });

  it("collects replies where one interface took the request, although another refused", async () => {
    system.interfaces = { eth0: [ipv4("127.0.0.2/32")], eth1: [ipv4("127.0.0.3/32")] };
    const open = system.open.bind(system);
    system.open = (opening) => {
      const socket = open(opening);
      if (system.sockets.length > 2) socket.send = (...args: readonly unknown[]) => failSend(args, systemRefusal("EPERM"));
      return socket;
    };
    const answers = new Promise<readonly unknown[]>((resolve) => {
      requester.request(to({ iface: "all" }), Buffer.from("who?"), 1_000, (error, { replies }) =>
        resolve([error, ...replies.map(({ payload }) => String(payload))]),
      );
    });
    const [heard] = await listener.count(1);
    const device = createSocket("udp4");
    await new Promise((resolve) => device.send("me", heard?.sender.port, heard?.sender.address, resolve));
    device.close();
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate); // by then Node.js has read the socket
    system.pass(1_000);
    should(await answers).deepEqual([undefined, "me"]);
  });

  it("collects replies until the time is over, each with the endpoint it came from", async () => {
    const replies: unknown[] = [];
    const ended = new Promise<void>((resolve) => {
      requester.request(to(), Buffer.from("who?"), 1_000, (_error, collected) => {
        replies.push(...collected.replies);
        resolve();
      });
    });
    const [heard] = await listener.count(1);
    const device = createSocket("udp4").bind(0, LO);
    await once(device, "listening");
    await new Promise((resolve) => device.send("me", heard?.sender.port, LO, resolve));
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate); // by then Node.js has read the socket
    system.pass(999);
    should(replies).be.empty();
    system.pass(1);
    await ended;
    should(replies).deepEqual([{ payload: Buffer.from("me"), ip: LO, port: device.address().port }]);
    device.close();
  });

  it("gives each of two open requests its own replies", async () => {
    const both = [request("first"), request("second")];
    const heard = await listener.count(2);
    for (const { text, sender } of heard) await reply(`re: ${text}`, sender.port);
    system.pass(1_000);
    should(await Promise.all(both)).deepEqual([
      [undefined, ["re: first"]],
      [undefined, ["re: second"]],
    ]);
  });

  it("closes the socket of a request that has ended", async () => {
    const ended = request("who?");
    await listener.count(1);
    should(multicast.sockets.sending).equal(1);
    system.pass(1_000);
    await ended;
    should(multicast.sockets.sending).equal(0);
  });

  it("fails a request that no interface took, without waiting for replies", async () => {
    system.refuse = ({ port: wanted }) => (wanted === 5000 ? "EACCES" : undefined);
    const [error, replies] = await request("who?", { sourcePort: 5000 });
    should(error).containEql({ code: "ERR_MCAST_BIND" });
    should(replies).be.empty();
  });

  it("ends open requests when it is closed, each with the replies that it has", async () => {
    const ended = request("who?");
    const [heard] = await listener.count(1);
    await reply("me", heard?.sender.port);
    await requester.close();
    const [error, replies] = await ended;
    should(error).containEql({ code: "ERR_MCAST_CLOSED", reason: "ask-closed" });
    should(replies).deepEqual(["me"]);
  });

  it("begins the time to collect when the request was sent, not when it was made", async () => {
    const ended = request("who?", { iface: "eth0" });
    system.pass(4_000);
    system.interfaces = { ...system.interfaces, eth0: [ipv4("127.0.0.2/32")] };
    system.pass();
    const [heard] = await listener.count(1);
    await reply("me", heard?.sender.port);
    system.pass(1_000);
    should(await ended).deepEqual([undefined, ["me"]]);
  });

  it("keeps a hundred requests open and no more, and takes others when those have ended", async () => {
    const open = Array.from({ length: 100 }, (_, number) => request(`request ${number}`));
    should((await request("one too many"))[0]).containEql({ code: "ERR_MCAST_SEND", reason: "ask-crowded" });
    await listener.count(100);
    system.pass(1_000);
    should((await Promise.all(open)).map(([error]) => error)).deepEqual(open.map(() => undefined));
    const another = request("another one");
    await requester.close();
    should((await another)[0]).containEql({ reason: "ask-closed" });
  });

  it("ends all open requests when it is closed", async () => {
    const open = Array.from({ length: 3 }, (_, number) => request(`request ${number}`));
    await requester.close();
    for (const [error] of await Promise.all(open)) should(error).containEql({ code: "ERR_MCAST_CLOSED" });
  });

  it("reports an error of a callback as a warning of the process, and ends the request", async () => {
    const rejections: unknown[] = [];
    const onRejection = (reason: unknown) => rejections.push(reason);
    process.on("unhandledRejection", onRejection);
    const warning = once(process, "warning");
    requester.request(to(), Buffer.from("who?"), 1_000, () => {
      throw new Error("broken callback");
    });
    await listener.count(1);
    system.pass(1_000);
    await new Promise(setImmediate);
    process.off("unhandledRejection", onRejection);
    should(rejections).be.empty();
    should((await warning)[0].message).match(/broken callback/);
    should(multicast.sockets.sending).equal(0);
  });

  it("gives the state of sending", async () => {
    const ended = request("who?");
    should(states).deepEqual([{ kind: "joined", interfaces: ["lo"], warnings: [], standBy: [] }]);
    await listener.count(1);
    system.pass(1_000);
    await ended;
  });

  // Sends a request, and gives it replies as its socket would.
  const flooded = async () => {
    const collected = new Promise<Replies>((resolve) => requester.request(to(), Buffer.from("who?"), 1_000, (_error, all) => resolve(all)));
    const socket = system.sockets.at(-1);
    await new Promise(setImmediate); // the request is sent
    const reply = (count: number, size: number): void => {
      const payload = Buffer.alloc(size);
      for (let each = 0; each < count; each += 1) {
        socket?.emit("message", payload, { address: LO, port: each, family: "IPv4", size });
      }
    };
    return { collected, reply };
  };

  it("keeps the first 10,000 replies to a request, and marks them as truncated", async () => {
    const { collected, reply } = await flooded();
    reply(10_000, 1);
    reply(5, 1);
    system.pass(1_000);
    const { replies, isTruncated } = await collected;
    should(replies).have.length(10_000);
    should(isTruncated).be.true();
  });

  it("does not mark exactly 10,000 as truncated", async () => {
    const { collected, reply } = await flooded();
    reply(10_000, 1);
    system.pass(1_000);
    should((await collected).isTruncated).be.false();
  });

  it("keeps 16 MiB of replies to a request", async () => {
    const { collected, reply } = await flooded();
    reply(300, 65_507);
    reply(1, 1);
    system.pass(1_000);
    const { replies, isTruncated } = await collected;
    should(replies).have.length(256);
    should(isTruncated).be.true();
  });

  it("keeps 64 MiB of replies to all open requests, and has that room again when they end", async () => {
    const asked = [await flooded(), await flooded(), await flooded(), await flooded(), await flooded()];
    for (const { reply } of asked) reply(256, 65_507);
    system.pass(1_000);
    const kept = (await Promise.all(asked.map(({ collected }) => collected))).map(({ replies }) => replies.length);
    should(kept).deepEqual([256, 256, 256, 256, 0]);
    const { collected, reply } = await flooded();
    reply(256, 65_507);
    system.pass(1_000);
    should((await collected).replies).have.length(256);
  });
});
