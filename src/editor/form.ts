import { conflictOf } from "./conflicts";
import { isVariable, type Validator } from "./fields";
import { meaningNote, splitEndpoint } from "./group-field";
import { editedGroups, explainGroups } from "./groups";
import { absentAmong, interfacesHere, suggestInterfaces } from "./interfaces";
import style from "./mcast.css";
import { errorOf, type Note, tell, warning } from "./notes";
import { type EditedNode, words } from "./red";

/** A node whose form is open, and what that declares of its properties. */
interface OpenNode extends EditedNode {
  readonly _def: { readonly defaults: Readonly<Record<string, { readonly value: unknown; readonly validate?: Validator }>> };
}

/** Makes ready what all forms have: reasons and meanings under the fields, suggestions, and rarely used fields folded away. */
export function prepare(node: OpenNode): void {
  if ($("#mcast-style").length === 0) $("<style>", { id: "mcast-style" }).text(style).appendTo("head");
  $("#mcast-allow").val([node.allow ?? []].flat().join(", "));
  const explainers = Object.entries(node._def.defaults).flatMap(([name, { validate }]) =>
    validate ? [explainer(node, name, validate)] : [],
  );
  const explainAll = () => {
    for (const explain of explainers) explain();
    explainGroups();
    // A reason that nobody sees is none.
    $(".mcast-advanced").has(".input-error").prop("open", true);
  };
  suggestInterfaces(explainAll);
  $("#dialog-form").on("change", "input, select, #mcast-groups", explainAll);
  unfold(node);
  explainAll();
}

/** The senders to allow as they stand in the open form. */
export function editedAllow(): string[] {
  return String(fieldOf("allow").val() ?? "")
    .split(/[\s,]+/)
    .filter(Boolean);
}

// Says of one field whatever there is to say, by its value at this moment.
function explainer(node: OpenNode, name: string, validate: Validator): () => void {
  const input = fieldOf(name);
  if (name === "group") input.on("change", () => splitEndpoint(input));
  return () => {
    if (input.length === 0) return;
    const value = String(input.val() ?? "");
    const verdict = isVariable(value) ? true : validate.call(asTyped(node), name === "allow" ? editedAllow() : value, {});
    input.toggleClass("input-error", verdict !== true);
    tell(input, verdict === true ? remarkOn(name, value) : errorOf(verdict));
  };
}

function remarkOn(name: string, value: string): Note | undefined {
  if (isVariable(value)) return undefined;
  if (name === "group") return meaningNote(value);
  if (name === "port" && $("#mcast-groups").length > 0) return conflictNote(value, $("#node-input-unicast").prop("checked") === true);
  if (name === "sourcePort") return conflictNote(value === "group" ? $("#node-input-port").val() : value, true);
  if (name === "iface") return absentNote(value) ?? hereNote();
  if (name === "echoIface") return absentNote(value);
  return undefined;
}

// Who joins groups on a port hears what core's nodes hear there; who has one of his own to send from takes what is sent to it.
function conflictNote(port: unknown, takesUnicast: boolean): Note | undefined {
  const conflict = port ? conflictOf({ port, takesUnicast }) : undefined;
  return conflict && warning(words(conflict.key, { name: conflict.name }));
}

// The node with the groups as they stand in the open form, with which other fields have to agree.
function asTyped(node: OpenNode): EditedNode {
  return { ...node, group: fieldOf("group").val() ?? node.group, ...(node.groups !== undefined && { groups: editedGroups() }) };
}

function absentNote(choice: string): Note | undefined {
  const absent = absentAmong(choice);
  return absent.length === 0 ? undefined : warning(`${words("hint.absent", { names: absent.join(", ") })} – ${hereWords()}`);
}

// The wrong interface is the first of all mistakes: which there are is said before anybody asks.
function hereNote(): Note | undefined {
  return interfacesHere() === "" ? undefined : { kind: "meaning", text: hereWords() };
}

function hereWords(): string {
  return words("hint.here", { names: interfacesHere() });
}

// What is folded away has its default.
function unfold(node: OpenNode): void {
  const folded = $(".mcast-advanced");
  const differs = Object.entries(node._def.defaults).some(([name, { value }]) => {
    const isInside = folded.find(`#node-input-${name}, #mcast-${name}`).length > 0;
    return isInside && node[name] !== undefined && String(node[name]) !== String(value);
  });
  folded.prop("open", differs);
}

// The editor itself keeps what is in #node-input-NAME, as text; what is to be kept as a list has another id.
function fieldOf(name: string): JQuery {
  return $(`#node-input-${name}, input#mcast-${name}`);
}
