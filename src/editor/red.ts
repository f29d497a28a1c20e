import type { EditorRED } from "node-red";

declare const RED: EditorRED;

/** A node of the workspace as the editor holds it: its properties, and what its form declares. */
export type EditedNode = Readonly<Record<string, unknown>>;

/** A text of the package's catalogue; every form has the same one, so any of them serves. */
export function words(key: string, details: object = {}): string {
  return RED._(`@mcast/node-red-mcast/mcast-say:mcast.${key}`, { ...details });
}

/** The nodes of a type on all tabs, those that are disabled aside. */
export function workspaceNodes(type: string): readonly EditedNode[] {
  const found: EditedNode[] = [];
  RED.nodes.eachNode((node) => {
    const each: EditedNode = { ...node };
    if (each.type === type && each.d !== true) found.push(each);
    return true;
  });
  return found;
}
