import { translate } from "./catalogue";

const TYPES: ("str" | "msg" | "flow" | "global" | "env")[] = ["str", "msg", "flow", "global", "env"];

// The last replacement in each field, by its name.
const replacements = new Map<string, { readonly value: string; readonly before: string }>();

/**
 * Lets fields of the open form take their value from elsewhere: from a property of the message, a context or the environment. The
 * field `group` keeps the type in `groupType`. The placeholder of a blank field names the property of the message that is used
 * instead.
 */
export function typedInputs(...names: readonly string[]): void {
  for (const name of names) {
    const field = $(`#node-input-${name}`);
    // Without data-i18n, because the editor would later replace the placeholder by that text.
    field.removeAttr("data-i18n").attr("placeholder", translate("placeholder.fromMessage", { name }));
    // A field in a folded section has no width yet, which the editor would take over.
    field.attr("style", `width: ${field.hasClass("mcast-interface") ? "calc(70% - 38px)" : "70%"}`);
    field.typedInput({ types: TYPES, default: "str", typeField: `#node-input-${name}Type` });
    field.on("change", () => unwrapVariable(name));
    const label = $(`label[for="node-input-${name}"]`).attr("for", `mcast-typed-${name}`);
    shown(field).attr({ id: `mcast-typed-${name}`, "aria-label": label.text().trim() });
  }
}

/** True if the value of a field comes from elsewhere, so that the form does not know it. */
export function isElsewhere(name: string): boolean {
  const type = $(`#node-input-${name}Type`).val();
  return type !== undefined && type !== "" && type !== "str" && $(`#node-input-${name}`).val() !== "";
}

/** Returns the field that the user sees: for a typed field, the editor hides the input with the value. */
export function shown(field: JQuery): JQuery {
  const typed = field.next(".red-ui-typedInput-container").find("input.red-ui-typedInput-input");
  return typed.length > 0 ? typed : field;
}

/** Sets the value of a field, as if it had been typed. A typed field takes its value from the form then. */
export function setField(field: JQuery, value: string): void {
  if (shown(field).is(field)) {
    field.val(value).trigger("change");
    return;
  }
  field.typedInput("type", "str");
  field.typedInput("value", value);
}

/** Sets the value of a field, and remembers the one before for a note. */
export function replaceField(name: string, value: string): void {
  const field = $(`#node-input-${name}`);
  const before = textOf(name);
  if (before !== value) replacements.set(name, { value, before });
  setField(field, value);
}

/** The value that was replaced, such as `5000` or `flow.port`, while the field still has the new one; undefined if it was blank. */
export function replacedIn(name: string): string | undefined {
  const last = replacements.get(name);
  return last !== undefined && last.before !== "" && last.value === textOf(name) ? last.before : undefined;
}

/** Forgets the values that were replaced in another form. */
export function forgetReplaced(): void {
  replacements.clear();
}

// Writes the name of an environment variable without `${}`. Node-RED replaces a property `${NAME}` by its value before the node reads
// it, which would then take the value for the name of a variable.
function unwrapVariable(name: string): void {
  const field = $(`#node-input-${name}`);
  const variable = /^\s*\$\{([^{}]+)\}\s*$/.exec(String(field.val() ?? ""))?.[1];
  if (variable !== undefined && $(`#node-input-${name}Type`).val() === "env") field.typedInput("value", variable);
}

// Returns the value of a field, and for a value from elsewhere its place, such as `flow.port`.
function textOf(name: string): string {
  const value = String($(`#node-input-${name}`).val() ?? "");
  if (!isElsewhere(name)) return value;
  const type = String($(`#node-input-${name}Type`).val());
  return type === "env" ? `\${${value}}` : `${type}.${value}`;
}
