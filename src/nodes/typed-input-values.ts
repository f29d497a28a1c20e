import type { Node, NodeAPI, NodeMessage } from "node-red";
import type { Fields } from "../lib/options/options";

const NAMES = ["group", "port", "iface", "ttl"] as const;
type Name = (typeof NAMES)[number];

/** Called once, with the values of a message's properties by name, or with the error of a context store. */
export type OnValues = (error: unknown, values: Fields) => void;

/**
 * The properties of a form whose value may come from elsewhere: from any property of the message, from a context or from the
 * environment. For example, `group` is then an expression, and `groupType` is `msg`, `flow`, `global` or `env`. Such a value is
 * read like one that is blank in the form and comes with the message.
 */
export class TypedInputValues {
  /** The form, with the values of the environment in place and the other values from elsewhere left blank. */
  readonly form: Fields;
  readonly #RED: NodeAPI;
  readonly #node: Node;
  /** The properties that come from the environment. */
  readonly #fixed: readonly Name[];
  readonly #typed: readonly { readonly name: Name; readonly type: string; readonly expression: string }[];

  constructor(RED: NodeAPI, node: Node, form: Fields) {
    this.#RED = RED;
    this.#node = node;
    const typed = NAMES.flatMap((name) => {
      const [type, expression] = [form[`${name}Type`], form[name]];
      const isTyped = typeof type === "string" && TYPES.includes(type) && typeof expression === "string" && expression !== "";
      return isTyped ? [{ name, type, expression }] : [];
    });
    const fixed = typed.filter(({ type }) => type === "env");
    this.#fixed = fixed.map(({ name }) => name);
    this.#typed = typed.filter(({ type }) => type !== "env");
    this.form = {
      ...form,
      ...Object.fromEntries(this.#typed.map(({ name }) => [name, ""])),
      ...Object.fromEntries(fixed.map(({ name, expression }) => [name, RED.util.evaluateNodeProperty(expression, "env", node, {}) ?? ""])),
    };
  }

  /** Reads the values that come with a message. A context store may reply later. */
  read(msg: NodeMessage, onValues: OnValues): void {
    const values = { group: msg.group, port: msg.port, ttl: msg.ttl, iface: msg.iface, interface: msg.interface };
    this.#readFrom(0, msg, this.#fixed.reduce(without, values), onValues);
  }

  #readFrom(position: number, msg: NodeMessage, values: Fields, onValues: OnValues): void {
    const next = this.#typed[position];
    if (!next) return onValues(undefined, values);
    const { name, type, expression } = next;
    this.#RED.util.evaluateNodeProperty(expression, type, this.#node, msg, (error, value: unknown) => {
      if (error) return onValues(error, values);
      this.#readFrom(position + 1, msg, { ...without(values, name), [name]: value }, onValues);
    });
  }
}

const TYPES = ["msg", "flow", "global", "env"];

// A property from elsewhere is never read from the message in its place.
function without<T extends Fields>(values: T, name: Name): T {
  return { ...values, [name]: undefined, ...(name === "iface" && { interface: undefined }) };
}
