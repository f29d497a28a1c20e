import { execFileSync } from "node:child_process";
import { getEventListeners } from "node:events";
import should from "should";
import { addAsyncDispose, Lifetime } from "../../../src/lib/api/lifetime";

describe("a lifetime", () => {
  let calls: string[];
  let lifetime: Lifetime;
  const begin = (fields = {}): Lifetime => {
    lifetime = new Lifetime(fields);
    lifetime.begin(
      () => calls.push("start"),
      async () => void calls.push("end"),
    );
    return lifetime;
  };
  beforeEach(() => {
    calls = [];
  });
  afterEach(() => lifetime.close());

  it("ends once, however often it is closed", async () => {
    begin();
    await Promise.all([lifetime.close(), lifetime.close()]);
    await lifetime.close();
    should(calls).deepEqual(["start", "end"]);
  });

  it("ends with its signal, and takes its listener from the signal again", async () => {
    const controller = new AbortController();
    begin({ signal: controller.signal });
    controller.abort();
    should(calls).deepEqual(["start", "end"]);
    const other = new AbortController();
    const closed = begin({ signal: other.signal });
    should(getEventListeners(other.signal, "abort").length).equal(1);
    await closed.close();
    should(getEventListeners(other.signal, "abort").length).equal(0);
  });

  it("shares one listener on a signal with all others, and ends with them", async () => {
    const controller = new AbortController();
    const lifetimes = Array.from({ length: 20 }, () => begin({ signal: controller.signal }));
    should(getEventListeners(controller.signal, "abort").length).equal(1);
    await lifetimes[0]?.close();
    should(getEventListeners(controller.signal, "abort").length).equal(1);
    controller.abort();
    await Promise.all(lifetimes.map((each) => each.close()));
    should(calls.filter((call) => call === "end")).have.length(20);
    should(getEventListeners(controller.signal, "abort").length).equal(0);
  });

  it("starts nothing with a signal that is aborted already", () => {
    begin({ signal: AbortSignal.abort() });
    should(calls).deepEqual(["end"]);
  });

  it("may be closed within the call that it starts", async () => {
    lifetime = new Lifetime({});
    lifetime.begin(
      () => void lifetime.close(),
      async () => void calls.push("end"),
    );
    await lifetime.close();
    should(calls).deepEqual(["end"]);
  });

  it("ends if its start throws: it keeps neither a listener on its signal nor the process alive", () => {
    const { signal } = new AbortController();
    lifetime = new Lifetime({ signal });
    const start = () => {
      throw new Error("too many groups");
    };
    should(() => lifetime.begin(start, async () => void calls.push("end"))).throw("too many groups");
    should(calls).deepEqual(["end"]);
    should(getEventListeners(signal, "abort").length).equal(0);
    const program = `
      const { Lifetime } = require("./dist/lib/api/lifetime.js");
      try { new Lifetime({}).begin(() => { throw new Error("too many groups"); }, async () => {}); } catch {}
      setTimeout(() => { console.log("still alive"); process.exit(); }, 500).unref();
    `;
    should(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" })).equal("");
  });

  it("keeps the process alive until it ends, unless unref is true", () => {
    const lifetimeOf = (fields: string) => `
      const { Lifetime } = require("./dist/lib/api/lifetime.js");
      const lifetime = new Lifetime(${fields});
      lifetime.begin(() => {}, async () => {});
      process.on("exit", () => console.log("ended"));
      setTimeout(() => { console.log("closing"); void lifetime.close(); }, 50).unref();
    `;
    const run = (fields: string) => execFileSync(process.execPath, ["-e", lifetimeOf(fields)], { encoding: "utf8" });
    should(run("{}")).equal("closing\nended\n");
    should(run("{ unref: true }")).equal("ended\n");
  });

  it("keeps the process alive during work whose timers and sockets do not, and lets it end when the work fails, too", () => {
    const during = (outcome: string) => `
      const { aliveDuring } = require("./dist/lib/api/lifetime.js");
      process.on("exit", () => console.log("ended"));
      const work = new Promise((resolve, reject) => setTimeout(() => ${outcome}, 50).unref());
      aliveDuring(work).then((value) => console.log("done", value), (error) => console.log("failed", error.message));
    `;
    const run = (outcome: string) => execFileSync(process.execPath, ["-e", during(outcome)], { encoding: "utf8" });
    should(run("resolve(7)")).equal("done 7\nended\n");
    should(run('reject(new Error("no network"))')).equal("failed no network\nended\n");
  });

  it("refuses a signal that is none, and an unref that is neither true nor false", () => {
    begin();
    should(() => new Lifetime({ signal: {} })).throw("signal must be of type AbortSignal, not {}");
    should(() => new Lifetime({ unref: "yes" })).throw("unref must be true or false, not yes");
  });
});

describe("Symbol.asyncDispose", () => {
  class Door {
    isClosed = false;
    async close(): Promise<void> {
      this.isClosed = true;
    }
  }

  it("closes, where Node.js has it", async function () {
    if (!("asyncDispose" in Symbol)) return this.skip(); // Node.js before 18.18 has no such symbol
    addAsyncDispose(Door.prototype);
    const door = new Door();
    await Reflect.get(door, Symbol.asyncDispose).call(door);
    should(door.isClosed).be.true();
  });

  it("is left out where Node.js does not have it", () => {
    const program = `
      const { asyncDispose, ...others } = Object.getOwnPropertyDescriptors(Symbol);
      globalThis.Symbol = Object.defineProperties(function () {}, others);
      const mcast = require("./dist/lib");
      const membership = mcast.join({ iface: "absent0", unref: true }, { onDatagram() {} });
      console.log(typeof membership.close, "undefined" in membership);
    `;
    should(execFileSync(process.execPath, ["-e", program], { encoding: "utf8" })).equal("function false\n");
  });
});
