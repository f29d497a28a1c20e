import { formatGroup, type Group, type GroupEndpoint, parseGroup, parseGroupEndpoint } from "../lib/address";
import { translate } from "./catalogue";
import { errorNote, type Note, showNote, warningNote } from "./field-notes";
import { isVariable, refusalOf } from "./fields";
import { meaningOf } from "./group-meaning";
import { isElsewhere, replacedIn, replaceField, setField } from "./typed-inputs";

/** Shows the note of a group field: its error, else the remark if there is one, else the meaning of its address. */
export function explainGroup(input: JQuery, remark?: Note): void {
  const value = String(input.val() ?? "");
  const refusal = value === "" || isVariable(value) ? undefined : (portsRefusal(value) ?? refusalOf(parseGroup, value));
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

/** The groups in a field into which several were pasted, with the ports of endpoints; none unless all are groups. */
export function pastedGroups(value: string): readonly GroupEndpoint[] {
  const entries = value.split(/[\s,]+/).filter(Boolean);
  return entries.every((each) => refusalOf(parseGroupEndpoint, each) === undefined) ? entries.map(parseGroupEndpoint) : [];
}

/** The different ports of endpoints. */
export function portsOf(groups: readonly GroupEndpoint[]): readonly number[] {
  return [...new Set(groups.flatMap(({ port }) => port ?? []))];
}

/** Splits an endpoint that was pasted into a group field: the port moves to the port field of the form. */
export function splitEndpoint(input: JQuery): void {
  const value = String(input.val() ?? "");
  if (isElsewhere("group") || refusalOf(parseGroup, value) === undefined || refusalOf(parseGroupEndpoint, value) !== undefined) return;
  const { group, port } = parseGroupEndpoint(value);
  setField(input, formatGroup(group));
  replaceField("port", String(port));
}

/** A note that the port came with a pasted group, while the field still has it. */
export function pastedPortNote(): Note | undefined {
  const before = replacedIn("port");
  return before === undefined ? undefined : warningNote(translate("hint.portReplaced", { port: before }));
}

// Returns the reason why one node cannot have all groups of a field; undefined if their endpoints have one port at most.
function portsRefusal(value: string): string | undefined {
  const ports = portsOf(pastedGroups(value));
  return ports.length > 1 ? translate("hint.onePort", { ports: ports.join(", ") }) : undefined;
}
