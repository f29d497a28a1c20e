import type { EditorRED } from "node-red";

declare const RED: EditorRED;

/** A text of the package's catalogue. All nodes have the same catalogue; this uses the one of mcast-say. */
export function translate(key: string, details: object = {}): string {
  return RED._(`@mcast/node-red-mcast/mcast-say:mcast.${key}`, { ...details });
}

/** Returns the text of an error. A newer runtime may give a reason for which there is no text: Node-RED then returns the key. */
export function reasonText({
  reason,
  details,
  message,
}: {
  readonly reason: string;
  readonly details: object;
  readonly message: string;
}): string {
  const key = `reason.${reason}`;
  const text = translate(key, withLabel(details));
  return text.endsWith(key) ? message : text;
}

// Adds the label of the property's field, if it has one.
function withLabel(details: object): object {
  if (!("property" in details)) return details;
  const key = `label.${details.property}`;
  const label = translate(key);
  return { ...details, label: label.endsWith(key) ? details.property : label };
}
