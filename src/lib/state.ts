import type { McastError } from "./errors";

/**
 * How something stands: all joined, or waiting for what may come (with the interfaces that are joined meanwhile),
 * or refused by the system, which is asked again and again, or closed.
 */
export type State =
  | { readonly kind: "joined"; readonly interfaces: readonly string[] }
  | { readonly kind: "waiting"; readonly interfaces: readonly string[]; readonly reason: McastError }
  | { readonly kind: "refused"; readonly reason: McastError }
  | { readonly kind: "closed" };

export const CLOSED: State = { kind: "closed" };

/** The state that follows from the interfaces that work and the reasons why others don't: a refusal is told before what is waited for. */
export function stateOf(interfaces: readonly string[], reasons: readonly (McastError | undefined)[]): State {
  const given = reasons.filter((reason) => reason !== undefined);
  const reason = given.find(({ code }) => code !== "ERR_MCAST_INTERFACE") ?? given[0];
  if (!reason) return { kind: "joined", interfaces };
  if (interfaces.length > 0 || reason.code === "ERR_MCAST_INTERFACE") return { kind: "waiting", interfaces, reason };
  return { kind: "refused", reason };
}

/** One state for many: what works of them all, and a reason why the rest doesn't. */
export function sumUp(states: readonly State[]): State {
  const open = states.filter((state) => state.kind !== "closed");
  if (open.length === 0) return CLOSED;
  const interfaces = new Set(open.flatMap((state) => (state.kind === "refused" ? [] : state.interfaces)));
  const reasons = open.map((state) => (state.kind === "joined" ? undefined : state.reason));
  return stateOf([...interfaces], reasons);
}

/** True where a reader would see no difference. */
export function sameState(one: State, other: State): boolean {
  return describe(one) === describe(other);
}

function describe(state: State): string {
  const interfaces = "interfaces" in state ? state.interfaces.join() : "";
  const reason = "reason" in state ? state.reason.message : "";
  return `${state.kind} ${interfaces} ${reason}`;
}
