import should from "should";
import { matches, type Row, rowsOf } from "../../../src/editor/sidebar/rows";
import type { Activity, DestinationActivity, RelayActivity } from "../../../src/lib/diagnostics/activity";
import type { GroupActivity } from "../../../src/lib/diagnostics/group-activity";
import type { Problem } from "../../../src/lib/diagnostics/problem";
import { english } from "./english";

const NOW = 1_000_000;
const NAMES: Readonly<Record<string, string>> = { meter: "Energy meter", log: "Log" };
const LOST: Problem = { code: "ERR_MCAST_BIND", reason: "interface-absent", details: {}, message: "3 datagrams lost" };

const GROUP: GroupActivity = {
  ...{ group: "239.255.0.1", port: 5000, interface: "eth0", state: "joined", received: 1200, bytes: 9, lost: 0 },
  ...{ filtered: 0, refused: 0, refreshed: 0, healed: 0, reopened: 0, listeners: 1, labels: [] },
} as const;
const DESTINATION: DestinationActivity = {
  ...{ group: "239.255.0.1", port: 5000, interfaces: ["eth0", "eth1"], state: "joined", sent: 4, bytes: 9, failed: 0 },
} as const;
const RELAY: RelayActivity = {
  ...{ from: ["239.255.1.1:5000"], to: "239.255.2.2:5000", state: "joined", echoed: 7, heldBack: 0, repeats: 0 },
  ...{ acknowledged: 0, failed: 0, loop: false },
} as const;

function rows(parts: Partial<Activity>): readonly Row[] {
  const activity = { time: NOW, groups: [], destinations: [], relays: [], others: [], ...parts };
  return rowsOf(activity, (id) => NAMES[id], english);
}

function row(parts: Partial<Activity>): Row {
  const [first] = rows(parts);
  if (!first) throw new Error("no row");
  return first;
}

function countsOf(parts: Partial<Activity>): readonly string[] {
  return row(parts).counts.map(({ text, isMarked }) => (isMarked ? `! ${text}` : text));
}

describe("the rows of the sidebar", () => {
  it("show a group's interfaces, and the time and sender of its last datagram", () => {
    const { title, level, state, last, total } = row({ groups: [{ ...GROUP, lastAt: NOW - 12_000, lastFrom: "192.0.2.5:4000" }] });
    should({ title, level, state, last, total }).deepEqual({
      ...{ title: "239.255.0.1:5000", level: "good", state: "joined on eth0" },
      ...{ last: "last heard 12s ago from 192.0.2.5:4000", total: 1200 },
    });
    should(row({ groups: [GROUP] }).last).equal("nothing heard yet");
  });

  it("mark lost and refused datagrams, and leave out losses that the system does not count", () => {
    should(countsOf({ groups: [GROUP] })).deepEqual(["1,200 received", "0 lost", "0 refused"]);
    const { lost: _lost, ...uncounted } = GROUP;
    should(countsOf({ groups: [{ ...uncounted, refused: 2 }] })).deepEqual(["1,200 received", "! 2 refused"]);
    should(countsOf({ groups: [{ ...GROUP, lost: 3, filtered: 4, warning: LOST }] })).deepEqual([
      "1,200 received",
      "! 3 lost",
      "0 refused",
      "4 from senders not in Allow",
      "! 3 datagrams lost",
    ]);
  });

  it("show the reason why a group is not joined, in yellow while it waits and in red when it was refused", () => {
    const problem = { ...LOST, message: "waiting for wlan0" };
    const waiting = row({ groups: [{ ...GROUP, state: "waiting", problem }] });
    should([waiting.level, waiting.state]).deepEqual(["warning", "waiting for wlan0"]);
    should(row({ groups: [{ ...GROUP, state: "refused", problem }] }).level).equal("failed");
    should(row({ groups: [{ ...GROUP, warning: LOST }] }).level).equal("warning");
  });

  it("name the group and port to check: for a relay those of its first group, for another program's group no port", () => {
    const subjectOf = ({ group, port }: Row) => ({ group, port });
    should(subjectOf(row({ groups: [GROUP] }))).deepEqual({ group: "239.255.0.1", port: 5000 });
    should(subjectOf(row({ relays: [RELAY] }))).deepEqual({ group: "239.255.1.1", port: 5000 });
    const ofIpv6 = { ...RELAY, from: [], to: "[ff02::1]:5000" };
    should(subjectOf(row({ relays: [ofIpv6] }))).deepEqual({ group: "ff02::1", port: 5000 });
    should(subjectOf(row({ others: [{ group: "224.0.0.251", interface: "eth0", sockets: 1 }] }))).deepEqual({
      group: "224.0.0.251",
      port: undefined,
    });
  });

  it("mark a socket for unicast", () => {
    const { group: _group, ...unicast } = GROUP;
    const { title, state } = row({ groups: [unicast] });
    should([title, state]).deepEqual(["Unicast on port 5000", "open on eth0"]);
  });

  it("name the senders of a source-specific group", () => {
    should(row({ groups: [{ ...GROUP, sources: ["192.0.2.1"] }] }).state).equal("joined on eth0 · only from 192.0.2.1");
  });

  it("show a destination's interfaces, its last datagram and its failures", () => {
    const { title, state, last } = row({ destinations: [{ ...DESTINATION, lastAt: NOW }] });
    should([title, state, last]).deepEqual(["239.255.0.1:5000", "sends on eth0, eth1", "last sent just now"]);
    should(countsOf({ destinations: [{ ...DESTINATION, failed: 1 }] })).deepEqual(["4 sent", "! 1 failed"]);
    const closed = row({ destinations: [{ ...DESTINATION, state: "closed" }] });
    should([closed.level, closed.state]).deepEqual(["idle", "idle: opens with the next datagram"]);
  });

  it("show a relay's groups, its bind group, and a suspected loop", () => {
    const { title, level, state } = row({ relays: [RELAY] });
    should([title, level, state]).deepEqual(["239.255.1.1:5000 → 239.255.2.2:5000", "good", "relaying"]);
    const loop = row({ relays: [{ ...RELAY, loop: true }] });
    should([loop.level, loop.state]).deepEqual(["warning", "loop suspected"]);
    should(countsOf({ relays: [{ ...RELAY, heldBack: 5, repeats: 2 }] })).deepEqual(["7 echoed", "! 5 held back", "! 2 repeats paused"]);
  });

  it("have one row for a group that other programs have joined on several interfaces", () => {
    const others = ["lo", "eth0"].map((name) => ({ interface: name, group: "224.0.0.251", sockets: 1 }));
    const all = rows({ others });
    should(all.map(({ title, state }) => [title, state])).deepEqual([["224.0.0.251", "joined on lo, eth0"]]);
  });

  it("name the nodes of the workspace, and leave out nodes that are not on it", () => {
    const { nodes, names } = row({ groups: [{ ...GROUP, labels: ["meter", "gone", "log"] }] });
    should([nodes, names]).deepEqual([
      ["meter", "log"],
      ["Energy meter", "Log"],
    ]);
    should(row({ relays: [{ ...RELAY, label: "log" }] }).nodes).deepEqual(["log"]);
  });

  it("stand in the order of their addresses, with IPv6 behind IPv4", () => {
    const groups = ["ff05::1", "239.255.0.10", "239.255.0.9"].map((group) => ({ ...GROUP, group }));
    should(rows({ groups }).map(({ title }) => title)).deepEqual(["239.255.0.9:5000", "239.255.0.10:5000", "[ff05::1]:5000"]);
  });

  it("have keys that stay the same and differ, also where two nodes wait for one interface", () => {
    const groups = [GROUP, { ...GROUP, interface: "eth1" }, GROUP];
    const keys = rows({ groups }).map(({ key }) => key);
    should(new Set(keys).size).equal(3);
    should(rows({ groups: groups.map((each) => ({ ...each, received: 5000 })) }).map(({ key }) => key)).deepEqual(keys);
  });

  it("match a filter by group, interface, sender or node, in either case, with all of its words", () => {
    const one = row({ groups: [{ ...GROUP, labels: ["meter"], lastAt: NOW, lastFrom: "192.0.2.5:4000" }] });
    for (const filter of ["", "  ", "239.255", "ETH0", "192.0.2.5", "energy", "meter", "energy eth0"])
      should(matches(one, filter)).be.true(filter);
    for (const filter of ["eth1", "energy eth1"]) should(matches(one, filter)).be.false(filter);
  });
});
