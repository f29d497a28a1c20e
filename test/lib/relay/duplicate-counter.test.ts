import should from "should";
import type { RemoteInfo } from "../../../src/lib/host/system";
import { DuplicateCounter } from "../../../src/lib/relay/duplicate-counter";

const from = (address: string, port = 5000): RemoteInfo => ({ address, family: "IPv4", port, size: 1 });

/** A sender of one payload: its address, its ports in turn, the copies a second, and when it speaks (seconds). */
interface Speaker {
  readonly address: string;
  readonly ports?: number;
  readonly rate: number;
  readonly begins?: number;
  readonly ends: number;
}

describe("the counter of duplicates", () => {
  let counter: DuplicateCounter;
  beforeEach(() => {
    counter = new DuplicateCounter();
  });

  /** Has several say one payload; gives how many copies of each passed, and how many each said. */
  const say = (speakers: readonly Speaker[]): readonly { readonly passed: number; readonly said: number }[] => {
    const copies = speakers.flatMap(({ address, ports = 1, rate, begins = 0, ends }, speaker) =>
      Array.from({ length: Math.round((ends - begins) * rate) }, (_, copy) => {
        return { speaker, at: begins * 1000 + (copy * 1000) / rate, sender: from(address, 5000 + (copy % ports)) };
      }),
    );
    copies.sort((one, other) => one.at - other.at);
    const verdicts = copies.map((copy) => ({ ...copy, passes: counter.admits(11, 12, copy.sender, copy.at) }));
    return speakers.map((_, index) => {
      const own = verdicts.filter(({ speaker }) => speaker === index);
      return { passed: own.filter(({ passes }) => passes).length, said: own.length };
    });
  };

  const UNTOUCHED: Readonly<Record<string, readonly Speaker[]>> = {
    "one sender that repeats itself at 100/s for a minute": [{ address: "10.0.0.1", rate: 100, ends: 60 }],
    "one sender at 200/s for a minute": [{ address: "10.0.0.1", rate: 200, ends: 60 }],
    "two redundant senders at 100/s for a minute": [
      { address: "10.0.0.1", rate: 100, ends: 60 },
      { address: "10.0.0.2", rate: 100, ends: 60 },
    ],
    "three redundant senders, of which the first falls silent": [
      { address: "10.0.0.1", rate: 20, ends: 10 },
      { address: "10.0.0.2", rate: 20, ends: 60 },
      { address: "10.0.0.3", rate: 20, ends: 60 },
    ],
    "a hundred devices that say the same twice a second": Array.from({ length: 100 }, (_, device) => {
      return { address: `10.0.1.${device}`, rate: 2, begins: device / 1000, ends: 30 };
    }),
    "a sender at 15/s, and a stranger who says the same at 3/s later": [
      { address: "10.0.0.1", rate: 15, ends: 30 },
      { address: "10.9.9.9", rate: 3, begins: 1, ends: 30 },
    ],
  };
  for (const [claim, speakers] of Object.entries(UNTOUCHED)) {
    it(`passes every copy of ${claim}`, () => {
      for (const { passed, said } of say(speakers)) should(passed).equal(said);
    });
  }

  it("withholds 22 of 150 copies at 15/s if another sender sent the same at 3/s first, and none after that", () => {
    const stranger = { address: "10.9.9.9", rate: 3, ends: 20 };
    const [, sender] = say([stranger, { address: "10.0.0.1", rate: 15, begins: 1, ends: 11 }]);
    should(sender).deepEqual({ passed: 128, said: 150 });
  });

  it("passes a sender that repeats itself at 1000/s, save for 800 copies, once", () => {
    const [sender] = say([{ address: "10.0.0.1", rate: 1_000, ends: 60 }]);
    should(sender?.passed).be.above(59_000);
  });

  it("passes a redundant sender again, within 5 seconds after it remained as the only one", () => {
    const [, second] = say([
      { address: "10.0.0.1", rate: 20, ends: 10 },
      { address: "10.0.0.2", rate: 20, ends: 60 },
    ]);
    should((second?.said ?? 0) - (second?.passed ?? 0)).be.below(100);
  });

  it("withholds copies from ever new ports of one address, once there are more than 8 in 2 seconds", () => {
    const results = say([
      { address: "10.0.0.1", rate: 1, ends: 1 },
      { address: "10.0.0.2", ports: 10_000, rate: 1_000, ends: 0.01 },
    ]);
    should(results[1]).deepEqual({ passed: 8, said: 10 });
  });

  /** Runs a loop through a relay that sends on bytes unchanged from ordinary ports; gives how many echoes there were, and until when. */
  const loop = ({ delay, rate, ends, factor = 1 }: { delay: number; rate: number; ends: number; factor?: number }) => {
    const spoken = Array.from({ length: Math.round(rate * ends) }, (_, copy) => ({ at: (copy * 1000) / rate, address: "10.0.0.1" }));
    const coming = [...spoken];
    let echoes = 0;
    let last = 0;
    while (coming.length > 0 && echoes < 100_000) {
      const next = coming.shift();
      if (!next || next.at > 60_000) break;
      if (!counter.admits(11, 12, from(next.address), next.at)) continue;
      echoes += 1;
      last = next.at;
      for (let copy = 0; copy < factor; copy += 1) coming.push({ at: next.at + delay, address: "10.0.0.2" });
      coming.sort((one, other) => one.at - other.at);
    }
    return { echoes, last };
  };

  for (const [delay, rates] of [
    [1, [1, 20, 200]],
    [12, [1, 20, 200]],
    [260, [1, 20, 200]],
    [1_200, [20, 200]],
  ] as const) {
    for (const rate of rates) {
      it(`ends a loop with a round trip of ${delay} ms while one payload is sent at ${rate}/s, within 2 seconds after that`, () => {
        const ends = 5;
        const { echoes, last } = loop({ delay, rate, ends });
        should(last).be.belowOrEqual(ends * 1000 + 2_000);
        should(echoes / (ends + 2)).be.below(10 * rate + 8);
      });
    }
  }

  it("does not end a loop of fewer than 4 datagrams a second", () => {
    should(loop({ delay: 300, rate: 1, ends: 1 }).last).be.above(59_000);
  });

  it("ends a loop that doubles its datagrams", () => {
    const { echoes, last } = loop({ delay: 10, rate: 5, ends: 2, factor: 2 });
    should(last).be.below(4_000);
    should(echoes).be.below(400);
  });

  it("handles a million payloads that all seem to go round in ten seconds", () => {
    const begun = performance.now();
    for (let count = 0; count < 1_000_000; count += 1) {
      counter.admits(Math.floor(count / 10), 7, from(`10.0.0.${count % 10}`), count / 100);
    }
    should(performance.now() - begun).be.below(3_000);
  });
});
