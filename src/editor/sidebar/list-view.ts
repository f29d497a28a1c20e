import type { Activity } from "../../lib/diagnostics/activity";
import { element, setText } from "./elements";
import { count, type Language } from "./language";
import { RowView } from "./row-view";
import { matches, type NameOf, type Row, rowsOf, SECTIONS, type Section } from "./rows";
import type { CopiedRow } from "./text-copy";

/** Callbacks of the list. */
export interface ListListener {
  /** Looks up the name of a node. */
  readonly nameOf: NameOf;
  /** Called when the user clicks a row or presses Enter on it. `node` is the next of its nodes. */
  readonly onChosen: (row: Row, node: string | undefined) => void;
}

interface SectionView {
  readonly element: HTMLDetailsElement;
  readonly title: HTMLElement;
  readonly list: HTMLUListElement;
}

/** The rows of an activity in their sections. An update reuses the rows, and Tab reaches one row at a time. */
export class ListView {
  readonly element = element("div", "mcast-sidebar-list");
  readonly #language: Language;
  readonly #listener: ListListener;
  readonly #sections: ReadonlyMap<Section, SectionView>;
  readonly #empty = element("p", "mcast-sidebar-note");
  readonly #rows = new Map<string, RowView>();
  #shown: readonly RowView[] = [];
  #filter = "";
  #time = 0;
  #current: RowView | undefined;

  constructor(language: Language, listener: ListListener) {
    this.#language = language;
    this.#listener = listener;
    this.#sections = new Map(SECTIONS.map((section) => [section, sectionView()]));
    this.element.append(this.#empty, ...[...this.#sections.values()].map((view) => view.element));
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    setText(this.#empty, language.translate("loading"));
    this.#showSections();
  }

  /** The row that was chosen last, if it is still there. */
  get chosen(): Row | undefined {
    return this.#shown.find(({ element: { dataset } }) => dataset.chosen !== undefined)?.row;
  }

  /** The time of the shown reply. */
  get time(): number {
    return this.#time;
  }

  /** The rows that pass the filter, as they are copied. */
  get copied(): readonly CopiedRow[] {
    return this.#shown.map(({ row, rate }) => ({ row, rate }));
  }

  /** Shows an activity. */
  show(activity: Activity): void {
    const rows = rowsOf(activity, this.#listener.nameOf, this.#language);
    this.#time = activity.time;
    this.#removeOthers(rows);
    for (const [section, { list }] of this.#sections) {
      let place = list.firstElementChild;
      for (const row of rows.filter((each) => each.section === section)) {
        const view = this.#rows.get(row.key) ?? this.#make(row);
        view.update(row, activity.time, this.#language);
        if (view.element === place) place = place.nextElementSibling;
        else list.insertBefore(view.element, place);
      }
    }
    this.#showFiltered();
  }

  /** Shows only the rows that contain the words of a filter. */
  filter(filter: string): void {
    this.#filter = filter;
    this.#showFiltered();
  }

  #make(row: Row): RowView {
    const view = new RowView(row);
    this.#rows.set(row.key, view);
    view.button.addEventListener("focus", () => this.#setCurrent(view));
    view.button.addEventListener("click", () => this.#choose(view));
    return view;
  }

  #removeOthers(rows: readonly Row[]): void {
    const keys = new Set(rows.map(({ key }) => key));
    for (const [key, view] of this.#rows) {
      if (keys.has(key)) continue;
      this.#rows.delete(key);
      view.element.remove();
    }
  }

  #showFiltered(): void {
    for (const { row, element: item } of this.#rows.values()) {
      const isHidden = !matches(row, this.#filter);
      if (item.hidden !== isHidden) item.hidden = isHidden;
    }
    const inOrder = [...this.#sections.values()].flatMap(({ list }) => [...list.children]);
    const byElement = new Map([...this.#rows.values()].map((view) => [view.element, view] as const));
    this.#shown = inOrder.flatMap((item) => (item instanceof HTMLLIElement && !item.hidden ? (byElement.get(item) ?? []) : []));
    if (!this.#current || !this.#shown.includes(this.#current)) this.#setCurrent(this.#shown[0]);
    this.#showSections();
  }

  #showSections(): void {
    const { translate } = this.#language;
    for (const [section, view] of this.#sections) {
      const all = view.list.childElementCount;
      const shown = this.#shown.filter(({ row }) => row.section === section).length;
      const counts = shown === all ? count(all, this.#language) : translate("some", { shown, all });
      view.element.hidden = all === 0;
      setText(view.title, `${translate(section)} (${counts})`);
    }
    if (this.#time > 0) setText(this.#empty, this.#hint);
  }

  // The system itself joins some groups, so that other programs nearly always have a row.
  get #hint(): string {
    const { translate } = this.#language;
    if ([...this.#rows.values()].every(({ row }) => row.section === "others")) return translate("empty");
    return this.#shown.length === 0 ? translate("noMatch") : "";
  }

  #choose(view: RowView): void {
    for (const each of this.#rows.values()) delete each.element.dataset.chosen;
    view.element.dataset.chosen = "";
    this.#listener.onChosen(view.row, view.nextNode());
    view.button.focus({ preventScroll: true }); // the workspace takes the focus when its tab changes
  }

  #setCurrent(view: RowView | undefined): void {
    if (this.#current) this.#current.button.tabIndex = -1;
    this.#current = view;
    if (view) view.button.tabIndex = 0;
  }

  #onKey(event: KeyboardEvent): void {
    const visible = this.#shown.filter(({ element: item }) => item.closest("details")?.open);
    const at = visible.findIndex(({ button }) => button === event.target);
    if (at < 0) return;
    const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: visible.length - 1 }[event.key];
    const view = target === undefined ? undefined : visible[target];
    if (!view) return;
    event.preventDefault();
    event.stopPropagation();
    view.button.focus();
  }
}

function sectionView(): SectionView {
  const [section, title, list] = [element("details"), element("summary"), element("ul")];
  section.open = true;
  section.append(title, list);
  return { element: section, title, list };
}
