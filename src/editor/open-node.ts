import type { Validator } from "./fields";
import type { EditedNode } from "./workspace";

/** The node of the open form, with the properties that its form declares. */
export interface OpenNode extends EditedNode {
  readonly _def: {
    readonly defaults: Readonly<Record<string, { readonly value: unknown; readonly validate?: Validator; readonly type?: string }>>;
  };
}

/** The value of a property; its default where an older or hand-written flow lacks it, as in the runtime. */
export function storedOrDefault(node: OpenNode, name: string): unknown {
  return node[name] ?? node._def.defaults[name]?.value;
}

/**
 * Sets each field whose property the flow lacks to the default. The editor leaves such a field blank, and would save a value that
 * the runtime does not use. The editor itself fills the field of a config node.
 */
export function fillMissing(node: OpenNode): void {
  for (const [name, { value, type }] of Object.entries(node._def.defaults)) {
    if (type !== undefined || (node[name] ?? undefined) !== undefined) continue;
    const field = $(`#node-input-${name}`);
    if (field.is(":checkbox")) field.prop("checked", value === true);
    else field.val(String(value));
  }
}
