import { isKeyText } from "../lib/options/key-text";
import { translate } from "./catalogue";
import { errorNote, type Note, showNote } from "./field-notes";
import { isVariable, validators } from "./fields";
import { addStyle } from "./form";

// The editor shows this in place of a password that is set already.
const SET_ALREADY = "__PWRD__";

/** Prepares the form of a key: its notes, and the button that makes a new key and shows it until the form is closed. */
export function prepareKey(): void {
  addStyle();
  for (const name of ["key", "previous"] as const) explain(fieldOf(name), () => keyNote(name));
  explain(fieldOf("freshness"), freshnessNote);
  $("#mcast-new-key").hide();
  $("#mcast-generate").on("click", showNewKey);
  $("#mcast-copy").on("click", () => {
    // The clipboard API is missing where the editor is served without TLS.
    $("#mcast-key-shown").trigger("select");
    if (document.execCommand("copy")) $("#mcast-copy").text(translate("button.copied"));
  });
}

function showNewKey(): void {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  fieldOf("key").val(key).trigger("change");
  $("#mcast-key-shown").val(key);
  $("#mcast-copy").text(translate("button.copy"));
  $("#mcast-new-key").show();
}

function explain(input: JQuery, note: () => Note | undefined): void {
  const show = () => {
    const found = note();
    input.toggleClass("input-error", found?.kind === "error");
    showNote(input, found);
  };
  input.on("change", show);
  show();
}

// Returns the note of a key, which never contains the value.
function keyNote(name: "key" | "previous"): Note | undefined {
  const text = String(fieldOf(name).val() ?? "").trim();
  if (text === SET_ALREADY || isVariable(text)) return undefined;
  if (text === "") return { kind: "meaning", text: name === "key" ? translate("hint.key") : translate("hint.previous") };
  return isKeyText(text) ? undefined : errorNote(name === "key" ? translate("reason.key-form") : translate("reason.key-previous"));
}

function freshnessNote(): Note | undefined {
  const value = String(fieldOf("freshness").val() ?? "");
  const verdict = isVariable(value) || (validators.freshness?.call({}, value, {}) ?? true);
  return verdict === true ? undefined : errorNote(verdict);
}

function fieldOf(name: string): JQuery {
  return $(`#node-config-input-${name}`);
}
