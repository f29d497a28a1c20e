import { editDistance } from "../edit-distance";
import { McastError, quote } from "../errors";
import type { Fields } from "../options/options";

/**
 * Checks that fields are an object with known properties only, and returns them for the readers of the options. Throws
 * ERR_MCAST_OPTION, which names the nearest known property. `parameter` is the name of the fields in the call.
 */
export function checkFields(fields: object, known: readonly string[], parameter = "fields"): Fields {
  const values = requireObject(parameter, fields);
  if (Array.isArray(values)) throw wrongType(parameter, "object", values);
  // Also inherited names: Object.create may have made the fields from others.
  for (const name in values) if (!known.includes(name)) throw unknownProperty(name, known);
  // The loop above does not see the getters of a class, so the known names are looked up.
  return Object.fromEntries(known.filter((name) => name in values).map((name) => [name, Reflect.get(values, name)]));
}

const METHODS = ["onDatagram", "onState", "onError"];

/**
 * Checks that a listener is an object, whose methods are functions and whose label is a string, where it has them. `required` is
 * the method that it must have. Throws ERR_MCAST_OPTION.
 */
export function checkListener(listener: object, required?: string): void {
  const parts = requireObject("listener", listener);
  for (const name of METHODS) {
    const method: unknown = Reflect.get(parts, name);
    if (typeof method !== "function" && (method !== undefined || name === required))
      throw wrongType(`listener.${name}`, "function", method);
  }
  const label: unknown = Reflect.get(parts, "label");
  if (label !== undefined && typeof label !== "string") throw wrongType("listener.label", "string", label);
}

/** Reads an abort signal, of any realm. Throws ERR_MCAST_OPTION. */
export function readSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isSignal(value)) throw wrongType("signal", "AbortSignal", value);
  return value;
}

function isSignal(value: unknown): value is AbortSignal {
  return typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value;
}

function requireObject(name: string, value: unknown): object {
  if (typeof value !== "object" || value === null) throw wrongType(name, "object", value);
  return value;
}

function wrongType(property: string, type: string, value: unknown): McastError {
  return new McastError("option-type", { property, type, value: quote(value) });
}

function unknownProperty(name: string, known: readonly string[]): McastError {
  const property = quote(name);
  const word = name.toLowerCase().slice(0, 60); // no property is longer
  const [nearest = "", distance = 0] = known
    .map((each) => [each, editDistance(word, each.toLowerCase())] as const)
    .reduce((best, each) => (each[1] < best[1] ? each : best), ["", Number.POSITIVE_INFINITY]);
  const isNear = (distance <= 1 || distance * 2 < name.length) && distance < nearest.length;
  if (isNear) return new McastError("option-unknown", { property, nearest });
  return new McastError("option-unlisted", { property, names: known.join(", ") });
}
