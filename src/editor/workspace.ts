import type { EditorRED } from "node-red";

declare const RED: EditorRED;

/** A node of the workspace as the editor stores it: its properties and the declarations of its form. */
export type EditedNode = Readonly<Record<string, unknown>>;

/** True for the id of an mcast-key node whose own form finds no fault with it. */
export function isKeyNode(id: unknown): boolean {
  const node: EditedNode = { ...RED.nodes.node(String(id)) };
  return node.type === "mcast-key" && node.valid !== false;
}

/** Checks the place of a value in a message or a context, such as `where.to`. Returns true, or the editor's own reason. */
export function checkExpression(place: string): true | string {
  // The editor returns the reason only to a caller that passes options.
  const check: (place: string, options: object) => unknown = RED.utils.validatePropertyExpression;
  const verdict = check(place, {});
  return verdict === true || String(verdict);
}

/** The label of a node on the canvas; `otherwise` if it has none. */
export function labelOf(node: EditedNode, otherwise: string): string {
  const utils: { getNodeLabel(node: EditedNode, otherwise: string): string } = RED.utils;
  return utils.getNodeLabel(node, otherwise);
}

/** The nodes of a type on all tabs, without disabled nodes and those on disabled tabs. */
export function workspaceNodes(type: string): readonly EditedNode[] {
  const disabled = all((each) => RED.nodes.eachWorkspace(each)).filter((tab) => tab.disabled === true);
  const tabs = new Set(disabled.map(({ id }) => id));
  return all((each) => RED.nodes.eachNode(each)).filter((node) => node.type === type && node.d !== true && !tabs.has(node.z));
}

/** The nodes that may set environment variables for a node, the nearest first: its groups, its flow or subflow, and all flows together. */
export function surroundingsOf(node: EditedNode): readonly EditedNode[] {
  const groups: EditedNode[] = [];
  for (let id = node.g; typeof id === "string" && groups.every((group) => group.id !== id); id = groups.at(-1)?.g) {
    groups.push({ ...RED.nodes.group(id) });
  }
  const flows = [...all((each) => RED.nodes.eachWorkspace(each)), ...all((each) => RED.nodes.eachSubflow(each))];
  const everywhere = all((each) => RED.nodes.eachConfig(each)).filter(({ type }) => type === "global-config");
  return [...groups, ...flows.filter(({ id }) => id === node.z), ...everywhere];
}

function all(visit: (each: (item: object) => boolean) => void): readonly EditedNode[] {
  const found: EditedNode[] = [];
  visit((item) => found.push({ ...item }) > 0);
  return found;
}
