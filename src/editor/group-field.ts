import { type Group, parseGroup, parseGroupEndpoint } from "../lib/address";
import { translate } from "./catalogue";
import { errorNote, type Note, showNote } from "./field-notes";
import { isVariable, refusalOf } from "./fields";
import { meaningOf } from "./group-meaning";
import { setField } from "./typed-inputs";

// The port of a pasted group, and the port that it replaced.
let pasted: { readonly port: string; readonly before: string } | undefined;

/** Shows the note of a group field: its error, else the remark if there is one, else the meaning of its address. */
export function explainGroup(input: JQuery, remark?: Note): void {
  const value = String(input.val() ?? "");
  const refusal = value === "" || isVariable(value) ? undefined : refusalOf(parseGroup, value);
  input.toggleClass("input-error", refusal !== undefined);
  showNote(input, errorNote(refusal) ?? remark ?? meaningNote(value));
}

/** The meaning of a group's address; undefined where the value is not a group. */
export function meaningNote(value: string): Note | undefined {
  const group = readGroup(value);
  return group && { kind: "meaning", text: translate(meaningOf(group)) };
}

/** The group in a field; undefined where its value is not a group. */
export function readGroup(value: unknown): Group | undefined {
  return refusalOf(parseGroup, value) === undefined ? parseGroup(value) : undefined;
}

/** Splits an endpoint that was pasted into a group field: the port moves to the port field of the form. */
export function splitEndpoint(input: JQuery): void {
  const value = String(input.val() ?? "");
  if (refusalOf(parseGroup, value) === undefined || refusalOf(parseGroupEndpoint, value) !== undefined) return;
  const { group, port } = parseGroupEndpoint(value);
  const field = $("#node-input-port");
  const before = String(field.val() ?? "");
  if (before !== String(port)) pasted = { port: String(port), before };
  setField(input, group.zone === undefined ? group.address : `${group.address}%${group.zone}`);
  setField(field, String(port));
}

/** Forgets what was pasted into another form. */
export function forgetPasted(): void {
  pasted = undefined;
}

/** A note that the port came with a pasted group, while the field still has it. */
export function pastedPortNote(port: string): Note | undefined {
  if (pasted?.port !== port || pasted.before === "") return undefined;
  return { kind: "warning", text: translate("hint.portReplaced", { port: pasted.before }) };
}
