import should from "should";
import { McastError } from "../../src/lib/errors";
import { CLOSED, type State, stateOf } from "../../src/lib/state";
import {
  collectedStatus,
  collectingStatus,
  joinedStatus,
  noGroupStatus,
  relayStatus,
  sentStatus,
  silentStatus,
  statusOf,
} from "../../src/nodes/status";
import { english } from "../support/catalogue";

const GREEN = { fill: "green", shape: "dot" };
const YELLOW = { fill: "yellow", shape: "ring" };

describe("the status of a state", () => {
  const absent = new McastError("interface-absent", { interface: "wlan0" });
  const refused = new McastError("bind-refused", { port: 5000, errno: "EIO" });
  const [loop, capped, unsealed] = [
    new McastError("relay-loop", { from: "239.1.1.1", to: "239.1.1.2" }),
    new McastError("relay-held", { count: 1, most: 5 }),
    new McastError("sealed-otherwise", { count: 12 }),
  ];
  const [lost, lostToo] = [
    new McastError("receive-lost", { count: 38, limit: 212_992 }),
    new McastError("receive-lost-busy", { count: 38, mebibytes: 4 }),
  ];
  const unlisted = new McastError("interfaces-unlisted", { errno: "EPERM" });
  const standBy = [{ interface: "wlan0", insteadOf: "eth7" }];
  const two = [...standBy, { interface: "wlan1", insteadOf: "eth7" }];

  for (const [claim, state, status] of [
    ["is green with the interfaces that are joined", stateOf(["lo"], []), { ...GREEN, text: "joined on lo", code: "joined" }],
    ["names two interfaces", stateOf(["eth7", "eth8"], []), { ...GREEN, text: "joined on eth7, eth8", code: "joined" }],
    ["counts more than two interfaces", stateOf(["eth7", "eth8", "eth9"], []), { ...GREEN, text: "joined on eth7 +2", code: "joined" }],
    [
      "names an interface that stands by",
      stateOf(["eth7"], [], { standBy }),
      { ...GREEN, text: "joined on eth7; wlan0 is on the same network", code: "joined" },
    ],
    [
      "names several interfaces that stand by",
      stateOf(["eth7"], [], { standBy: two }),
      { ...GREEN, text: "joined on eth7; wlan0, wlan1 are on the same network", code: "joined" },
    ],
    [
      "names both sides where some interfaces wait",
      stateOf(["eth7"], [absent]),
      { ...YELLOW, text: "on eth7; waiting for wlan0", code: "partial" },
    ],
    [
      "names both sides where an interface refuses",
      stateOf(["eth7"], [refused]),
      { ...YELLOW, text: `on eth7; ${refused.message}`, code: "partial" },
    ],
    ["waits where nothing is joined", stateOf([], [absent]), { ...YELLOW, text: "waiting for wlan0", code: "waiting" }],
    [
      "waits in spite of a warning where nothing is joined",
      stateOf([], [absent], { warnings: [loop] }),
      { ...YELLOW, text: "waiting for wlan0", code: "waiting" },
    ],
    ["is red with the reason of a refusal", stateOf([], [refused]), { fill: "red", shape: "ring", text: refused.message, code: "refused" }],
    ["suspects a loop", stateOf(["lo"], [], { warnings: [loop] }), { ...YELLOW, text: "loop suspected", code: "loop" }],
    ["holds echoes back", stateOf(["lo"], [], { warnings: [capped] }), { ...YELLOW, text: "echoes held back", code: "capped" }],
    ["shows losses", stateOf(["lo"], [], { warnings: [lost] }), { ...YELLOW, text: "datagrams lost", code: "lost" }],
    [
      "shows losses of a busy process",
      stateOf(["lo"], [], { warnings: [unsealed, lostToo] }),
      { ...YELLOW, text: "datagrams lost", code: "lost" },
    ],
    ["refuses datagrams", stateOf(["lo"], [], { warnings: [unsealed] }), { ...YELLOW, text: unsealed.message, code: "unsealed" }],
    [
      "has the most important warning, in whatever order they came",
      stateOf(["lo"], [absent], { warnings: [unlisted, unsealed, capped, loop] }),
      { ...YELLOW, text: "loop suspected", code: "loop" },
    ],
    [
      "has the text of a warning that is none of these",
      stateOf(["lo"], [], { warnings: [unlisted] }),
      { ...YELLOW, text: unlisted.message, code: "warning" },
    ],
    ["is empty for a closed state", CLOSED, {}],
  ] as const satisfies readonly (readonly [string, State, object])[]) {
    it(claim, () => should(statusOf(state, english, joinedStatus)).deepEqual(status));
  }

  it("of a node that sends names the interfaces", () => {
    should(statusOf(stateOf(["eth7"], []), english, sentStatus)).deepEqual({ ...GREEN, text: "sent on eth7", code: "sent" });
  });

  it("of a relay names the interfaces that it receives on and those that it echoes to", () => {
    should(relayStatus({ heardOn: ["eth7"], echoesOn: ["eth8"] }, english)).deepEqual({ ...GREEN, text: "eth7 → eth8", code: "joined" });
  });

  it("counts one reply and many in good English", () => {
    should([0, 1, 2].map((count) => collectingStatus(count, english))).deepEqual(
      ["0 replies", "1 reply", "2 replies"].map((text) => ({
        fill: "blue",
        shape: "dot",
        text: `collecting: ${text}`,
        code: "collecting",
      })),
    );
    should([1, 2].map((count) => collectedStatus(count, english).text)).deepEqual(["1 reply", "2 replies"]);
  });

  it("of silence has the time of the last datagram", () => {
    should(silentStatus(new Date(2026, 1, 3, 14, 2), english)).deepEqual({ ...YELLOW, text: "silent since 14:02", code: "silent" });
  });

  it("of a node without a group is grey", () => {
    should(noGroupStatus(english)).deepEqual({ fill: "grey", shape: "ring", text: "no group joined", code: "none" });
  });
});
