import { McastError, quote } from "./errors";

/**
 * The state of a membership, a sender or a relay.
 * - `joined`: everything works.
 * - `waiting`: `interfaces` work, and the rest waits for what `reason` names.
 * - `refused`: the system refuses. The library retries with back-off.
 * - `closed`: ended, or not yet begun.
 *
 * `warnings` report conditions that work but deserve attention, such as a suspected loop. They never make a state `refused`.
 */
export type State =
  | ({ readonly kind: "joined" } & Working)
  | ({ readonly kind: "waiting"; readonly reason: McastError } & Working)
  | { readonly kind: "refused"; readonly reason: McastError }
  | { readonly kind: "closed" };

/** The part of a state that works. */
export interface Working {
  /** The names of the interfaces that work. */
  readonly interfaces: readonly string[];
  /** Conditions that work but deserve attention, such as a suspected loop. */
  readonly warnings: readonly McastError[];
  /** Interfaces that are not used because another interface on the same link is used. One of them takes over if that interface fails. */
  readonly standBy: readonly StandBy[];
}

/** An interface that stands by for another one on the same link. */
export interface StandBy {
  /** The name of the interface that is not used. */
  readonly interface: string;
  /** The name of the interface that is used. */
  readonly insteadOf: string;
}

export const CLOSED: State = { kind: "closed" };

/**
 * Returns the state for the interfaces that work and the reasons why others do not. A refusal counts before a missing interface, and
 * several missing interfaces are named together.
 */
export function stateOf(
  interfaces: readonly string[],
  reasons: readonly (McastError | undefined)[],
  { warnings = [], standBy = [] }: Partial<Omit<Working, "interfaces">> = {},
): State {
  const given = reasons.filter((reason) => reason !== undefined);
  const reason = given.find(({ code }) => code !== "ERR_MCAST_INTERFACE") ?? ofAllMissing(given);
  if (!reason) return { kind: "joined", interfaces, warnings, standBy };
  if (interfaces.length > 0 || reason.code === "ERR_MCAST_INTERFACE") return { kind: "waiting", interfaces, reason, warnings, standBy };
  return { kind: "refused", reason };
}

// Returns the first reason; with the names of all interfaces where several are missing, up to the length of a quoted value: messages
// can join any number of groups on missing interfaces.
function ofAllMissing([first, ...others]: readonly McastError[]): McastError | undefined {
  if (first?.reason !== "interface-absent" || others.length === 0) return first;
  const missing = [first, ...others].filter(({ reason }) => reason === "interface-absent");
  const names = new Set(missing.flatMap(({ details }) => String(details.interface).split(SEPARATOR)));
  return names.size > 1 ? new McastError("interface-absent", { interface: quote([...names].join(SEPARATOR)) }) : first;
}

const SEPARATOR = ", ";

/** Returns one state for several: every interface that works, the most important reason, and all warnings, each once. */
export function combineStates(states: readonly State[], warnings: readonly McastError[] = []): State {
  const open = states.filter((state) => state.kind !== "closed");
  const [first = CLOSED, ...others] = open;
  if (first === CLOSED || (others.length === 0 && warnings.length === 0)) return first;
  const working = open.filter((state) => state.kind !== "refused");
  const interfaces = new Set(working.flatMap((state) => state.interfaces));
  const standBy = new Map(working.flatMap((state) => state.standBy).map((each) => [each.interface, each]));
  return stateOf(
    [...interfaces],
    open.map((state) => ("reason" in state ? state.reason : undefined)),
    { warnings: [...new Set([...working.flatMap((state) => state.warnings), ...warnings])], standBy: [...standBy.values()] },
  );
}

/** Returns true if a reader would see no difference between two states. */
export function sameState(one: State, other: State): boolean {
  return describe(one) === describe(other);
}

function describe(state: State): string {
  const interfaces = "interfaces" in state ? state.interfaces.join() : "";
  const reason = "reason" in state ? state.reason.message : "";
  const warnings = "warnings" in state ? state.warnings.map(({ message }) => message).join() : "";
  const standBy = "standBy" in state ? state.standBy.map((each) => each.interface).join() : "";
  return `${state.kind} ${interfaces} ${reason} ${warnings} ${standBy}`;
}
