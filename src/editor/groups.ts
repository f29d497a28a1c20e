import { type Group, parseGroup, parseGroupEndpoint } from "../lib/address";
import { entriesOf, whyNot } from "./fields";
import { explainGroup, readGroup, splitEndpoint } from "./group-field";
import { namesIn } from "./interfaces";
import { errorOf, tell, warning } from "./notes";
import { words } from "./red";

/** One row of the list of groups. */
interface Row {
  group: string;
  echo: boolean;
}

const list = () => $("#mcast-groups");

/** Makes the list of groups of the open form: rows to add, remove and drag; with `echoes`, each with its tick. */
export function editGroups(groups: unknown, echoes = false): void {
  list().editableList({
    addItem: (container: JQuery, _index: number, row: Partial<Row>) =>
      addRow(container, { group: row.group ?? "", echo: row.echo ?? true }, echoes),
    removeItem: () => list().trigger("change"),
    sortItems: () => list().trigger("change"),
    removable: true,
    sortable: true,
    height: "auto",
  });
  for (const row of rowsOf(groups)) list().editableList("addItem", row);
}

/** The rows as they stand in the open form, those left blank aside. */
export function editedGroups(): Row[] {
  const rows: Row[] = [];
  list()
    .editableList("items")
    .each((_index, item) => {
      const group = String($(item).find(".mcast-group").val() ?? "").trim();
      const echo = $(item).find(".mcast-echo").prop("checked") !== false;
      if (group !== "") rows.push({ group, echo });
    });
  return rows;
}

/** Says of each row whatever there is to say of its group, and below the list that there is none at all. */
export function explainGroups(): void {
  if (list().length === 0) return;
  const before = new Set<string>();
  list()
    .find(".mcast-group")
    .each((_index, field) => {
      const input = $(field);
      const group = readGroup(input.val());
      const name = group && `${group.address}%${group.zone ?? ""}`;
      const isTwice = name !== undefined && before.has(name);
      if (name !== undefined) before.add(name);
      const isBound = group !== undefined && isEchoed(input) && isBindGroup(group);
      explainGroup(input, isTwice ? warning(words("hint.twice")) : isBound ? warning(words("hint.bound")) : undefined);
    });
  tell(list(), errorOf(editedGroups().length > 0 ? undefined : whyNot(parseGroup, "")));
}

function isEchoed(input: JQuery): boolean {
  return input.closest(".mcast-row").find(".mcast-echo").prop("checked") === true && $("#node-input-echo").val() !== "off";
}

// What arrives on the bind group itself is never echoed, save on an interface that echoes do not go out on.
function isBindGroup({ address, zone }: Group): boolean {
  if (readGroup($("#node-input-group").val())?.address !== address) return false;
  const heard = namesIn(zone ?? $("#node-input-iface").val());
  const echoed = namesIn($("#node-input-echoIface").val());
  return heard.length === 0 || echoed.length === 0 || heard.some((name) => echoed.includes(name));
}

function rowsOf(groups: unknown): Partial<Row>[] {
  return entriesOf(groups).map((entry) => (typeof entry === "object" && entry !== null ? entry : { group: String(entry) }));
}

function addRow(container: JQuery, { group, echo }: Row, echoes: boolean): void {
  container.addClass("mcast-row");
  const line = $("<div>", { class: "mcast-line" }).appendTo(container);
  const input = $("<input>", { type: "text", class: "mcast-group", placeholder: "239.255.1.1", "aria-label": words("label.group") });
  input.val(group).appendTo(line);
  if (echoes) addEcho(line, echo);
  input.on("change", () => {
    spread(input);
    splitEndpoint(input);
  });
  tell(input, undefined); // its line is there from the start: what appeared later would move the button that is about to be pressed
  if (group === "") requestAnimationFrame(() => input.trigger("focus"));
}

// Who pastes several groups into one row means a row for each.
function spread(input: JQuery): void {
  const [first, ...others] = String(input.val() ?? "")
    .split(/[\s,]+/)
    .filter(Boolean);
  const areGroups = [first, ...others].every((each) => whyNot(parseGroupEndpoint, each) === undefined);
  if (first === undefined || others.length === 0 || !areGroups) return;
  const echo = input.closest(".mcast-row").find(".mcast-echo").prop("checked") !== false;
  input.val(first);
  for (const group of others) {
    list().editableList("addItem", { group, echo });
    list().find(".mcast-group").last().trigger("change");
  }
}

function addEcho(line: JQuery, echo: boolean): void {
  const tick = $("<input>", { type: "checkbox", class: "mcast-echo" }).prop("checked", echo);
  $("<label>")
    .append(tick, document.createTextNode(words("label.echoed")))
    .appendTo(line);
}
