import type { Activity } from "../../lib/diagnostics/activity";
import { reviveColumns } from "../../lib/diagnostics/activity-columns";
import { CheckView } from "./check-view";
import { addTab, copy, editorLanguage, nodeName, reveal } from "./editor-api";
import { element, iconButton, setAttribute, setText } from "./elements";
import { failureKey } from "./findings";
import type { Language } from "./language";
import { ListView } from "./list-view";
import { Poll } from "./poll";
import css from "./sidebar.css";
import { textOf } from "./text-copy";

/** Adds the tab. It sends requests to the runtime only while its content is visible. */
export function open(): void {
  const sidebar = new Sidebar(editorLanguage());
  addTab(sidebar.content);
  sidebar.start();
}

class Sidebar {
  readonly content = element("div", "mcast-sidebar");
  readonly #language: Language;
  readonly #list: ListView;
  readonly #check: CheckView;
  readonly #body = element("div", "mcast-sidebar-body");
  readonly #failure = element("p", "mcast-sidebar-note mcast-sidebar-error");
  readonly #pauseButton: HTMLButtonElement;
  readonly #copyButton: HTMLButtonElement;
  readonly #checkButton: HTMLButtonElement;
  readonly #poll = new Poll((done) => this.#request(done));
  #isPaused = false;
  #isVisible = false;

  constructor(language: Language) {
    const { translate } = language;
    this.#language = language;
    this.#list = new ListView(language, { nameOf: nodeName, onChosen: (_row, node) => node !== undefined && reveal(node) });
    this.#check = new CheckView(language, () => this.#checkButton.focus());
    this.#pauseButton = iconButton("fa-pause", translate("pause"), () => this.#togglePause());
    setAttribute(this.#pauseButton, "aria-pressed", "false");
    this.#copyButton = iconButton("fa-copy", translate("copy"), () => this.#copy());
    this.#checkButton = iconButton("fa-stethoscope", translate("checkHint"), () => this.#runCheck());
    this.#checkButton.append(` ${translate("check")}`);
    setAttribute(this.#checkButton, "aria-label", translate("check"));
    this.#failure.setAttribute("role", "status");
    setText(this.#failure, "");
    const tools = element("div", "mcast-sidebar-tools");
    tools.append(this.#filterField(), this.#pauseButton, this.#copyButton, this.#checkButton);
    this.#body.append(this.#failure, this.#check.element, this.#list.element);
    this.content.append(element("style", "", css), tools, this.#body);
  }

  /** Sends requests from now on, while the content is visible. */
  start(): void {
    // Covers a tab behind another, a closed sidebar, and a section that is folded (Node-RED 5).
    new IntersectionObserver((entries) => {
      this.#isVisible = entries.at(-1)?.isIntersecting ?? false;
      this.#requestIfSeen();
    }).observe(this.content);
    document.addEventListener("visibilitychange", () => this.#requestIfSeen());
  }

  #requestIfSeen(): void {
    this.#poll.isWanted = this.#isVisible && !this.#isPaused && document.visibilityState === "visible";
  }

  #request(done: () => void): void {
    // A converter that throws, as for the page of a proxy, makes jQuery call `fail`. An error in `done` would end the poll.
    const converters = { "text json": (text: string): unknown => JSON.parse(text, reviveColumns) };
    $.ajax({ url: "mcast/activity", dataType: "json", converters })
      .done((activity: Activity) => {
        setText(this.#failure, "");
        if (!this.#isPaused) this.#list.show(activity);
      })
      .fail(({ status }) => setText(this.#failure, this.#language.translate(failureKey(status), { status })))
      .always(done);
  }

  #togglePause(): void {
    this.#isPaused = !this.#isPaused;
    const [icon, action] = this.#isPaused ? ["fa-play", "resume"] : ["fa-pause", "pause"];
    setAttribute(this.#pauseButton, "aria-pressed", String(this.#isPaused));
    this.#pauseButton.title = this.#language.translate(action);
    this.#pauseButton.querySelector("i")?.setAttribute("class", `fa ${icon}`);
    this.content.classList.toggle("mcast-sidebar-paused", this.#isPaused);
    this.#requestIfSeen();
  }

  #copy(): void {
    copy(textOf(this.#list.time, this.#list.copied, this.#check.findings, this.#language), this.#copyButton);
  }

  // Checks the group and the port of the chosen row, or the defaults.
  #runCheck(): void {
    if (this.#checkButton.getAttribute("aria-disabled") === "true") return;
    setAttribute(this.#checkButton, "aria-disabled", "true"); // a button that is disabled would lose the focus
    this.#body.scrollTop = 0; // the findings stand above the rows
    const { group, port } = this.#list.chosen ?? {};
    this.#check.check({ ...(group !== undefined && { group }), ...(group !== undefined && port !== undefined && { port }) }, () => {
      setAttribute(this.#checkButton, "aria-disabled", "false");
    });
  }

  #filterField(): HTMLInputElement {
    const field = element("input");
    field.type = "text";
    field.placeholder = this.#language.translate("filter");
    setAttribute(field, "aria-label", field.placeholder);
    field.addEventListener("input", () => this.#list.filter(field.value));
    return field;
  }
}
