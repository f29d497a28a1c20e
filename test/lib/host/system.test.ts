import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import should from "should";
import { type Socket, system } from "../../../src/lib/host/system";
import { LO } from "../../support/loopback";

describe("the system's files", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "mcast-system-"));
    writeFileSync(join(folder, "carrier_changes"), "7\n");
    symlinkSync("../br-lan", join(folder, "master"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("are read as text, as folders and as links", () => {
    should(system.readText(join(folder, "carrier_changes"))).equal("7\n");
    should([...(system.readFolder(folder) ?? [])].sort()).deepEqual(["carrier_changes", "master"]);
    should(system.readLink(join(folder, "master"))).equal("../br-lan");
  });

  it("are undefined, and throw nothing, where they can't be read", () => {
    should(system.readText(join(folder, "missing"))).be.undefined();
    should(system.readText(folder)).be.undefined();
    should(system.readFolder(join(folder, "carrier_changes"))).be.undefined();
    should(system.readLink(join(folder, "carrier_changes"))).be.undefined();
  });
});

describe("the system's programs", () => {
  it("give what they print", async () => {
    should(await system.run("echo", ["a", "$HOME"])).deepEqual({ kind: "done", text: "a $HOME\n" });
  });

  it("are absent where they are not installed", async () => {
    should(await system.run("no-such-program", [])).deepEqual({ kind: "absent" });
  });

  it("fail with their own message, in English", async () => {
    should(await system.run("cat", ["/no/such/file"])).deepEqual({
      kind: "failed",
      reason: "cat: /no/such/file: No such file or directory",
    });
  });

  it("fail where Node.js refuses to start them", async () => {
    should(await system.run("echo", ["a\0b"])).match({ kind: "failed", reason: /null bytes/ });
  });

  it("are ended after 2 s", async function () {
    this.timeout(5_000);
    should(await system.run("sleep", ["60"])).deepEqual({ kind: "failed", reason: "no result within 2 s" });
  });
});

describe("the system's sockets", () => {
  const opened: Socket[] = [];
  const open = (opening: Parameters<typeof system.open>[0]) => {
    const socket = system.open(opening);
    opened.push(socket);
    return socket;
  };
  afterEach(() => {
    for (const socket of opened.splice(0)) socket.close();
  });

  it("are bound within the call", () => {
    const socket = open({ type: "udp4", address: LO, port: 0, shared: false });
    should(socket.address()).containEql({ address: LO, family: "IPv4" });
    should(socket.address().port).be.above(0);
  });

  it("share a port only where they are opened to", () => {
    const { port } = open({ type: "udp4", address: LO, port: 0, shared: true }).address();
    open({ type: "udp4", address: LO, port, shared: true });
    should(() => open({ type: "udp4", address: LO, port, shared: false })).throw({ code: "EADDRINUSE" });
    const alone = open({ type: "udp4", address: LO, port: 0, shared: false }).address();
    should(() => open({ type: "udp4", address: LO, port: alone.port, shared: true })).throw({ code: "EADDRINUSE" });
  });

  it("that could not be bound throw the system's own error", () => {
    should(() => open({ type: "udp4", address: "198.51.100.1", port: 0, shared: false })).throw({ code: "EADDRNOTAVAIL" });
  });

  it("send within the call, with the settings of that moment", async () => {
    const receiver = open({ type: "udp4", address: LO, port: 0, shared: false });
    const sender = open({ type: "udp4", address: LO, port: 0, shared: false });
    const received = once(receiver, "message");
    sender.send("hello", receiver.address().port, LO);
    should(String((await received)[0])).equal("hello");
  });
});

describe("the system's routes, clock and timers", () => {
  it("find the address from which the loopback interface is reached, and none for an address without a route", () => {
    should(system.probeRoute({ type: "udp4", group: LO })).deepEqual({ kind: "source", address: LO });
    should(system.probeRoute({ type: "udp4", group: "no address" })).deepEqual({ kind: "none" });
  });

  it("list the loopback interface", () => {
    const addresses = Object.values(system.networkInterfaces()).flat();
    should(addresses.some((each) => each?.address === LO && each.internal)).be.true();
  });

  it("never go back, and call back once", async () => {
    const begun = system.now();
    await new Promise<void>((resolve) => system.after(10, resolve));
    should(system.now()).be.aboveOrEqual(begun + 9);
  });

  it("do not call back after they were cancelled", async () => {
    let calls = 0;
    const cancel = system.after(1, () => {
      calls += 1;
    });
    cancel();
    await new Promise<void>((resolve) => system.after(10, resolve));
    should(calls).equal(0);
  });
});
