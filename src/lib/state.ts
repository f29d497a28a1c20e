import type { McastError } from "./errors";

/**
 * The state of a membership, a sender or a relay:
 * `joined`: everything works. `waiting`: `interfaces` work, and the rest waits for what `reason` names. `refused`: the system
 * refuses, and is asked again with back-off. `closed`: ended, or not yet begun.
 * `warnings` report what works but deserves attention, such as a suspected loop; they never make a state `refused`.
 */
export type State =
  | { readonly kind: "joined"; readonly interfaces: readonly string[]; readonly warnings: readonly McastError[] }
  | {
      readonly kind: "waiting";
      readonly interfaces: readonly string[];
      readonly reason: McastError;
      readonly warnings: readonly McastError[];
    }
  | { readonly kind: "refused"; readonly reason: McastError }
  | { readonly kind: "closed" };

export const CLOSED: State = { kind: "closed" };

const NO_WARNINGS: readonly McastError[] = [];

/** Returns the state for the interfaces that work and the reasons why others do not. A refusal counts before a missing interface. */
export function stateOf(
  interfaces: readonly string[],
  reasons: readonly (McastError | undefined)[],
  warnings: readonly McastError[] = NO_WARNINGS,
): State {
  const given = reasons.filter((reason) => reason !== undefined);
  const reason = given.find(({ code }) => code !== "ERR_MCAST_INTERFACE") ?? given[0];
  if (!reason) return { kind: "joined", interfaces, warnings };
  if (interfaces.length > 0 || reason.code === "ERR_MCAST_INTERFACE") return { kind: "waiting", interfaces, reason, warnings };
  return { kind: "refused", reason };
}

/** Returns one state for several: every interface that works, the most important reason, and all warnings. */
export function combineStates(states: readonly State[], warnings: readonly McastError[] = NO_WARNINGS): State {
  const open = states.filter((state) => state.kind !== "closed");
  if (open.length === 0) return CLOSED;
  const interfaces = new Set(open.flatMap((state) => ("interfaces" in state ? state.interfaces : [])));
  const reasons = open.map((state) => ("reason" in state ? state.reason : undefined));
  const all = [...open.flatMap((state) => ("warnings" in state ? state.warnings : [])), ...warnings];
  return stateOf([...interfaces], reasons, all);
}

/** Returns true if a reader would see no difference between two states. */
export function sameState(one: State, other: State): boolean {
  return describe(one) === describe(other);
}

function describe(state: State): string {
  const interfaces = "interfaces" in state ? state.interfaces.join() : "";
  const reason = "reason" in state ? state.reason.message : "";
  const warnings = "warnings" in state ? state.warnings.map(({ message }) => message).join() : "";
  return `${state.kind} ${interfaces} ${reason} ${warnings}`;
}
