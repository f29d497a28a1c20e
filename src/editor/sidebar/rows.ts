import type { Activity, DestinationActivity, RelayActivity } from "../../lib/diagnostics/activity";
import type { GroupActivity } from "../../lib/diagnostics/group-activity";
import { subjectText } from "./findings";
import { ago, count, type Language } from "./language";

/** The sections of the sidebar, in their order. */
export const SECTIONS = ["groups", "destinations", "relays", "others"] as const;
export type Section = (typeof SECTIONS)[number];

/** The level of a row: as it should be; with nothing to do; with a warning; or failed. */
export type Level = "good" | "idle" | "warning" | "failed";

/** A part of a row's text; a part that is marked needs attention. */
export interface Part {
  readonly text: string;
  readonly isMarked: boolean;
}

/** One row of the sidebar, in the reader's language. */
export interface Row {
  /** Identifies the row, and stays the same from reply to reply. */
  readonly key: string;
  readonly section: Section;
  readonly title: string;
  readonly level: Level;
  readonly state: string;
  /** The time and the sender of the last datagram; empty for a relay. */
  readonly last: string;
  readonly counts: readonly Part[];
  /** The ids of the nodes, and their names. */
  readonly nodes: readonly string[];
  readonly names: readonly string[];
  /** The counter of which the row shows the rate; undefined where there is none. */
  readonly total: number | undefined;
  /** The group and port for the doctor; for a relay, those of the first group that it echoes. */
  readonly group?: string;
  readonly port?: number;
}

/** Returns the name of a node of the workspace; undefined for an id that the workspace does not have. */
export type NameOf = (id: string) => string | undefined;

/** Returns the rows for an activity: by section, and within a section in the order of their titles. */
export function rowsOf(activity: Activity, nameOf: NameOf, language: Language): readonly Row[] {
  const { time, groups, destinations, relays, others } = activity;
  const named = (ids: readonly string[]) => {
    const names = ids.flatMap((id) => nameOf(id) ?? []);
    return { nodes: ids.filter((id) => nameOf(id) !== undefined), names: [...new Set(names)] };
  };
  const rows = [
    ...groups.map((each) => ({ ...groupRow(each, time, language), ...named(each.labels) })),
    ...destinations.map((each) => ({ ...destinationRow(each, time, language), ...named(labelOf(each)) })),
    ...relays.map((each) => ({ ...relayRow(each, language), ...named(labelOf(each)) })),
    ...otherRows(others, language),
  ];
  return distinct(inOrder(rows));
}

/** True if a row has every word of a filter in its title, its state, its last sender or the names or ids of its nodes. */
export function matches({ title, state, last, nodes, names }: Row, filter: string): boolean {
  const text = [title, state, last, ...names, ...nodes].join(" ").toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

type Unnamed = Omit<Row, "nodes" | "names">;

function groupRow(each: GroupActivity, time: number, language: Language): Unnamed {
  const { translate, problem } = language;
  const { group, port, interface: name, sources = [], state, lastAt, lastFrom, lost } = each;
  const from = sources.length > 0 ? translate("onlyFrom", { senders: sources.join(", ") }) : "";
  return {
    key: ["group", group, port, name, ...sources].join(" "),
    section: "groups",
    title: group === undefined ? translate("unicast", { port }) : subjectText({ group, port }),
    level: each.warning ? "warning" : state === "joined" ? "good" : levelOf(state),
    state: [each.problem ? problem(each.problem) : translate(group === undefined ? "openOn" : "joinedOn", { interfaces: name }), from]
      .filter((text) => text !== "")
      .join(" · "),
    last:
      lastAt === undefined || lastFrom === undefined
        ? translate("nothingHeard")
        : translate("heard", { ago: ago(time - lastAt, language), sender: lastFrom }),
    counts: [
      plain(translate("received", { count: count(each.received, language) })),
      ...(lost === undefined ? [] : [marked(translate("lost", { count: count(lost, language) }), lost)]),
      marked(translate("refused", { count: count(each.refused, language) }), each.refused),
      ...(each.filtered > 0 ? [plain(translate("filtered", { count: count(each.filtered, language) }))] : []),
      ...(each.warning ? [marked(problem(each.warning), 1)] : []),
    ],
    total: each.received,
    ...(group !== undefined && { group }),
    port,
  };
}

function destinationRow(each: DestinationActivity, time: number, language: Language): Unnamed {
  const { translate, problem } = language;
  const { group, port, interfaces, state, lastAt, sent, failed } = each;
  return {
    key: ["destination", group, port, each.label].join(" "),
    section: "destinations",
    title: subjectText({ group, port }),
    level: levelOf(state),
    state: each.problem
      ? problem(each.problem)
      : state === "joined"
        ? translate("sendsOn", { interfaces: interfaces.join(", ") })
        : translate("idle"),
    last: lastAt === undefined ? translate("nothingSent") : translate("sentLast", { ago: ago(time - lastAt, language) }),
    counts: [
      plain(translate("sent", { count: count(sent, language) })),
      marked(translate("failed", { count: count(failed, language) }), failed),
    ],
    total: sent,
    group,
    port,
  };
}

function relayRow(each: RelayActivity, language: Language): Unnamed {
  const { translate, problem } = language;
  const { from, to, state, echoed, heldBack, repeats, acknowledged, failed, loop } = each;
  const some = (key: string, value: number) => (value > 0 ? [marked(translate(key, { count: count(value, language) }), value)] : []);
  return {
    key: ["relay", ...from, to, each.label].join(" "),
    section: "relays",
    title: from.length === 0 ? translate("noEcho") : `${from.join(", ")} → ${to}`,
    level: loop ? "warning" : levelOf(state),
    state: each.problem ? problem(each.problem) : loop ? translate("loop") : translate("relaying"),
    last: "",
    counts: [
      plain(translate("echoed", { count: count(echoed, language) })),
      marked(translate("heldBack", { count: count(heldBack, language) }), heldBack),
      ...some("repeats", repeats),
      ...(acknowledged > 0 ? [plain(translate("acknowledged", { count: count(acknowledged, language) }))] : []),
      ...some("failed", failed),
    ],
    total: echoed,
    ...partsOf(from[0] ?? to), // a relay that echoes nothing usually hears nothing
  };
}

// One row for each group, with the interfaces on which other programs have joined it.
function otherRows(others: Activity["others"], { translate }: Language): readonly Row[] {
  const groups = new Map<string, string[]>();
  for (const { group, interface: name } of others) groups.set(group, [...(groups.get(group) ?? []), name]);
  return [...groups].map(([group, names]) => ({
    key: `other ${group}`,
    section: "others" as const,
    title: group,
    level: "idle" as const,
    state: translate("joinedOn", { interfaces: names.join(", ") }),
    last: "",
    counts: [],
    nodes: [],
    names: [],
    total: undefined,
    group,
  }));
}

function levelOf(state: DestinationActivity["state"]): Level {
  return ({ joined: "good", closed: "idle", waiting: "warning", refused: "failed" } as const)[state];
}

// Returns the group and the port of an endpoint.
function partsOf(text: string): Pick<Row, "group" | "port"> {
  const [, group, port] = /^\[?(.+?)\]?:(\d+)$/.exec(text) ?? [];
  return group === undefined ? {} : { group, port: Number(port) };
}

function labelOf({ label }: { readonly label?: string }): readonly string[] {
  return label === undefined ? [] : [label];
}

function plain(text: string): Part {
  return { text, isMarked: false };
}

function marked(text: string, value: number): Part {
  return { text, isMarked: value > 0 };
}

// 239.255.0.2 stands before 239.255.0.10, and IPv4 before IPv6.
const collator = new Intl.Collator("en", { numeric: true });

function inOrder(rows: readonly Row[]): readonly Row[] {
  const byTitle = (one: Row, other: Row) => collator.compare(plainTitle(one), plainTitle(other)) || collator.compare(one.key, other.key);
  return SECTIONS.flatMap((section) => rows.filter((row) => row.section === section).sort(byTitle));
}

function plainTitle({ title }: Row): string {
  return title.replaceAll("[", "");
}

// Makes the keys distinct: several nodes may wait for one interface, or send to one destination.
function distinct(rows: readonly Row[]): readonly Row[] {
  const seen = new Map<string, number>();
  return rows.map((row) => {
    const before = seen.get(row.key) ?? 0;
    seen.set(row.key, before + 1);
    return before === 0 ? row : { ...row, key: `${row.key} #${before}` };
  });
}
