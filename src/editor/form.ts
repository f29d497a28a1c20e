import { conflictOf } from "./conflicts";
import { isVariable, type Validator } from "./fields";
import { meaningNote, splitEndpoint } from "./group-field";
import { editedGroups, explainGroups } from "./groups";
import { availableInterfaces, notFoundIn, suggestInterfaces } from "./interfaces";
import style from "./mcast.css";
import { errorNote, type Note, showNote, warningNote } from "./notes";
import { type EditedNode, words } from "./red";

/** The node of the open form, with the properties that its form declares. */
interface OpenNode extends EditedNode {
  readonly _def: { readonly defaults: Readonly<Record<string, { readonly value: unknown; readonly validate?: Validator }>> };
}

/** Prepares the parts that all forms share: notes under the fields, suggested interfaces and the folded section. */
export function prepare(node: OpenNode): void {
  if ($("#mcast-style").length === 0) $("<style>", { id: "mcast-style" }).text(style).appendTo("head");
  $("#mcast-allow").val([node.allow ?? []].flat().join(", "));
  const explainers = Object.entries(node._def.defaults).flatMap(([name, { validate }]) =>
    validate ? [explainer(node, name, validate)] : [],
  );
  const explainAll = () => {
    for (const explain of explainers) explain();
    explainGroups();
    // An error in the folded section must be visible.
    $(".mcast-advanced").has(".input-error").prop("open", true);
  };
  suggestInterfaces(explainAll);
  $("#dialog-form").on("change", "input, select, #mcast-groups", explainAll);
  unfold(node);
  explainAll();
}

/** The senders under Allow in the open form. */
export function editedAllow(): string[] {
  return String(fieldOf("allow").val() ?? "")
    .split(/[\s,]+/)
    .filter(Boolean);
}

// Returns a function that shows the note for the current value of a field.
function explainer(node: OpenNode, name: string, validate: Validator): () => void {
  const input = fieldOf(name);
  if (name === "group") input.on("change", () => splitEndpoint(input));
  return () => {
    if (input.length === 0) return;
    const value = String(input.val() ?? "");
    const verdict = isVariable(value) ? true : validate.call(asTyped(node), name === "allow" ? editedAllow() : value, {});
    input.toggleClass("input-error", verdict !== true);
    showNote(input, verdict === true ? remarkOn(name, value) : errorNote(verdict));
  };
}

function remarkOn(name: string, value: string): Note | undefined {
  if (isVariable(value)) return undefined;
  if (name === "group") return meaningNote(value);
  if (name === "port" && $("#mcast-groups").length > 0) return conflictNote(value, $("#node-input-unicast").prop("checked") === true);
  if (name === "sourcePort") return conflictNote(value === "group" ? $("#node-input-port").val() : value, true);
  if (name === "iface") return notFoundNote(value) ?? availableNote();
  if (name === "echoIface") return notFoundNote(value);
  return undefined;
}

// The two ways to share a port with core's `udp in`: it receives our groups, or we receive its unicast datagrams.
function conflictNote(port: unknown, takesUnicast: boolean): Note | undefined {
  const conflict = port ? conflictOf({ port, takesUnicast }) : undefined;
  return conflict && warningNote(words(conflict.key, { name: conflict.name }));
}

// The node with the groups of the open form, for validators that check another field together with them.
function asTyped(node: OpenNode): EditedNode {
  return { ...node, group: fieldOf("group").val() ?? node.group, ...(node.groups !== undefined && { groups: editedGroups() }) };
}

function notFoundNote(choice: string): Note | undefined {
  const names = notFoundIn(choice).join(", ");
  return names === "" ? undefined : warningNote(words("hint.notFound", { names, available: availableInterfaces() }));
}

// The wrong interface is the most frequent mistake, so the form lists the interfaces before anyone looks for them.
function availableNote(): Note | undefined {
  const names = availableInterfaces();
  return names === "" ? undefined : { kind: "meaning", text: words("hint.available", { names }) };
}

// Opens the folded section where a property in it differs from its default.
function unfold(node: OpenNode): void {
  const folded = $(".mcast-advanced");
  const differs = Object.entries(node._def.defaults).some(([name, { value }]) => {
    const isInside = folded.find(`#node-input-${name}, #mcast-${name}`).length > 0;
    return isInside && node[name] !== undefined && String(node[name]) !== String(value);
  });
  folded.prop("open", differs);
}

// The editor stores each #node-input-NAME as text. A field whose value is stored as a list has the id #mcast-NAME.
function fieldOf(name: string): JQuery {
  return $(`#node-input-${name}, input#mcast-${name}`);
}
