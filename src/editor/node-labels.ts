import { formatEndpoint } from "../lib/address";
import { entriesOf, groupOf, isTicked } from "./fields";
import { type EditedNode, surroundingsOf } from "./workspace";

/** The label of mcast-say on the canvas, `239.255.1.1:59559`; empty where `msg.group` sets the group. */
export function sayLabel(node: EditedNode): string {
  const group = typedText(node, "group");
  return group === "" ? "" : endpoint([group], typedText(node, "port"));
}

/** The label of mcast-recv on the canvas, `239.255.1.1:59559 +2`; empty where it lists no group. */
export function recvLabel(node: EditedNode): string {
  return endpoint(groupsOf(node, entriesOf(node.groups)), known(node, node.port));
}

/** The label of a relay, `239.255.1.1 > 239.255.2.2:59559`; the label of its groups where it echoes none of them. */
export function hearLabel(node: EditedNode): string {
  const rows = entriesOf(node.groups);
  const echoed = rows.filter((row) => isTicked(row) && groupOf(row) !== node.group);
  if (node.echo === "off" || echoed.length === 0) return recvLabel(node);
  return `${endpoint(groupsOf(node, echoed), "")} > ${endpoint([known(node, node.group)], known(node, node.port))}`;
}

function groupsOf(node: EditedNode, rows: readonly unknown[]): readonly string[] {
  return rows.flatMap((row) => entriesOf(known(node, groupOf(row))).map(String));
}

function endpoint([first, ...others]: readonly string[], port: string): string {
  if (first === undefined) return "";
  const more = others.length > 0 ? ` +${others.length}` : "";
  const number = Number(port);
  if (number > 0) return formatEndpoint(first, number) + more;
  return (port === "" ? first : `${first}:${port}`) + more;
}

// Returns the text of a property. For a value from elsewhere, it is its place, such as `flow.group`.
function typedText(node: EditedNode, name: "group" | "port"): string {
  const [type, value] = [node[`${name}Type`], String(node[name] ?? "")];
  if (value === "" || type === undefined || type === "str") return known(node, value);
  if (type === "env") return known(node, value.includes("${") ? value : `\${${value}}`);
  return `${String(type)}.${value}`;
}

// Returns the value of an environment variable if the editor knows it, else its name, because only the runtime knows its own
// environment.
function known(node: EditedNode, value: unknown): string {
  const text = String(value ?? "");
  const name = /^\$\{([^}]+)\}$/.exec(text)?.[1];
  if (name === undefined) return text;
  for (const { env } of surroundingsOf(node)) {
    const found: unknown = Array.isArray(env) ? env.find((each: unknown) => nameIn(each) === name) : undefined;
    const known = found === undefined ? undefined : valueIn(found);
    if (known !== undefined) return known;
  }
  return text;
}

function nameIn(variable: unknown): unknown {
  return typeof variable === "object" && variable !== null && "name" in variable ? variable.name : undefined;
}

// Returns the value of a variable. The runtime evaluates variables of other types, such as JSONata or credentials.
function valueIn(variable: unknown): string | undefined {
  const { type, value }: { type?: unknown; value?: unknown } = { ...Object(variable) };
  return type === "str" || type === "num" ? String(value) : undefined;
}
