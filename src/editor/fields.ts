import { formatEndpoint, parseGroup, parsePort } from "../lib/address";
import { McastError } from "../lib/errors";
import {
  type Fields,
  hearOptions,
  joinOptions,
  readAllow,
  readCollect,
  readIface,
  readMaxRate,
  readRefresh,
  readSilence,
  readSourcePort,
  readTtl,
  recvOptions,
} from "../lib/options/options";
import { words } from "./red";

/** What the editor asks of a form's field, as of a node: true, or the reason why its value won't do. */
export type Validator = (this: unknown, value: unknown, options: object) => true | string;

// The validators are the runtime's own readers: what a form takes, the runtime takes.
export const group = validator(parseGroup);
export const groupOrBlank = validator((value) => value === "" || parseGroup(value));
export const groups = validator((value) => recvOptions({ groups: knownNow(value) }));
export const heardGroups = validator((value) => hearOptions({ groups: knownNow(value) }));
export const port = validator(parsePort);
export const portOrBlank = validator((value) => value === "" || parsePort(value));
export const iface = validator((value, node) => agrees(groupsOf(node), { iface: readIface(value, "all") }));
export const echoIface = validator((value, node) => agrees([propertyOf(node, "group")], { iface: readIface(value, "all") }));
export const ttl = validator(readTtl);
export const sourcePort = validator((value) => readSourcePort(value, 1));
export const collect = validator(readCollect);
export const refresh = validator(readRefresh);
export const silence = validator(readSilence);
export const maxRate = validator(readMaxRate);
export const allow = validator((value, node) => agrees(groupsOf(node), { allow: readAllow(knownNow(value)) }));

/** Shows a row of the open form while another field has a value. */
export function showWhile(field: string, value: string, row: string): void {
  const choose = () =>
    $(`#node-input-${row}`)
      .closest(".form-row")
      .toggle($(`#node-input-${field}`).val() === value);
  $(`#node-input-${field}`).on("change", choose);
  choose();
}

/** True for what only the runtime knows: the value of an environment variable. */
export function isVariable(value: unknown): boolean {
  return typeof value === "string" && /^\$\{[^}]+\}$/.test(value);
}

/** The entries of a list as the form stores it, or as one string of a flow made by hand. */
export function entriesOf(list: unknown): readonly unknown[] {
  const entries: readonly unknown[] = Array.isArray(list) ? list : String(list ?? "").split(/[\s,]+/);
  return entries.filter(Boolean);
}

/** How a node is called on the canvas: `239.255.1.1:59559 +2`; nothing where a message is to bring the group. */
export function label(groups: unknown, port: unknown): string {
  const [first, ...others] = entriesOf(groups);
  if (!first) return "";
  const more = others.length > 0 ? ` +${others.length}` : "";
  return port ? formatEndpoint(String(first), Number(port) || 0) + more : String(first) + more;
}

/** How a relay is called: `239.255.1.1 > 239.255.2.2:59559`; by the groups alone that it hears where it echoes no other than the bind group. */
export function relayLabel(groups: unknown, bind: unknown, echo: unknown, port: unknown): string {
  const rows = entriesOf(groups);
  const echoed = rows.filter((row) => isTicked(row) && groupOf(row) !== bind).map(groupOf);
  if (echo === "off" || echoed.length === 0) return label(rows.map(groupOf), port);
  return `${label(echoed, "")} > ${label([bind], port)}`;
}

/** Says in the fields of the open form that may be left blank where their values then come from. */
export function mayComeFromMessage(...names: readonly string[]): void {
  // Without its own text, which the editor would put in its place later.
  for (const name of names)
    $(`#node-input-${name}`).removeAttr("data-i18n").attr("placeholder", words("placeholder.fromMessage", { name }));
}

/** Why a value won't do, in the reader's language; undefined if it will. */
export function whyNot(read: (value: unknown) => unknown, value: unknown): string | undefined {
  try {
    read(value);
    return undefined;
  } catch (error) {
    if (!(error instanceof McastError)) throw error;
    const key = `reason.${error.reason}`;
    const text = words(key, error.details);
    return text.endsWith(key) ? error.message : text;
  }
}

// Of a list, the rows whose groups can be read now; one that is left to variables alone stands for any that is good.
function knownNow(rows: unknown): unknown {
  if (!Array.isArray(rows) || rows.length === 0) return rows;
  const known = rows.filter((row: unknown) => !isVariable(groupOf(row)));
  return known.length > 0 ? known : undefined;
}

// What is good alone has to agree with the groups of the node as well, those that can be read now.
function agrees(groups: readonly unknown[], fields: Fields): void {
  for (const group of groups) {
    if (whyNot(parseGroup, group) === undefined) joinOptions({ group, ...fields });
  }
}

// The groups of a list, or the one of a node that has one alone.
function groupsOf(node: unknown): readonly unknown[] {
  return entriesOf(propertyOf(node, "groups") ?? propertyOf(node, "group")).map(groupOf);
}

function propertyOf(node: unknown, name: "group" | "groups"): unknown {
  return typeof node === "object" && node !== null && name in node ? Reflect.get(node, name) : undefined;
}

// A row of hear's list is a group with its tick.
function groupOf(row: unknown): unknown {
  return typeof row === "object" && row !== null && "group" in row ? row.group : row;
}

function isTicked(row: unknown): boolean {
  return typeof row !== "object" || row === null || !("echo" in row) || String(row.echo) !== "false";
}

// Two parameters, both declared: with one, the editor takes a returned reason for a yes.
// A property that an older flow lacks has its default at run time: it is no mistake.
function validator(read: (value: unknown, node: unknown) => unknown): Validator {
  return function (value, _options) {
    return value === undefined || (whyNot((each) => read(each, this), value) ?? true);
  };
}
