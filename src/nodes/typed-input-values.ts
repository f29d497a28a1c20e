import type { Node, NodeAPI, NodeMessage } from "node-red";
import { parseGroupEndpoint } from "../lib/address";
import { McastError, quote } from "../lib/errors";
import { isBlank } from "../lib/options/coerce";
import type { Fields } from "../lib/options/options";

const NAMES = ["group", "port", "iface", "ttl"] as const;
type Name = (typeof NAMES)[number];

interface TypedInput {
  readonly name: Name;
  /** The place of the value: `msg`, `flow`, `global` or `env`. */
  readonly type: string;
  readonly expression: string;
}

/** Called once, with the values of a message's properties by name, or with the error of a missing value or of a context store. */
export type OnValues = (error: unknown, values: Fields) => void;

/**
 * The properties of a form whose value may come from elsewhere: from any property of the message, from a context or from the
 * environment. For example, `group` is then an expression, and `groupType` is `msg`, `flow`, `global` or `env`. Such a value is
 * read like one that is blank in the form and comes with the message. If it is missing, the message fails: the default, such as the
 * interface that the system chooses, is not what the flow asked for.
 */
export class TypedInputValues {
  /** The form, with the values of the environment in place and the other values from elsewhere left blank. */
  readonly form: Fields;
  readonly #RED: NodeAPI;
  readonly #node: Node;
  /** The properties that come from the environment. */
  readonly #fixed: readonly Name[];
  readonly #typed: readonly TypedInput[];

  /** Throws a McastError if a variable of the environment has no value: nothing sets it later. */
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
      ...Object.fromEntries(fixed.map((input) => [input.name, this.#fromEnvironment(input)])),
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
      if (error && !isOfMissingParent(error)) return onValues(error, values);
      if (isBlank(value) && !(name === "port" && this.#hasPort(values))) return onValues(this.#missing(next), values);
      this.#readFrom(position + 1, msg, { ...without(values, name), [name]: value }, onValues);
    });
  }

  #fromEnvironment(input: TypedInput): unknown {
    const value: unknown = this.#RED.util.evaluateNodeProperty(input.expression, "env", this.#node, {});
    if (isBlank(value)) throw this.#missing(input);
    return value;
  }

  // True if the message's group includes the port. An invalid group has an error of its own, which is reported later.
  #hasPort({ group }: Fields): boolean {
    if (this.form.group !== "") return false;
    try {
      return parseGroupEndpoint(group).port !== undefined;
    } catch {
      return true;
    }
  }

  #missing({ name, type, expression }: TypedInput): McastError {
    return new McastError(`${name}-no-value`, { property: name, source: quote(this.#sourceOf(type, expression)) });
  }

  // Returns the source of a value as the editor shows it: `msg.a`, `flow.a` (without the context store), or `${A}`.
  #sourceOf(type: string, expression: string): string {
    if (type === "env") return expression.includes("${") ? expression : `\${${expression}}`;
    if (type === "msg") return `msg.${expression.replace(/^msg\./, "")}`;
    return `${type}.${this.#RED.util.parseContextStore(expression).key}`;
  }
}

// With `msg.a` missing, Node-RED fails to read `msg.a.b`; it returns no value for `flow.a.b`. The two are the same to a user.
function isOfMissingParent(error: unknown): boolean {
  return error instanceof TypeError;
}

const TYPES = ["msg", "flow", "global", "env"];

// A property from elsewhere is never read from the message in its place.
function without<T extends Fields>(values: T, name: Name): T {
  return { ...values, [name]: undefined, ...(name === "iface" && { interface: undefined }) };
}
