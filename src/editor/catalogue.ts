import type { EditorRED } from "node-red";

declare const RED: EditorRED;

/** A text of the package's catalogue. All nodes have the same catalogue; this uses the one of mcast-say. */
export function translate(key: string, details: object = {}): string {
  return RED._(`@mcast/node-red-mcast/mcast-say:mcast.${key}`, { ...details });
}
