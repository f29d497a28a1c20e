import type { NodeStatus } from "node-red";
import type { McastError, Reason } from "../lib/errors";
import { multicast } from "../lib/process-wide/multicast";
import type { State, Working } from "../lib/state";
import { type Catalogue, translate } from "./messages";

/** Identifies the kind of a status for flows: a Status node passes it on. */
export type StatusCode =
  | "joined"
  | "partial"
  | "waiting"
  | "refused"
  | "none"
  | "silent"
  | "sent"
  | "collecting"
  | "collected"
  | "loop"
  | "capped"
  | "lost"
  | "unsealed"
  /** Another warning, such as a system that does not list its interfaces. The text names it. */
  | "warning";

export interface Status extends NodeStatus {
  readonly code: StatusCode;
}

/**
 * Makes the status of a node of which at least one interface works. `missing` is the text of the reason why others do not; undefined
 * if nothing is missing. Undefined as the status leaves the one that is shown.
 */
export type Works = (working: Working, catalogue: Catalogue, missing?: string) => NodeStatus | undefined;

/** Returns a state as the status of a node; undefined to leave the status that is shown. */
export function statusOf(state: State, catalogue: Catalogue, works: Works): NodeStatus | undefined {
  switch (state.kind) {
    case "joined":
      return warningOf(state, catalogue) ?? works(state, catalogue);
    case "waiting": {
      const reason = translate(state.reason, catalogue).message;
      if (state.interfaces.length === 0) return yellow("waiting", reason);
      return warningOf(state, catalogue) ?? works(state, catalogue, reason);
    }
    case "refused":
      return refusedStatus(state.reason, catalogue);
    case "closed":
      return {};
  }
}

/** The status of a node with invalid properties, or one that the system refuses. */
export function refusedStatus(reason: unknown, catalogue: Catalogue): Status {
  return { fill: "red", shape: "ring", text: translate(reason, catalogue).message, code: "refused" };
}

/** The status of a node of which some interfaces work and others do not, for the reason `missing`. */
export function partialStatus({ interfaces }: Pick<Working, "interfaces">, catalogue: Catalogue, missing: string): Status {
  return yellow("partial", catalogue("status.partial", { interfaces: shorten(interfaces), reason: missing }));
}

/** The status of joined groups. */
export const joinedStatus: Works = (working, catalogue, missing) => {
  if (missing !== undefined) return partialStatus(working, catalogue, missing);
  const { interfaces, standBy } = working;
  const joined = { interfaces: shorten(interfaces), standBy: shorten(standBy.map((each) => each.interface)), count: standBy.length };
  const text = standBy.length > 0 ? catalogue("status.standBy", joined) : catalogue("status.joined", joined);
  return green("joined", text + hint(interfaces, catalogue));
};

/** The status of a node that has sent a datagram on these interfaces. */
export function sentStatus({ interfaces }: Pick<Working, "interfaces">, catalogue: Catalogue): Status {
  return green("sent", catalogue("status.sent", { interfaces: shorten(interfaces) }));
}

/** The interfaces on which a relay receives now, and those on which it echoes. */
export interface Route {
  readonly heardOn: readonly string[];
  readonly echoesOn: readonly string[];
}

/** The status of a relay that echoes. Without an interface for its echoes, it only receives: what is missing is on that side. */
export function relayStatus({ heardOn, echoesOn }: Route, catalogue: Catalogue, missing?: string): Status {
  const route = (from: string, to: string) => `${from} → ${to}`;
  const [heard, echoed] = [shorten(heardOn), shorten(echoesOn)];
  if (missing === undefined) return green("joined", route(heard, echoed));
  if (echoesOn.length === 0) return yellow("partial", route(heard, missing));
  return partialStatus({ interfaces: [route(heard, echoed)] }, catalogue, missing);
}

/** The status while replies are collected. */
export function collectingStatus(count: number, catalogue: Catalogue): Status {
  return { fill: "blue", shape: "dot", text: catalogue("status.collecting", { count }), code: "collecting" };
}

/** The status when the replies are collected. */
export function collectedStatus(count: number, catalogue: Catalogue): Status {
  return green("collected", catalogue("status.collected", { count }));
}

/** The status of a node during silence, with the local time of the last datagram. */
export function silentStatus(since: Date, catalogue: Catalogue): Status {
  return yellow("silent", catalogue("status.silent", { time: since.toTimeString().slice(0, 5) }));
}

/** The status of a node that has joined no group. */
export function noGroupStatus(catalogue: Catalogue): Status {
  return { fill: "grey", shape: "ring", text: catalogue("status.none"), code: "none" };
}

interface ShortWarning {
  readonly code: StatusCode;
  /** The short text; undefined if the warning's own text is short, with a count that the status shows. */
  readonly key: string | undefined;
  readonly reasons: readonly Reason[];
}

// The warnings in order of importance. Other warnings come after these, with their own text.
const SHORT_WARNINGS: readonly ShortWarning[] = [
  { code: "loop", key: "status.loop", reasons: ["relay-loop"] },
  { code: "capped", key: "status.capped", reasons: ["relay-held"] },
  { code: "lost", key: "status.lost", reasons: ["receive-lost", "receive-lost-busy"] },
  {
    code: "unsealed",
    key: undefined,
    reasons: ["sealed-not", "sealed-otherwise", "sealed-late", "sealed-early", "sealed-crowded"],
  },
];

/** True for a warning whose status is shorter than its message. The log has the message. */
export function isShortened({ reason }: McastError): boolean {
  return SHORT_WARNINGS.some(({ key, reasons }) => key !== undefined && reasons.includes(reason));
}

function warningOf({ warnings }: Working, catalogue: Catalogue): Status | undefined {
  const [first] = warnings;
  if (!first) return undefined;
  const short = SHORT_WARNINGS.find(({ reasons }) => warnings.some(({ reason }) => reasons.includes(reason)));
  if (short?.key !== undefined) return yellow(short.code, catalogue(short.key));
  const shown = short ? warnings.find(({ reason }) => short.reasons.includes(reason)) : first;
  return yellow(short?.code ?? "warning", translate(shown ?? first, catalogue).message);
}

function green(code: StatusCode, text: string): Status {
  return { fill: "green", shape: "dot", text, code };
}

function yellow(code: StatusCode, text: string): Status {
  return { fill: "yellow", shape: "ring", text, code };
}

// Returns a hint for Docker's bridge network. It passes no multicast and reports no error, so every group is joined and silent.
function hint(interfaces: readonly string[], catalogue: Catalogue): string {
  const external = multicast.network().interfaces.filter(({ name, internal }) => interfaces.includes(name) && !internal);
  return external.length > 0 && external.every(({ isBridged }) => isBridged) ? ` ${catalogue("status.contained")}` : "";
}

function shorten(names: readonly string[]): string {
  return names.length > 2 ? `${names[0]} +${names.length - 1}` : names.join(", ");
}
