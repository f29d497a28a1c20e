import type { NodeStatus } from "node-red";
import { McastError, multicast, type State, whyOf } from "../lib";

/** A text of the catalogue, by its key. */
export type Words = (key: string, details?: object) => string;

/** A state as the status of a node; `label` is what stands before the interfaces that are joined. */
export function statusOf(state: State, label: string, words: Words): NodeStatus {
  switch (state.kind) {
    case "joined":
      return { fill: "green", shape: "dot", text: `${label} ${shorten(state.interfaces)}${hint(state.interfaces, words)}` };
    case "waiting":
      return { fill: "yellow", shape: "ring", text: inWords(state.reason, words).message };
    case "refused":
      return { fill: "red", shape: "ring", text: inWords(state.reason, words).message };
    case "closed":
      return {};
  }
}

// Nothing says that Docker's bridge network passes no multicast: all is joined, and silent.
function hint(interfaces: readonly string[], words: Words): string {
  const outward = multicast.interfaces().filter(({ name, internal }) => interfaces.includes(name) && !internal);
  return outward.length > 0 && outward.every(({ contained }) => contained) ? ` ${words("status.contained")}` : "";
}

function shorten(names: readonly string[]): string {
  return names.length > 2 ? `${names[0]} +${names.length - 1}` : names.join(", ");
}

/** An error in the reader's language. Without a text in the catalogue, Node-RED gives back the key: the error's own English words are better. */
export function inWords(error: unknown, words: Words): Error {
  if (!isOurs(error)) return new Error(whyOf(error), { cause: error });
  const key = `reason.${error.reason}`;
  const text = words(key, error.details);
  return text.endsWith(key) ? error : error.inWords(text);
}

// What a proxy throws may be a proxy, which throws when it is asked what it is.
function isOurs(error: unknown): error is McastError {
  try {
    return error instanceof McastError;
  } catch {
    return false;
  }
}

/** What an input has thrown: a message from a function node may hold what throws when it is read, or can't be written to. */
export function asOurs(error: unknown): McastError {
  return isOurs(error) ? error : new McastError("message-odd", { why: whyOf(error) }, error);
}
