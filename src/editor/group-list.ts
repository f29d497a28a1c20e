import { formatGroup, type Group, parseGroup } from "../lib/address";
import { DEFAULTS } from "../lib/options/properties";
import { translate } from "./catalogue";
import { errorNote, type Note, showNote, warningNote } from "./field-notes";
import { entriesOf, refusalOf } from "./fields";
import { explainGroup, pastedGroups, portsOf, readGroup, splitEndpoint } from "./group-field";
import { namesIn } from "./interface-list";
import { type OpenNode, storedOrDefault } from "./open-node";
import { replaceField } from "./typed-inputs";

/** A row of the list of groups. */
interface Row {
  group: string;
  echo: boolean;
}

const list = () => $("#mcast-groups");

/** Builds the list of groups of the open form, whose rows can be added, removed and dragged; with `echoes`, each has a tick. */
export function editGroups(node: OpenNode, echoes = false): void {
  list().editableList({
    addItem: (container: JQuery, _index: number, row: Partial<Row>) =>
      addRow(container, { group: row.group ?? "", echo: row.echo ?? true }, echoes),
    removeItem: () => list().trigger("change"),
    sortItems: () => list().trigger("change"),
    removable: true,
    sortable: true,
    height: "auto",
  });
  for (const row of rowsOf(storedOrDefault(node, "groups"))) list().editableList("addItem", row);
}

/** The rows of the list in the open form, without blank ones. */
export function editedGroups(): Row[] {
  return keptRows()
    .toArray()
    .map((row) => ({
      group: String($(row).find(".mcast-group").val() ?? "").trim(),
      echo: $(row).find(".mcast-echo").prop("checked") !== false,
    }))
    .filter(({ group }) => group !== "");
}

// Returns the rows without those that the user has removed: the editor fades a row out for 300 ms before it removes it from the
// list.
function keptRows(): JQuery {
  return list().children(":not(.red-ui-editableList-item-deleting)");
}

/** Shows the note of each row, and an error below an empty list. */
export function explainGroups(): void {
  if (list().length === 0) return;
  const before = new Set<string>();
  keptRows()
    .find(".mcast-group")
    .each((_index, field) => {
      const input = $(field);
      const group = readGroup(input.val());
      const name = group && formatGroup(group);
      const isTwice = name !== undefined && before.has(name);
      if (name !== undefined) before.add(name);
      explainGroup(input, isTwice ? warningNote(translate("hint.twice")) : group && isEchoed(input) ? echoTargetNote(group) : undefined);
    });
  const mayBeEmpty = $("#node-input-control").prop("checked") === true;
  showNote(list(), errorNote(mayBeEmpty || editedGroups().length > 0 ? undefined : refusalOf(parseGroup, "")));
}

function isEchoed(input: JQuery): boolean {
  return input.closest(".mcast-row").find(".mcast-echo").prop("checked") === true && $("#node-input-echo").val() !== "off";
}

// Returns a note, not a warning, for the default group of a new node, which no user has chosen.
function echoTargetNote(group: Group): Note | undefined {
  if (!isBindGroup(group)) return undefined;
  const text = translate("hint.echoTarget");
  return group.address === DEFAULTS.group ? { kind: "meaning", text } : warningNote(text);
}

// Returns true for the bind group, if none of its datagrams is echoed: those of a named interface are, unless echoes leave by it.
function isBindGroup({ address, zone }: Group): boolean {
  if (readGroup($("#node-input-group").val())?.address !== address) return false;
  const heard = namesIn(zone ?? $("#node-input-iface").val());
  const echoIface = String($("#node-input-echoIface").val() ?? "");
  const echoed = namesIn(echoIface === "" ? $("#node-input-iface").val() : echoIface);
  return heard.length === 0 || echoed.length === 0 || heard.every((name) => echoed.includes(name));
}

function rowsOf(groups: unknown): Partial<Row>[] {
  return entriesOf(groups).map((entry) => (typeof entry === "object" && entry !== null ? entry : { group: String(entry) }));
}

function addRow(container: JQuery, { group, echo }: Row, echoes: boolean): void {
  container.addClass("mcast-row");
  const line = $("<div>", { class: "mcast-line" }).appendTo(container);
  const input = $("<input>", { type: "text", class: "mcast-group", placeholder: "239.255.1.1", "aria-label": translate("label.group") });
  input.val(group).appendTo(line);
  if (echoes) addEcho(line, echo);
  input.on("change", () => {
    splitRow(input);
    splitEndpoint(input);
  });
  showNote(input, undefined); // an empty line from the start: a line that appears later would move the button that the user is about to press
  addKeys(container, input);
  if (group === "") requestAnimationFrame(() => input.trigger("focus"));
}

// Lets the arrow keys move a row: at its handle, or with Alt in its field. Keeps the focus in the list when a row is removed. The editor
// draws the handle and the button after the row is added.
function addKeys(container: JQuery, input: JQuery): void {
  requestAnimationFrame(() => {
    const item = container.closest("li");
    const handle = item.find(".red-ui-editableList-item-handle");
    handle.attr({ tabindex: 0, role: "button", title: translate("label.move"), "aria-label": translate("label.move") });
    handle.on("keydown", (event) => moveRow(event, item, handle));
    item.find(".red-ui-editableList-item-remove").on("click", () => {
      nextTo(item).trigger("focus");
    });
    input.attr("aria-keyshortcuts", "Alt+ArrowUp Alt+ArrowDown");
    // A block body: a handler that returns false would make jQuery suppress the key.
    input.on("keydown", (event) => {
      if (event.altKey) moveRow(event, item, input);
    });
  });
}

// Returns what takes the focus from a row that is removed: the button that removes the next row, else the one before, else the
// button that adds a row.
function nextTo(item: JQuery): JQuery {
  const kept = ":not(.red-ui-editableList-item-deleting)";
  const rows = [item.nextAll(kept).first(), item.prevAll(kept).first()];
  const row = rows.find(({ length }) => length > 0);
  return row?.find(".red-ui-editableList-item-remove") ?? list().closest(".form-row").find(".red-ui-editableList-addButton");
}

function moveRow(event: JQuery.TriggeredEvent, item: JQuery, focused: JQuery): void {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  event.preventDefault();
  event.stopPropagation();
  if (event.key === "ArrowUp") item.prev().before(item);
  else item.next().after(item);
  focused.trigger("focus");
  list().trigger("change");
}

// Splits several groups that were pasted into one row into a row for each group. Groups with different ports stay where they are,
// because a node has one port.
function splitRow(input: JQuery): void {
  const groups = pastedGroups(String(input.val() ?? ""));
  if (groups.length < 2 || portsOf(groups).length > 1) return;
  const [port] = portsOf(groups);
  const [first, ...others] = groups.map(({ group }) => formatGroup(group));
  const echo = input.closest(".mcast-row").find(".mcast-echo").prop("checked") !== false;
  input.val(first ?? "");
  for (const group of others) list().editableList("addItem", { group, echo });
  if (port !== undefined) replaceField("port", String(port));
}

function addEcho(line: JQuery, echo: boolean): void {
  const tick = $("<input>", { type: "checkbox", class: "mcast-echo" }).prop("checked", echo);
  $("<label>")
    .append(tick, document.createTextNode(translate("label.echoed")))
    .appendTo(line);
}
