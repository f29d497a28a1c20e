import should from "should";
import { type System, system } from "../../../src/lib/host/system";
import { Multicast } from "../../../src/lib/multicast";
import { destination, hearOptions, joinOptions } from "../../../src/lib/options/options";
import { LoopGuard } from "../../../src/lib/relay/loop-guard";
import { Relay, type RelayHost } from "../../../src/lib/relay/relay";
import type { State } from "../../../src/lib/state";
import { freePort, LO, ownGroup, RecordingListener } from "../../support/loopback";

// The real system with the loopback interface only. Timers run ten times as fast; the clock of the guard does not.
const here: System = {
  ...system,
  networkInterfaces: () => ({ lo: system.networkInterfaces().lo }),
  after: (milliseconds, callback) => system.after(milliseconds / 10, callback),
};

/** A relay, and the listener that records its datagrams and states. */
interface Hear {
  readonly relay: Relay;
  readonly listener: LoopRecorder;
}

class LoopRecorder extends RecordingListener {
  readonly times: number[] = [];
  readonly warnings: string[] = [];
  readonly echoed: boolean[] = [];
  #reported: () => void = () => {};

  override onDatagram(...[payload, sender, arrival, echoed]: [...Parameters<RecordingListener["onDatagram"]>, echoed?: boolean]): void {
    this.times.push(performance.now());
    this.echoed.push(echoed ?? false);
    super.onDatagram(payload, sender, arrival);
  }

  override onState(state: State): void {
    super.onState(state);
    const warnings = "warnings" in state ? state.warnings.filter(({ reason }) => reason === "relay-loop") : [];
    this.warnings.push(...warnings.map(({ message }) => message));
    this.#reported();
  }

  /** Settles when a state fits, or at once if an earlier one did. */
  async until(isSo: (state: State) => boolean): Promise<void> {
    while (!this.states.some(isSo)) {
      await new Promise<void>((resolve) => {
        this.#reported = resolve;
      });
    }
  }
}

const isSuspected = (state: State) => warned(state, /^Possible loop 239\.255\./);

// The state after a warning has ended: joined, without warnings.
const isClear = (state: State) => state.kind === "joined" && state.warnings.length === 0;

function warned(state: State, text: RegExp): boolean {
  return state.kind === "joined" && state.warnings.some(({ message }) => text.test(message));
}

describe("a loop of relays", () => {
  let port: number;
  let groups: readonly [string, string, string];
  let hosts: RelayHost[];
  let open: { close(): Promise<void> }[];

  // A Multicast with its own LoopGuard knows nothing of the others, like a process of its own.
  const hostOf = (number: number): RelayHost => {
    hosts[number] ??= { multicast: new Multicast(here), loopGuard: new LoopGuard() };
    return hosts[number];
  };
  const processOf = (number: number): Multicast => hostOf(number).multicast;
  const hear = (inProcess: number, from: string, to: string, fields = {}): Hear => {
    const listener = new LoopRecorder();
    const relay = new Relay(
      hostOf(inProcess),
      hearOptions({ group: to, groups: [from], port, iface: LO, echoIface: LO, ...fields }),
      listener,
    );
    open.push(relay);
    return { relay, listener };
  };
  const listen = (group: string): LoopRecorder => {
    const listener = new LoopRecorder();
    const membership = processOf(9).join(joinOptions({ group, port, iface: LO }), listener);
    open.push({ close: () => membership.leave() });
    return listener;
  };
  const say = async (group: string, ...texts: readonly string[]) => {
    const sender = processOf(8).sender();
    open.push(sender);
    const to = destination({ group, port, iface: LO });
    for (const text of texts) await new Promise((resolve) => sender.send(to, Buffer.from(text), resolve));
  };

  beforeEach(async () => {
    port = await freePort();
    groups = [ownGroup(), ownGroup(), ownGroup()];
    hosts = [];
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((each) => each.close()));
    for (const { multicast } of hosts.filter(Boolean)) should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
  });

  /** Relays, each in a numbered process: each echoes from one group to another. */
  type Layout = (groups: readonly [string, string, string]) => readonly (readonly [process: number, from: string, to: string])[];

  const LOOPS: Readonly<Record<string, Layout>> = {
    "of two relays in one process": ([a, b]) => [
      [1, a, b],
      [1, b, a],
    ],
    "of two relays between processes": ([a, b]) => [
      [1, a, b],
      [2, b, a],
    ],
    "of three relays in one process": ([a, b, c]) => [
      [1, a, b],
      [1, b, c],
      [1, c, a],
    ],
    "of three relays between processes": ([a, b, c]) => [
      [1, a, b],
      [2, b, c],
      [3, c, a],
    ],
    "of three relays, two of them in one process": ([a, b, c]) => [
      [1, a, b],
      [1, b, c],
      [2, c, a],
    ],
    "that doubles its datagrams": ([a, b]) => [
      [1, a, b],
      [2, b, a],
      [3, b, a],
    ],
    "that doubles its datagrams in both directions": ([a, b]) => [
      [1, a, b],
      [2, a, b],
      [3, b, a],
      [4, b, a],
    ],
  };

  for (const [claim, layout] of Object.entries(LOOPS)) {
    for (const echo of ["unchanged", "hear"]) {
      it(`${claim} ends within a second, with one warning that stands as long as the loop lasts (${echo})`, async () => {
        const hears = layout(groups).map(([number, from, to]) => hear(number, from, to, { echo }));
        const listeners = hears.map(({ listener }) => listener);
        const begun = performance.now();
        await say(groups[0], "round and round");
        await Promise.any(listeners.map((listener) => listener.until(isSuspected)));
        const suspecting = hears.filter(({ listener }) => listener.states.some(isSuspected));
        await Promise.all(suspecting.map(({ listener }) => listener.until(isClear)));
        should(Math.max(...listeners.flatMap(({ times }) => times)) - begun).be.below(1_000);
        should(listeners.reduce((sum, { heard }) => sum + heard.length, 0)).be.below(200);
        for (const { listener, relay } of suspecting) {
          should(listener.warnings.length).equal(1);
          should(listener.warnings[0]).match(new RegExp(`^Possible loop 239\\.255\\.\\d+\\.\\d+ → ${relay.bindGroup.group.address}: `));
        }
        should(listeners.flatMap(({ states }) => states).filter(({ kind }) => kind === "refused")).be.empty();
      });
    }
  }

  it("suppresses the payload that goes round, and no other", async () => {
    const [a, b] = groups;
    const { listener } = hear(1, a, b);
    hear(2, b, a);
    await say(a, "round and round");
    await listener.until(isSuspected);
    const target = listen(b);
    const before = target.heard.length;
    await say(a, "something else");
    await target.count(before + 1);
    should(target.texts.slice(before)[0]).equal("something else");
  });

  it("does not cause endless acknowledgements: of 600 copies from one endpoint 400 are acknowledged", async () => {
    const [a, b] = groups;
    const { listener } = hear(1, a, b, { echo: "off", acknowledge: true });
    const answers: string[] = [];
    const sender = processOf(8).sender({ onReply: (payload) => answers.push(String(payload)) }, { isPrivate: true });
    open.push(sender);
    const to = destination({ group: a, port, iface: LO });
    for (let copy = 0; copy < 600; copy += 1) await new Promise((resolve) => sender.send(to, Buffer.from("the same"), resolve));
    await listener.count(600);
    await listener.until(isSuspected);
    should(answers.length).be.belowOrEqual(400);
  });

  it("is not suspected in a chain of relays, neither within a process nor between processes", async () => {
    const [a, b, c] = groups;
    const hears = [hear(1, a, b), hear(1, b, c)];
    const end = listen(c);
    const texts = Array.from({ length: 100 }, (_, number) => `number ${number % 10}`);
    await say(a, ...texts);
    await end.count(100);
    should(end.texts).deepEqual(texts);
    should(hears.flatMap(({ listener }) => listener.warnings)).be.empty();
  });

  it("is not suspected where sender and relay are in one process", async () => {
    const [a, b] = groups;
    const { listener } = hear(8, a, b);
    const target = listen(b);
    await say(a, ...Array.from({ length: 50 }, () => "the same"));
    await target.count(50);
    should(listener.warnings).be.empty();
    should(listener.echoed.every(Boolean)).be.true();
  });

  it("is not suspected where two senders send the same payloads", async () => {
    const [a, b] = groups;
    const { listener } = hear(1, a, b);
    const target = listen(b);
    const texts = Array.from({ length: 100 }, (_, number) => `frame ${number}`);
    for (const text of texts) {
      await say(a, text);
      await say(a, text);
    }
    await target.count(200);
    should(target.texts).deepEqual(texts.flatMap((text) => [text, text]));
    should(listener.warnings).be.empty();
  });
});

describe("a cap on echoes", () => {
  it("allows a burst of one second's worth, emits the rest without an echo, and counts it", async () => {
    const multicast = new Multicast(here);
    const [group, bind] = [ownGroup(), ownGroup()];
    const port = await freePort();
    const listener = new LoopRecorder();
    const target = new LoopRecorder();
    const relay = new Relay(
      { multicast, loopGuard: new LoopGuard() },
      hearOptions({ group: bind, groups: [group], port, iface: LO, echoIface: LO, maxRate: 5 }),
      listener,
    );
    const membership = multicast.join(joinOptions({ group: bind, port, iface: LO }), target);
    const sender = multicast.sender();
    const to = destination({ group, port, iface: LO });
    for (let number = 0; number < 30; number += 1) {
      await new Promise((resolve) => sender.send(to, Buffer.from(`number ${number}`), resolve));
    }
    await Promise.all([listener.count(30), target.count(5)]);
    should(listener.echoed.filter(Boolean).length).be.within(5, 6);
    await listener.until((state) => warned(state, /^Echoes held back: 2[45] \(at most 5 per second\)$/));
    await listener.until(isClear);
    should(listener.states.length).be.below(6);
    await Promise.all([relay.close(), membership.leave(), sender.close()]);
    should(multicast.sockets).deepEqual({ receiving: 0, sending: 0 });
  });
});
