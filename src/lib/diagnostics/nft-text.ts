import { isRecord, listOf } from "./nft-match";

/** Writes a rule of `nft -j list ruleset` much as `nft` itself does, so that people find it: `ip daddr 224.0.0.0/4 drop`. */
export function ruleText(expressions: readonly unknown[]): string {
  return expressions.map(statement).join(" ");
}

function statement(expression: unknown): string {
  const [kind = "", value] = isRecord(expression) ? (Object.entries(expression)[0] ?? []) : [];
  if (kind === "match" && isRecord(value)) {
    const operator = value.op === "==" || value.op === "in" ? "" : `${value.op} `;
    return `${operand(value.left)} ${operator}${operand(value.right)}`;
  }
  if ((kind === "jump" || kind === "goto") && isRecord(value)) return `${kind} ${value.target}`;
  if (kind === "vmap" && isRecord(value)) return `${operand(value.key)} vmap ${operand(value.data)}`;
  if (kind === "limit" && isRecord(value)) return `limit rate ${value.inv === true ? "over " : ""}${value.rate}/${value.per}`;
  return kind; // accept, drop, counter, log, …
}

function operand(value: unknown): string {
  if (Array.isArray(value)) return value.map(operand).join(",");
  if (!isRecord(value)) return String(value);
  const [kind = "", inner] = Object.entries(value)[0] ?? [];
  switch (kind) {
    case "set":
      return `{ ${listOf(inner).map(element).join(", ")} }`;
    case "range":
      return listOf(inner).map(operand).join("-");
    case "concat":
      return listOf(inner).map(operand).join(" . ");
  }
  if (!isRecord(inner)) return kind;
  switch (kind) {
    case "payload":
      return `${inner.protocol} ${inner.field}`;
    case "prefix":
      return `${inner.addr}/${inner.len}`;
    case "elem":
      return operand(inner.val);
    case "fib":
      return `fib ${listOf(inner.flags).join(" . ")} ${inner.result}`;
    case "meta":
      return isUnqualified(inner.key) ? String(inner.key) : `meta ${inner.key}`;
  }
  return "key" in inner ? `${kind} ${inner.key}` : kind;
}

// A pair of a verdict map has a value and a verdict.
function element(value: unknown): string {
  return Array.isArray(value) ? `${operand(value[0])} : ${statement(value[1])}` : operand(value);
}

function isUnqualified(key: unknown): boolean {
  return typeof key === "string" && /^[io]if/.test(key);
}
