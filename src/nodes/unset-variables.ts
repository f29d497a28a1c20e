import { McastError, quote, type Reason } from "../lib/errors";
import type { Fields } from "../lib/options/options";

// The reason of a missing value, by property.
const REASONS: Readonly<Record<string, Reason>> = {
  group: "group-no-value",
  groups: "group-no-value",
  port: "port-no-value",
  iface: "iface-no-value",
  echoIface: "iface-no-value",
  ttl: "ttl-no-value",
};

/**
 * Throws a McastError for a property whose environment variable is not set. Node-RED then leaves `${NAME}` in the property. Read as a
 * value, it would be an invalid group, or an interface that the node waits for.
 */
export function refuseUnsetVariables(form: Fields): void {
  for (const [property, reason] of Object.entries(REASONS)) {
    if (isFromElsewhere(form[`${property}Type`])) continue;
    const unset = textsIn(form[property]).find((text) => /^\$\{[^{}]+\}$/.test(text));
    if (unset !== undefined) throw new McastError(reason, { property: property === "groups" ? "group" : property, source: quote(unset) });
  }
}

// True for a value that `TypedInputValues` reads, such as one from a message.
function isFromElsewhere(type: unknown): boolean {
  return typeof type === "string" && type !== "" && type !== "str";
}

// Returns the entries of a property: of a list, with the groups of a relay's rows, or of a text, which commas separate.
function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value.split(/[\s,]+/);
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === "object" && value !== null && "group" in value ? textsIn(value.group) : [];
}
