import { translate } from "./catalogue";
import { isVariable } from "./fields";
import { entriesIn, type Interface, interfacesOf, isUnlisted, knownInterfaces, namesIn } from "./interface-list";
import { isElsewhere, replaceField, setField, shown } from "./typed-inputs";

/**
 * Adds a button to a field for interfaces. It opens a list of the available interfaces, with a tick for each. The field stays free
 * text.
 */
export function addChooser(name: string): void {
  const field = fieldOf(name);
  if (field.length === 0) return;
  const id = `mcast-choose-${name}`;
  const button = $("<button>", { type: "button", class: "red-ui-button mcast-choose", title: translate("label.choose") })
    .attr({ "aria-label": translate("label.choose"), "aria-expanded": "false", "aria-controls": id })
    .append($("<i>", { class: "fa fa-caret-down" }));
  const list = $("<div>", { id, class: "mcast-chooser", role: "group", "aria-label": translate("label.choose") }).hide();
  shown(field).closest(".red-ui-typedInput-container").add(field).last().after(button);
  field.closest(".form-row").append(list);
  field.on("change", () => {
    if (list.is(":visible")) addUnlisted(list, name);
    tick(list, name);
  });
  button.on("click", () => {
    const isOpen = list.is(":visible");
    if (!isOpen) fill(list, name);
    list.toggle(!isOpen);
    button.attr("aria-expanded", String(!isOpen));
  });
}

function fill(list: JQuery, name: string): void {
  list.empty();
  addEntry(list, name, { value: "all", text: translate("iface.all") });
  addEntry(list, name, { value: "default", text: translate("iface.default") });
  for (const known of knownInterfaces()) addEntry(list, name, { value: known.name, text: factsOf(known), known });
  addUnlisted(list, name);
  if (isUnlisted()) $("<div>", { class: "mcast-chooser-note" }).text(translate("hint.unlisted")).appendTo(list);
  tick(list, name);
}

// Adds an entry for each name, address or range of the choice that has none, so that it can be unticked.
function addUnlisted(list: JQuery, name: string): void {
  const listed = list.find("input").get();
  const names = new Set(listed.flatMap((each): readonly string[] => $(each).data("names")));
  for (const word of namesIn(choiceIn(name)).filter((each) => !names.has(each))) {
    const found = interfacesOf(word).join(", ");
    addEntry(list, name, { value: word, text: found === "" && !isUnlisted() ? translate("iface.notFound") : found });
  }
}

interface Entry {
  readonly value: string;
  readonly text: string;
  readonly known?: Interface;
}

function addEntry(list: JQuery, name: string, { value, text, known }: Entry): void {
  const addresses = known?.addresses.map(({ address }) => address) ?? [];
  const box = $("<input>", { type: "checkbox" })
    .val(value)
    .data("names", [value, ...addresses]);
  box.on("change", () => {
    const chosen = choose(choiceIn(name), box);
    if (isFromElsewhere(name)) replaceField(name, chosen);
    else setField(fieldOf(name), chosen);
  });
  $("<label>").append(box, $("<b>").text(value), $("<span>").text(text)).appendTo(list);
}

// Adds or removes a choice. `all` and `default` exclude other choices. A tick may stand for one of the interface's addresses.
function choose(choice: string, box: JQuery): string {
  const value = String(box.val());
  const names: readonly string[] = box.data("names");
  const isAlone = (word: string) => word === "all" || word === "default";
  const others = entriesIn(choice).filter((word) => !names.includes(word) && !isAlone(word));
  if (box.prop("checked") !== true) return others.join(", ");
  return isAlone(value) ? value : [...others, value].join(", ");
}

function tick(list: JQuery, name: string): void {
  const chosen = entriesIn(choiceIn(name));
  list.find("input").each((_index, each) => {
    const names: readonly string[] = $(each).data("names");
    $(each).prop(
      "checked",
      names.some((name) => chosen.includes(name)),
    );
  });
}

// Returns the choice in a field; none for a value from elsewhere, because the form does not know it.
function choiceIn(name: string): string {
  return isFromElsewhere(name) ? "" : String(fieldOf(name).val() ?? "");
}

function isFromElsewhere(name: string): boolean {
  return isElsewhere(name) || isVariable(fieldOf(name).val());
}

function fieldOf(name: string): JQuery {
  return $(`#node-input-${name}`);
}

function factsOf({ internal, addresses, wireless, sameNetworkAs, reason }: Interface): string {
  const link = internal ? [] : [translate(wireless ? "iface.wireless" : "iface.wired")];
  const shared = sameNetworkAs === undefined ? [] : [translate("iface.sameNetwork", { name: sameNetworkAs })];
  const why = reason === undefined ? [] : [translate(REASONS[reason])];
  return [addresses.map(({ address }) => address).join(", "), ...link, ...shared, ...why].filter(Boolean).join(" · ");
}

const REASONS = {
  loopback: "iface.loopback",
  noMulticast: "iface.noMulticast",
  container: "iface.container",
  down: "iface.down",
  noAddress: "iface.noAddress",
} as const;
