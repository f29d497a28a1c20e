/** What there is to say of a field: why its value won't do, what it leads to that is not meant perhaps, or what it means. */
export interface Note {
  readonly kind: "error" | "warning" | "meaning";
  readonly text: string;
}

let count = 0;

/** Says it in a quiet line under a field, or nothing; to those who hear the form read as well. */
export function tell(input: JQuery, note: Note | undefined): void {
  const line = lineOf(input);
  if (line.text() === (note?.text ?? "")) return; // what is said already is not read out again
  line.attr("class", `mcast-note mcast-${note?.kind ?? "meaning"}`).text(note?.text ?? "");
}

/** What leads to something that is not meant perhaps. */
export function warning(text: string): Note {
  return { kind: "warning", text };
}

/** An error that has the words of a reason, where there is one. */
export function errorOf(text: string | undefined): Note | undefined {
  return text === undefined ? undefined : { kind: "error", text };
}

function lineOf(input: JQuery): JQuery {
  const known = input.attr("aria-describedby");
  if (known !== undefined) return $(`#${known}`);
  count += 1;
  const line = $("<div>", { id: `mcast-note-${count}`, class: "mcast-note", role: "status" });
  const row = input.closest(".form-row, .mcast-row");
  input.attr("aria-describedby", `mcast-note-${count}`);
  return line.appendTo(row);
}
