import type { EditorRED } from "node-red";

declare const RED: EditorRED;

/** A text of the package's catalogue; every form has the same one, so any of them serves. */
export function words(key: string, details: object = {}): string {
  return RED._(`@mcast/node-red-mcast/mcast-say:mcast.${key}`, { ...details });
}
