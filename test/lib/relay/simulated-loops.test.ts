import should from "should";
import { type Outcome, type SimulatedRelay, type Speaker, simulate } from "../../support/simulated-relays";

const [A, B, C, D, E, F] = ["239.255.1.1", "239.255.1.2", "239.255.1.3", "239.255.1.4", "239.255.1.5", "239.255.1.6"] as const;

/** Has somebody say payloads at a rate from 0 on. */
function say(group: string, rate: number, count: number, payload: (number: number) => string, address = "10.1.0.99"): readonly Speaker[] {
  return Array.from({ length: count }, (_, number) => ({ group, address, at: (number * 1000) / rate, payload: payload(number) }));
}

const same = () => "round and round";
const everNew = (number: number) => `number ${number}`;

function mostInASecond({ times }: Outcome): number {
  let first = 0;
  let most = 0;
  for (const [index, time] of times.entries()) {
    while ((times[first] ?? time) <= time - 1_000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}

describe("a simulated loop of relays that count hops", () => {
  const LAYOUTS: Readonly<Record<string, readonly SimulatedRelay[]>> = {
    "two hosts": [
      { host: 1, from: A, to: B },
      { host: 2, from: B, to: A },
    ],
    "three hosts": [
      { host: 1, from: A, to: B },
      { host: 2, from: B, to: C },
      { host: 3, from: C, to: A },
    ],
    "three hosts that double it": [
      { host: 1, from: A, to: B },
      { host: 2, from: B, to: A },
      { host: 3, from: B, to: A },
    ],
    "one process": [
      { host: 1, from: A, to: B },
      { host: 1, from: B, to: A },
    ],
    "two hosts, of which one cannot have the hop ports": [
      { host: 1, from: A, to: B, hops: "none" },
      { host: 2, from: B, to: A },
    ],
  };
  const DELAYS: Readonly<Record<string, (at: number) => number>> = {
    "0 ms": () => 0.05,
    "6 ms": () => 6,
    "130 ms": () => 130,
    "600 ms": () => 600,
    "140 ms that become 6 ms": (at) => (at < 1_500 ? 140 : 6),
    "6 ms that become 140 ms": (at) => (at < 1_500 ? 6 : 140),
  };
  for (const [layout, relays] of Object.entries(LAYOUTS)) {
    for (const [words, delay] of Object.entries(DELAYS)) {
      it(`of ${layout} ends with a delay of ${words}, at every rate and for every payload`, () => {
        for (const rate of [1, 20, 1_000]) {
          for (const payload of [same, everNew]) {
            for (const echo of ["unchanged", "hear"] as const) {
              const outcome = simulate(
                relays.map((relay) => ({ ...relay, echo })),
                say(A, rate, rate * 2, payload),
                (at, _from, host) => (host === 2 ? delay(at) : 0.05),
              );
              const title = `${rate}/s ${payload(0)} ${echo}`;
              should((outcome.times.at(-1) ?? 0) - 2_000).be.below(2_000, title);
              should(mostInASecond(outcome)).be.belowOrEqual(10 * rate, title);
              should(outcome.suspected).be.above(0, title);
            }
          }
        }
      });
    }
  }

  it("that goes round in one datagram is dropped at its first return, also after minutes at the last hop", () => {
    const relays = LAYOUTS["two hosts"] ?? [];
    should(simulate(relays, say(A, 1, 1, same), () => 130).times.length).equal(3);
    should(simulate(relays, say(A, 1, 1, same), () => 60_000).times.length).equal(9);
  });

  it("of 4 by 4 relays in parallel does not swell", () => {
    const relays = [1, 2, 3, 4].flatMap((number) => [
      { host: number, from: A, to: B },
      { host: number + 4, from: B, to: A },
    ]);
    should(simulate(relays, say(A, 1, 1, same), () => 10).times.length).be.below(200);
  });

  it("through a relay that sends HEAR texts and does not count hops, as the Python tool, ends", () => {
    const relays: readonly SimulatedRelay[] = [
      { host: 1, from: A, to: B },
      { host: 2, from: B, to: A, echo: "hear", hops: "none" },
    ];
    const outcome = simulate(relays, say(A, 20, 40, everNew), () => 300);
    should(outcome.times.at(-1)).be.below(5_000);
    should(outcome.times.length).be.below(400);
  });

  it("of two relays without hop ports is ended by the count of copies", () => {
    const relays: readonly SimulatedRelay[] = [
      { host: 1, from: A, to: B, hops: "none" },
      { host: 2, from: B, to: A, hops: "none" },
    ];
    const outcome = simulate(relays, say(A, 20, 40, same), () => 50);
    should(outcome.times.at(-1)).be.below(4_000);
    should(mostInASecond(outcome)).be.below(200);
  });
});

describe("simulated relays without a loop", () => {
  it("pass on one payload at 100/s for a minute in a chain of five on three hosts", () => {
    const relays = [
      { host: 1, from: A, to: B },
      { host: 2, from: B, to: C },
      { host: 3, from: C, to: D },
      { host: 1, from: D, to: E },
      { host: 2, from: E, to: F },
    ];
    const { counts, suspected } = simulate(relays, say(A, 100, 6_000, same), () => 1);
    should([counts[F], suspected]).deepEqual([6_000, 0]);
  });

  it("echo the datagrams of a hundred equal devices, plain and as HEAR texts, by two relays", () => {
    for (const echo of ["unchanged", "hear"] as const) {
      for (const hops of [undefined, "none"] as const) {
        const relays: readonly SimulatedRelay[] = [
          { host: 1, from: A, to: B, echo, ...(hops && echo === "hear" ? { hops } : {}) },
          { host: 2, from: B, to: C },
        ];
        const devices = Array.from({ length: 100 }, (_, device) => say(A, 1, 10, () => "HERE", `10.1.1.${device}`)).flat();
        const { counts, suspected } = simulate(relays, devices);
        should([counts[C], suspected]).deepEqual([1_000, 0]);
      }
    }
  });

  it("pass on every copy of redundant senders, and of redundant relays before them", () => {
    const relays = [
      { host: 1, from: A, to: B },
      { host: 2, from: A, to: B },
      { host: 3, from: B, to: C },
    ];
    const speakers = [...say(A, 50, 1_000, same, "10.1.0.98"), ...say(A, 50, 1_000, same, "10.1.0.99")];
    const { counts, suspected } = simulate(relays, speakers);
    should([counts[C], suspected]).deepEqual([4_000, 0]);
  });

  it("echo a payload that is sent to two neighbouring groups of a chain", () => {
    const relays = [
      { host: 1, from: A, to: B },
      { host: 2, from: B, to: C },
    ];
    const speakers = [...say(B, 10, 100, same, "10.1.0.98"), ...say(A, 10, 100, same, "10.1.0.99")];
    const { counts, suspected } = simulate(relays, speakers);
    should([counts[C], suspected]).deepEqual([200, 0]);
  });

  it("let another sender at 3/s suppress 24 of 100 copies a second that come by way of two other relays, and none that come directly", () => {
    const relays = [
      { host: 1, from: A, to: B },
      { host: 2, from: B, to: C },
      { host: 3, from: C, to: D },
    ];
    const stranger = say(C, 3, 30, same, "10.1.0.98");
    const chained = simulate(relays, [...stranger, ...say(A, 100, 1_000, same, "10.1.0.99")]);
    should(chained.counts[D]).equal(30 + 1_000 - 240);
    const direct = simulate(relays, [...say(C, 100, 1_000, same, "10.1.0.99"), ...stranger.map((each) => ({ ...each, at: each.at + 1 }))]);
    should([direct.counts[D], direct.suspected]).deepEqual([1_030, 0]);
  });

  it("echo a payload although another sender sends it as a HEAR text", () => {
    const words = "HEAR [ HEAR [ ON SAID ('10.0.0.1', 1) ] FROM 239.1.1.1 SAID ('10.0.0.2', 2) ] from 239.1.1.2";
    const speakers = [...say(A, 15, 150, () => "ON", "10.1.0.99"), ...say(A, 3, 30, () => words, "10.1.0.98")];
    const { counts } = simulate([{ host: 1, from: A, to: B }], speakers);
    should(counts[B]).be.aboveOrEqual(150);
  });

  it("in one process know an echo of another by its payload, since all share the ports", () => {
    // A mirror of A and B beside a relay from C to A: what is said on C goes to A and B, and no further.
    const relays = [
      { host: 1, from: A, to: B },
      { host: 1, from: B, to: A },
      { host: 1, from: C, to: A },
    ];
    const { counts } = simulate(relays, say(C, 10, 20, everNew));
    should(counts).deepEqual({ [C]: 20, [A]: 20, [B]: 20 });
  });
});
