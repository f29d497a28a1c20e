import { shown } from "./typed-inputs";

/** A note under a field: the error of its value, a side effect of it, or its meaning. */
export interface Note {
  readonly kind: "error" | "warning" | "meaning";
  readonly text: string;
}

let count = 0;

/** Shows a note under a field, or removes it. Screen readers read it out (`role="status"`). */
export function showNote(input: JQuery, note: Note | undefined): void {
  const line = lineOf(input);
  if (line.text() === (note?.text ?? "")) return; // a screen reader would read the same text again
  line.attr("class", `mcast-note mcast-${note?.kind ?? "meaning"}`).text(note?.text ?? "");
}

/** A warning about a side effect of a valid value. */
export function warningNote(text: string): Note {
  return { kind: "warning", text };
}

/** An error with the text of a reason; undefined where there is none. */
export function errorNote(text: string | undefined): Note | undefined {
  return text === undefined ? undefined : { kind: "error", text };
}

function lineOf(input: JQuery): JQuery {
  const known = input.attr("aria-describedby");
  if (known !== undefined) return $(`#${known}`);
  count += 1;
  const id = `mcast-note-${count}`;
  const line = $("<div>", { id, class: "mcast-note", role: "status" });
  const row = input.closest(".form-row, .mcast-row");
  input.add(shown(input)).attr("aria-describedby", id);
  return line.appendTo(row);
}
