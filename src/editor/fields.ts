import { parseGroup } from "../lib/address";
import { McastError } from "../lib/errors";
import { isBlank } from "../lib/options/coerce";
import {
  destination,
  type Fields,
  hearOptions,
  joinOptions,
  PROPERTIES,
  readAllow,
  readIface,
  readProperty,
  readSourcePort,
  recvOptions,
  replyOptions,
} from "../lib/options/options";
import { reasonText } from "./catalogue";
import { checkExpression, isKeyNode } from "./workspace";

/** A validator of the editor: returns true, or the reason why the value is not valid. */
export type Validator = (this: unknown, value: unknown, options: object) => true | string;

/**
 * The validators of the forms. Each calls the reader of the runtime, so that a form accepts the same values as the runtime. There
 * is one for each property of the table. The others read a property that the table lacks, or one that depends on other fields.
 */
export const validators: Readonly<Record<string, Validator>> = {
  ...Object.fromEntries(Object.entries(PROPERTIES).map(([name, { read }]) => [name, validator((value) => read(value, name))])),
  group: validator(parseGroup),
  groupOrBlank: typed("group", (value) => value === "" || parseGroup(value)),
  groups: validator((value, node) => recvOptions({ groups: withoutVariables(value), control: propertyOf(node, "control") })),
  heardGroups: validator((value) => hearOptions({ groups: withoutVariables(value) })),
  portOrBlank: typed("port", (value) => value === "" || readProperty("port", value)),
  ttl: typed("ttl", (value) => readProperty("ttl", value)),
  iface: typed("iface", (value, node) => checkWith(groupsOf(node), { iface: readIface(value, "all") })),
  echoIface: validator((value, node) => checkEchoIface(value, propertyOf(node, "group"))),
  key: validator(checkKey),
  sourcePort: validator((value) => readSourcePort(value, 1)),
  allow: validator((value, node) => checkWith(groupsOf(node), { allow: readAllow(withoutVariables(value)) })),
};

/** Shows a row of the open form only while another field has one of some values. */
export function showWhile(field: string, values: readonly string[], row: string): void {
  const choose = () =>
    $(`#node-input-${row}`)
      .closest(".form-row")
      .toggle(values.includes(String($(`#node-input-${field}`).val())));
  $(`#node-input-${field}`).on("change", choose);
  choose();
}

/** True for an environment variable (`${NAME}`), whose value only the runtime knows. */
export function isVariable(value: unknown): boolean {
  return typeof value === "string" && /^\$\{[^}]+\}$/.test(value);
}

/** The entries of a list, stored as an array by the form or as one string in a hand-written flow. */
export function entriesOf(list: unknown): readonly unknown[] {
  const entries: readonly unknown[] = Array.isArray(list) ? list : String(list ?? "").split(/[\s,]+/);
  return entries.filter(Boolean);
}

/** The reason why a reader refuses a value, in the user's language; undefined for a valid value. */
export function refusalOf(read: (value: unknown) => unknown, value: unknown): string | undefined {
  try {
    read(value);
    return undefined;
  } catch (error) {
    if (!(error instanceof McastError)) throw error;
    return reasonText(error);
  }
}

// Returns the rows of a list that the editor can check. A list that contains only variables counts as missing, which is valid.
function withoutVariables(rows: unknown): unknown {
  if (!Array.isArray(rows) || rows.length === 0) return rows;
  const known = rows.filter((row: unknown) => !isVariable(groupOf(row)));
  return known.length > 0 ? known : undefined;
}

// Checks that the mcast-key node exists, and that no option excludes a key. Without a key, the editor offers to add one.
function checkKey(key: unknown, node: unknown): void {
  if (isBlank(key) || key === "_ADD_") return;
  if (!isKeyNode(key)) throw new McastError("key-absent");
  replyOptions({ key, replies: propertyOf(node, "replies") });
  recvOptions({ key, unicast: propertyOf(node, "unicast") });
  hearOptions({ key, acknowledge: propertyOf(node, "acknowledge") });
}

// A zone of the group restricts the interface.
function checkEchoIface(value: unknown, group: unknown): void {
  const iface = readIface(value, "default", "echoIface");
  if (refusalOf(parseGroup, group) === undefined) destination({ group, iface }, {}, "echoIface");
}

// Checks a value together with the groups of the node: a group's zone and its kind restrict other properties.
function checkWith(groups: readonly unknown[], fields: Fields): void {
  for (const group of groups) {
    if (refusalOf(parseGroup, group) === undefined) joinOptions({ group, ...fields });
  }
}

function groupsOf(node: unknown): readonly unknown[] {
  return entriesOf(propertyOf(node, "groups") ?? propertyOf(node, "group")).map(groupOf);
}

function propertyOf(node: unknown, name: string): unknown {
  return typeof node === "object" && node !== null && name in node ? Reflect.get(node, name) : undefined;
}

/** Returns the group of a row: a row of mcast-hear is an object, a row of mcast-recv a string. */
export function groupOf(row: unknown): unknown {
  return typeof row === "object" && row !== null && "group" in row ? row.group : row;
}

/** True if the relay echoes the row. */
export function isTicked(row: unknown): boolean {
  return typeof row !== "object" || row === null || !("echo" in row) || String(row.echo) !== "false";
}

// Makes a validator of a field whose value may come from elsewhere. Only the runtime knows that value; the editor checks the place.
function typed(name: string, read: (value: unknown, node: unknown) => unknown): Validator {
  const validate = validator(read);
  return function (value, options) {
    const type = propertyOf(this, `${name}Type`);
    if (type === undefined || type === "" || type === "str") return validate.call(this, value, options);
    const isPlace = type !== "env" && !isBlank(value) && !isVariable(value);
    return !isPlace || checkExpression(String(value));
  };
}

// Makes a validator. The editor takes a returned string as a reason only if the validator declares two parameters. A property that
// an older flow lacks is valid: the runtime uses its default.
function validator(read: (value: unknown, node: unknown) => unknown): Validator {
  return function (value, _options) {
    return value === undefined || (refusalOf((each) => read(each, this), value) ?? true);
  };
}
