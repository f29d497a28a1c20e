import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join as joinPath } from "node:path";
import should from "should";
import { GroupSubscription } from "../../../src/lib/group-subscription";
import { Multicast } from "../../../src/lib/multicast";
import { destination, hearOptions, joinOptions } from "../../../src/lib/options/options";
import { LoopGuard } from "../../../src/lib/relay/loop-guard";
import { Relay, type RelayListener } from "../../../src/lib/relay/relay";
import { createKey } from "../../../src/lib/sealed/group-key";
import type { Sealing } from "../../../src/lib/sealed/sealing";
import { readSealing } from "../../../src/lib/sealed/sealing-options";
import { freePort, LO, RecordingListener } from "../../support/loopback";
import { TestSystem } from "../../support/test-system";

const PYTHON = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
const SCRIPT = joinPath("test", "lib", "sealed", "independent.py");
const hasCryptography = spawnSync(PYTHON, ["-c", "import cryptography"]).status === 0;
const [A, B] = ["239.255.1.1", "239.255.1.2"] as const;

/** A listener that also remembers when each datagram was sealed. */
class SealedRecorder extends RecordingListener {
  readonly sealedAt: (number | undefined)[] = [];
  override onDatagram(
    ...[payload, sender, arrival, _echoed, sealedAt]: [...Parameters<RecordingListener["onDatagram"]>, echoed?: boolean, sealedAt?: number]
  ): void {
    this.sealedAt.push(sealedAt);
    super.onDatagram(payload, sender, arrival);
  }
}

function sealingWith(key: unknown): Sealing {
  const sealing = readSealing({ key });
  if (!sealing) throw new Error("no key was read");
  return sealing;
}

describe("sealed groups over sockets", () => {
  let system: TestSystem;
  let multicast: Multicast;
  let port: number;
  let open: { close(): Promise<void> }[];
  const keyText = createKey();
  const sealing = sealingWith(keyText);

  const subscribe = (group: string, key: Sealing | undefined, fields = {}) => {
    const listener = new SealedRecorder();
    const groups = new GroupSubscription(multicast, listener, { sealing: key });
    groups.join([joinOptions({ group, port, iface: LO, ...fields })]);
    open.push(groups);
    return { groups, listener };
  };
  const sendBytes = async (group: string, bytes: Uint8Array) => {
    const sender = multicast.sender();
    await new Promise((resolve) => sender.send(destination({ group, port, iface: LO }), bytes, resolve));
    await sender.close();
  };
  const say = (group: string, text: string, key = sealing) =>
    sendBytes(group, multicast.sealer(key).seal(Buffer.from(text), to(group), port));
  const to = (group: string) => joinOptions({ group }).group;
  const relay = (bind: string, groups: readonly string[], key: Sealing | undefined) => {
    const listener = new SealedRecorder();
    const options = hearOptions({ group: bind, groups, port, iface: LO, echoIface: LO });
    const made = new Relay({ multicast, loopGuard: new LoopGuard() }, { ...options, sealing: key }, listener);
    open.push(made);
    return { listener, relay: made };
  };

  beforeEach(async () => {
    system = new TestSystem();
    multicast = new Multicast(system);
    port = await freePort();
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((each) => each.close()));
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
    should(system.timers).equal(0);
  });

  it("deliver the plaintext, with the time of sealing", async () => {
    const { listener } = subscribe(A, sealing);
    await say(A, "hello");
    await listener.count(1);
    should(listener.texts).deepEqual(["hello"]);
    should(listener.sealedAt).deepEqual([system.utc()]);
  });

  it("deliver no other datagram, and warn of others in the state", async () => {
    const { groups, listener } = subscribe(A, sealing);
    await sendBytes(A, Buffer.from("plain"));
    await say(A, "with another key", sealingWith(createKey()));
    await sendBytes(A, multicast.sealer(sealing).seal(Buffer.from("for another group"), to(B), port));
    await say(A, "hello");
    await listener.count(1);
    should(listener.texts).deepEqual(["hello"]);
    should(listener.states.at(-1)).match({ kind: "joined", warnings: [{ message: "1 refused: not sealed" }] });
    should(groups.refused.map(({ message }) => message)).deepEqual(["1 refused: not sealed", "2 refused: another key, or altered"]);
  });

  it("leave a listener without a key the bytes as they are", async () => {
    const [plain, opened] = [subscribe(A, undefined), subscribe(A, sealing)];
    const datagram = multicast.sealer(sealing).seal(Buffer.from("hello"), to(A), port);
    await sendBytes(A, datagram);
    await Promise.all([plain.listener.count(1), opened.listener.count(1)]);
    should(plain.listener.heard[0]?.payload.equals(datagram)).be.true();
    should(plain.listener.sealedAt).deepEqual([undefined]);
    should(opened.listener.texts).deepEqual(["hello"]);
  });

  it("deliver a datagram once that comes by two interfaces, or to two memberships of one group", async () => {
    const { groups, listener } = subscribe(A, sealing, { iface: "lo" });
    groups.join([joinOptions({ group: A, port, iface: LO })]);
    should(groups.memberships).have.length(2);
    const datagram = multicast.sealer(sealing).seal(Buffer.from("hello"), to(A), port);
    await sendBytes(A, datagram);
    await sendBytes(A, datagram);
    await say(A, "over");
    await listener.count(2);
    should(listener.texts).deepEqual(["hello", "over"]);
    should(groups.state).containEql({ warnings: [] });
  });

  it("warn once of a datagram that two memberships of one group refuse", async () => {
    const { groups, listener } = subscribe(A, sealing, { iface: "lo" });
    groups.join([joinOptions({ group: A, port, iface: LO })]);
    await sendBytes(A, Buffer.from("plain"));
    await say(A, "over");
    await listener.count(1);
    should(groups.state).match({ warnings: (warnings: unknown[]) => warnings.length === 1 });
  });

  it("do not open a recording from before a restart", async () => {
    const first = subscribe(A, sealing);
    const recorded = ["one", "two"].map((text) => multicast.sealer(sealing).seal(Buffer.from(text), to(A), port));
    for (const datagram of recorded) await sendBytes(A, datagram);
    await first.listener.count(2);
    await first.groups.close();
    system.pass(1_100);
    const second = subscribe(A, sealing);
    for (const datagram of recorded) await sendBytes(A, datagram);
    await say(A, "new");
    await second.listener.count(1);
    should(second.listener.texts).deepEqual(["new"]);
    should(second.groups.refused.map(({ message }) => message)).deepEqual(["2 refused: 127.0.0.1's clock is 1 s behind"]);
  });

  describe("while the key is changed under traffic", () => {
    const next = createKey();
    const [old, prepared, swapped, only] = [
      sealing,
      sealingWith({ key: keyText, previous: next }),
      sealingWith({ key: next, previous: keyText }),
      sealingWith(next),
    ] as const;

    /** Lets each machine say 50 datagrams, and returns what each of them heard and refused. Each machine hears itself too. */
    const exchange = async (says: readonly Sealing[], hears: readonly Sealing[], wanted = hears.map(() => 50 * says.length)) => {
      const members = hears.map((key) => subscribe(A, key));
      const sealers = says.map((key) => multicast.sealer(key));
      const sender = multicast.sender();
      for (let each = 0; each < 50; each += 1) {
        for (const sealer of sealers) {
          const bytes = sealer.seal(Buffer.from(`${each}`), to(A), port);
          await new Promise((resolve) => sender.send(destination({ group: A, port, iface: LO }), bytes, resolve));
        }
      }
      await Promise.all(members.map(({ listener }, at) => listener.count(wanted[at] ?? 0)));
      const outcome = members.map(({ groups, listener }) => [listener.texts.length, ...groups.refused.map(({ message }) => message)]);
      await Promise.all([sender.close(), ...members.map(({ groups }) => groups.close())]);
      return outcome;
    };

    it("lose nothing in three steps, whichever of two machines takes a step first", async () => {
      for (const [before, after] of [
        [old, prepared],
        [prepared, swapped],
        [swapped, only],
      ] as const) {
        for (const both of [
          [before, before],
          [before, after],
          [after, after],
        ]) {
          should(await exchange(both, both)).deepEqual([[100], [100]]);
        }
      }
    });

    it("lose nothing in two steps from one sender, if the receiver takes the first step first and the last one last", async () => {
      for (const [says, hears] of [
        [old, swapped],
        [swapped, swapped],
        [only, swapped],
        [only, only],
      ] as const) {
        should(await exchange([says], [hears])).deepEqual([[50]]);
      }
    });

    it("do not open in two steps what the first machine says to one that has the old key only", async () => {
      const both = [swapped, old];
      const [first, second] = await exchange(both, both, [100, 50]);
      should(first).deepEqual([100]);
      should(second).deepEqual([50, "50 refused: another key, or altered"]);
    });
  });

  describe("through a relay", () => {
    it("with the key are opened and sealed anew for the echo target", async () => {
      const { listener: heard } = relay(B, [A], sealing);
      const { listener } = subscribe(B, sealing);
      await say(A, "hello");
      await Promise.all([listener.count(1), heard.count(1)]);
      should([...listener.texts, ...heard.texts]).deepEqual(["hello", "hello"]);
      should(heard.sealedAt).deepEqual([system.utc()]);
    });

    it("with the key are neither echoed nor emitted if they do not open", async () => {
      const { listener: heard, relay: made } = relay(B, [A], sealing);
      const { listener } = subscribe(B, undefined);
      await sendBytes(A, Buffer.from("plain"));
      await say(A, "hello");
      await Promise.all([listener.count(1), heard.count(1)]);
      should(heard.texts).deepEqual(["hello"]);
      should(listener.heard[0]?.payload).have.length(37);
      should(made.refused.map(({ message }) => message)).deepEqual(["1 refused: not sealed"]);
      should(made.state).match({ warnings: [{ message: "1 refused: not sealed" }] });
    });

    it("without a key stay as they are, and open only where group and port stay the same", async () => {
      relay(B, [A], undefined);
      const [plain, opened] = [subscribe(B, undefined), subscribe(B, sealing)];
      const datagram = multicast.sealer(sealing).seal(Buffer.from("hello"), to(A), port);
      await sendBytes(A, datagram);
      await plain.listener.count(1);
      should(plain.listener.heard[0]?.payload.equals(datagram)).be.true();
      await say(B, "for this group");
      await opened.listener.count(1);
      should(opened.listener.texts).deepEqual(["for this group"]);
    });

    it("with the key count an echo that is too long to be sealed as one that could not be sent", async () => {
      const errors: string[] = [];
      const options = hearOptions({ group: B, groups: [A], port, iface: LO, echoIface: LO, echo: "hear" });
      const heard = new SealedRecorder();
      const listener = {
        onDatagram: (...[payload, sender, arrival]: Parameters<RelayListener["onDatagram"]>) => heard.onDatagram(payload, sender, arrival),
        onError: ({ code }: { code: string }) => errors.push(code),
      };
      const made = new Relay({ multicast, loopGuard: new LoopGuard() }, { ...options, sealing }, listener);
      open.push(made);
      await say(A, "x".repeat(65_430)); // its HEAR text fits in a datagram, but not sealed
      await heard.count(1);
      should(errors).deepEqual(["ERR_MCAST_PAYLOAD"]);
      should(made.counts).containEql({ echoed: 0, failed: 1 });
    });

    it("with the key are not echoed while the time of the machine is not set: the relay reports the reason", async function () {
      if (!hasCryptography) this.skip();
      const errors: string[] = [];
      const options = hearOptions({ group: B, groups: [A], port, iface: LO, echoIface: LO });
      system.utc = () => Date.UTC(1970, 0, 2);
      const echoed = new Promise<boolean>((resolve) => {
        const listener = {
          onDatagram: (...call: Parameters<RelayListener["onDatagram"]>) => resolve(call[3]),
          onError: ({ code }: { code: string }) => errors.push(code),
        };
        open.push(new Relay({ multicast, loopGuard: new LoopGuard() }, { ...options, sealing }, listener));
      });
      // No sealer of this package would seal it at that time.
      await sendBytes(A, sealedByPython(system.utc(), A));
      should(await echoed).be.false();
      should(errors).deepEqual(["ERR_MCAST_CLOCK"]);
    });
  });

  // A datagram that Python seals at a time of its own.
  function sealedByPython(utc: number, group: string): Buffer {
    return Buffer.from(
      askPython({ do: "seal", key: keyText, group, port, kid: "8123456789abcdef", ctr: utc * 1_000, payload: "68656c6c6f" }),
      "hex",
    );
  }

  describe(`with an independent implementation in Python${hasCryptography ? "" : " (skipped: python3-cryptography is not installed)"}`, () => {
    before(function () {
      if (!hasCryptography) this.skip();
    });

    it("open datagrams that Python sealed", async () => {
      const { listener } = subscribe(A, sealing);
      await sendBytes(A, sealedByPython(system.utc(), A));
      await listener.count(1);
      should(listener.texts).deepEqual(["hello"]);
    });

    it("are opened by Python", async () => {
      const { listener } = subscribe(A, undefined);
      await say(A, "hello");
      const [heard] = await listener.count(1);
      const datagram = heard?.payload.toString("hex");
      should(askPython({ do: "open", key: keyText, group: A, port, datagram })).equal("68656c6c6f");
    });
  });
});

function askPython(question: object): string {
  const { stdout, stderr, status } = spawnSync(PYTHON, [SCRIPT], { input: `${JSON.stringify(question)}\n`, encoding: "utf8" });
  should(status).equal(0, stderr);
  const said: { readonly datagram?: string; readonly payload?: string } = JSON.parse(stdout);
  return said.datagram ?? said.payload ?? "";
}
