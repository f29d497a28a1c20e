import { DEFAULTS } from "../lib/options/properties";
import { translate } from "./catalogue";
import { errorNote, type Note, showNote, warningNote } from "./field-notes";
import { isVariable, type Validator } from "./fields";
import { meaningNote, pastedPortNote, readGroup, splitEndpoint } from "./group-field";
import { editedGroups, explainGroups } from "./group-list";
import { addChooser } from "./interface-chooser";
import { availableInterfaces, isUnlisted, loadInterfaces, missingText, namesIn, notFoundIn, previewOf, usedText } from "./interface-list";
import style from "./mcast.css";
import { type OpenNode, storedOrDefault } from "./open-node";
import { conflictOf } from "./port-conflicts";
import { forgetReplaced, isElsewhere, replacedIn, shown } from "./typed-inputs";
import type { EditedNode } from "./workspace";

/** Prepares the parts that all forms share: notes under the fields, the lists of interfaces and the folded section. */
export function prepare(node: OpenNode): void {
  addStyle();
  $("#mcast-allow").val([storedOrDefault(node, "allow")].flat().join(", "));
  forgetReplaced();
  const explainers = Object.entries(node._def.defaults).flatMap(([name, { validate }]) =>
    validate ? [explainer(node, name, validate)] : [],
  );
  const explainAll = () => {
    for (const explain of explainers) explain();
    explainGroups();
    // An error in the folded section must be visible.
    $(".mcast-advanced").has(".input-error").prop("open", true);
  };
  for (const name of ["iface", "echoIface"]) addChooser(name);
  loadInterfaces(explainAll);
  $("#dialog-form").on("change", "input, select, #mcast-groups", explainAll);
  unfold(node);
  explainAll();
}

/** Adds the style of the forms to the page, once. */
export function addStyle(): void {
  if ($("#mcast-style").length === 0) $("<style>", { id: "mcast-style" }).text(style).appendTo("head");
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
    input.add(shown(input).closest(".red-ui-typedInput-container")).toggleClass("input-error", verdict !== true);
    showNote(input, verdict === true ? remarkOn(node, name, value) : errorNote(verdict));
  };
}

function remarkOn(node: OpenNode, name: string, value: string): Note | undefined {
  if (isVariable(value) || isElsewhere(name)) return undefined;
  if (name === "group") return meaningNote(value);
  if (name === "port") return pastedPortNote() ?? portNote(node, value);
  if (name === "sourcePort") return conflictNote(node, value === "group" ? $("#node-input-port").val() : value, true);
  if (name === "iface") return withReplaced(name, interfaceNote(value === "" && hasList() ? "all" : value, chosenFor()));
  if (name === "echoIface") return withReplaced(name, interfaceNote(echoChoice(value), [String($("#node-input-group").val() ?? "")]));
  return undefined;
}

// Adds to a note the value from elsewhere that a choice from the list replaced.
function withReplaced(name: string, note: Note | undefined): Note | undefined {
  const before = replacedIn(name);
  if (before === undefined) return note;
  return warningNote([note?.text ?? "", translate("hint.replaced", { value: before })].filter(Boolean).join("; "));
}

function portNote(node: OpenNode, port: string): Note | undefined {
  if (!hasList()) return undefined; // a node that only sends has no conflict
  return conflictNote(node, port, $("#node-input-unicast").prop("checked") === true);
}

// Returns the note for a port conflict. Core's `udp in` on the same port receives groups of this package, or loses unicast
// datagrams to it. Another node of this package may take the same unicast.
function conflictNote({ id }: OpenNode, port: unknown, takesUnicast: boolean): Note | undefined {
  const conflict = port ? conflictOf({ port, takesUnicast, id }) : undefined;
  return conflict && warningNote(translate(conflict.key, { name: conflict.name }));
}

// Returns the node with the values in the open form, for validators that check a field together with others.
function asTyped(node: OpenNode): EditedNode {
  const types = ["group", "port", "iface", "ttl"].map((name) => [`${name}Type`, $(`#node-input-${name}Type`).val()]);
  const control = $("#node-input-control").prop("checked") === true;
  const groups = node.groups !== undefined && { groups: editedGroups() };
  return { ...node, ...unsealableOptions(), ...Object.fromEntries(types), control, group: fieldOf("group").val() ?? node.group, ...groups };
}

// Returns the options that exclude a key, as the open form has them.
function unsealableOptions(): EditedNode {
  const isTicked = (name: string) => $(`#node-input-${name}`).prop("checked") === true;
  const replies = $("#node-input-replies").val();
  return { replies, unicast: isTicked("unicast"), acknowledge: isTicked("acknowledge") };
}

// Returns the groups for which the interface is chosen: those of the list, the group of mcast-say, or any group while that is
// unknown.
function chosenFor(): readonly string[] {
  const groups = hasList() ? editedGroups().map(({ group }) => group) : [String($("#node-input-group").val() ?? "")];
  return groups.filter((group) => readGroup(group) !== undefined);
}

function hasList(): boolean {
  return $("#mcast-groups").length > 0;
}

function echoChoice(value: string): string {
  if (value !== "") return value;
  const iface = String($("#node-input-iface").val() ?? "");
  return namesIn(iface).length > 0 ? iface : "default";
}

// Returns the note that names the interface that will be used, since the wrong interface is the most frequent mistake, and those that
// are missing.
function interfaceNote(choice: string, groups: readonly string[]): Note | undefined {
  if (isUnlisted() && namesIn(choice).length > 0) return warningNote(translate("hint.unlisted"));
  if (choice === "") return undefined; // the message provides it
  const known = groups.filter((group) => readGroup(group) !== undefined);
  const preview = previewOf(choice, known.length > 0 ? known : [DEFAULTS.group]);
  const names = notFoundIn(choice);
  const notFound = names.length > 0 ? translate("hint.notFound", { names: names.join(", "), available: availableInterfaces() }) : "";
  const used = preview ? usedText(preview) : "";
  const missing = [preview ? missingText(preview, names) : "", notFound].filter(Boolean).join("; ");
  if (missing !== "") return warningNote([used, missing].filter(Boolean).join("; "));
  return used === "" ? undefined : { kind: "meaning", text: used };
}

// Opens the folded section if a property in it differs from its default.
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
