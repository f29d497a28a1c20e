import { type Group, parseGroup, parseGroupEndpoint } from "../lib/address";
import { isVariable, whyNot } from "./fields";
import { meaningOf } from "./meaning";
import { errorOf, type Note, tell } from "./notes";
import { words } from "./red";

/** Says under a field for a group why it won't do; or else the remark on it, if there is one, or what its address means. */
export function explainGroup(input: JQuery, remark?: Note): void {
  const value = String(input.val() ?? "");
  const why = value === "" || isVariable(value) ? undefined : whyNot(parseGroup, value);
  input.toggleClass("input-error", why !== undefined);
  tell(input, errorOf(why) ?? remark ?? meaningNote(value));
}

/** What the address of a group means; nothing of what is no address. */
export function meaningNote(value: string): Note | undefined {
  const group = readGroup(value);
  return group && { kind: "meaning", text: words(meaningOf(group)) };
}

/** The group that a field holds; nothing of what is no group. */
export function readGroup(value: unknown): Group | undefined {
  return whyNot(parseGroup, value) === undefined ? parseGroup(value) : undefined;
}

/** Who pastes `239.1.1.1:5000` into a field for a group means both: the port goes where the form has a field for it. */
export function splitEndpoint(input: JQuery): void {
  const value = String(input.val() ?? "");
  if (whyNot(parseGroup, value) === undefined || whyNot(parseGroupEndpoint, value) !== undefined) return;
  const { group, port } = parseGroupEndpoint(value);
  input.val(group.zone === undefined ? group.address : `${group.address}%${group.zone}`);
  $("#node-input-port").val(String(port)).trigger("change");
}
