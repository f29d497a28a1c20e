import type { NodeStatus } from "node-red";
import { McastError, messageOf } from "../lib/errors";
import { multicast } from "../lib/process";
import type { State } from "../lib/state";

/** Returns a text of the catalogue by its key. */
export type Catalogue = (key: string, details?: object) => string;

/** Returns a state as the status of a node. `label` stands before the interfaces that are joined. */
export function statusOf(state: State, label: string, catalogue: Catalogue): NodeStatus {
  switch (state.kind) {
    case "joined": {
      const [warning] = state.warnings;
      if (warning) return { fill: "yellow", shape: "ring", text: translate(warning, catalogue).message };
      return { fill: "green", shape: "dot", text: `${label} ${shorten(state.interfaces)}${hint(state.interfaces, catalogue)}` };
    }
    case "waiting":
      return { fill: "yellow", shape: "ring", text: translate(state.warnings[0] ?? state.reason, catalogue).message };
    case "refused":
      return { fill: "red", shape: "ring", text: translate(state.reason, catalogue).message };
    case "closed":
      return {};
  }
}

/**
 * Returns an error in the reader's language. Where the catalogue has no text, Node-RED returns the key; the error then keeps its
 * own English message. `suffix` follows the message.
 */
export function translate(error: unknown, catalogue: Catalogue, suffix = ""): Error {
  if (!isMcastError(error)) return new Error(`${messageOf(error)}${suffix}`, { cause: error });
  const key = `reason.${error.reason}`;
  const text = catalogue(key, error.details);
  const message = text.endsWith(key) ? error.message : text;
  return message + suffix === error.message ? error : error.withMessage(message + suffix);
}

/** Returns what an input handler has thrown as a McastError. A message may hold objects that throw when they are read or changed. */
export function toMcastError(error: unknown): McastError {
  return isMcastError(error) ? error : new McastError("message-odd", { why: messageOf(error) }, error);
}

// Docker's bridge network passes no multicast and reports no error: everything is joined, and silent.
function hint(interfaces: readonly string[], catalogue: Catalogue): string {
  const external = multicast.network().interfaces.filter(({ name, internal }) => interfaces.includes(name) && !internal);
  return external.length > 0 && external.every(({ isBridged }) => isBridged) ? ` ${catalogue("status.contained")}` : "";
}

function shorten(names: readonly string[]): string {
  return names.length > 2 ? `${names[0]} +${names.length - 1}` : names.join(", ");
}

/** Returns true for an error of this package. A proxy may throw when it is asked for its class. */
export function isMcastError(error: unknown): error is McastError {
  try {
    return error instanceof McastError;
  } catch {
    return false;
  }
}
