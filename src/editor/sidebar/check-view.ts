import { element, setText } from "./elements";
import { byWeight, type CheckOutcome, type Finding, failureKey, type Subject, subjectText } from "./findings";
import type { Language } from "./language";

// The levels that need no action. Their findings are folded.
const QUIET: readonly Finding["level"][] = ["ok", "unknown"];

/** The findings of the doctor, above the rows until they are closed. */
export class CheckView {
  readonly element = element("section", "mcast-sidebar-check");
  readonly #language: Language;
  readonly #onClosed: () => void;
  #findings: readonly Finding[] = [];

  /** `onClosed` is called when the reader has closed the findings, to take over the focus. */
  constructor(language: Language, onClosed: () => void) {
    this.#onClosed = onClosed;
    this.#language = language;
    this.element.hidden = true;
  }

  /** The findings that are shown. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** Requests the findings of the doctor and shows them. Calls `onDone` after the reply. */
  check(subject: Subject, onDone: () => void): void {
    this.#show(subject, [element("p", "mcast-sidebar-note", this.#language.translate("checking"))]);
    const request = { url: "mcast/doctor", method: "POST", contentType: "application/json", data: JSON.stringify(subject) };
    $.ajax({ ...request, dataType: "json" })
      .done((findings: readonly Finding[]) => this.#showOutcome(subject, { findings: byWeight(findings) }))
      .fail(({ status, responseJSON }) => this.#showOutcome(subject, { failure: this.#failure(status, responseJSON) }))
      .always(onDone);
  }

  #failure(status: number, body: unknown): string {
    if (typeof body === "object" && body !== null && "message" in body) return String(body.message);
    return this.#language.translate(failureKey(status), { status });
  }

  #showOutcome(subject: Subject, outcome: CheckOutcome): void {
    if ("failure" in outcome) {
      this.#findings = [];
      this.#show(subject, [element("p", "mcast-sidebar-note mcast-sidebar-error", outcome.failure)]);
      return;
    }
    this.#findings = outcome.findings;
    const important = outcome.findings.filter(({ level }) => !QUIET.includes(level));
    const quiet = outcome.findings.filter(({ level }) => QUIET.includes(level));
    const parts: HTMLElement[] = [this.#list(important)];
    if (important.length === 0) parts.unshift(element("p", "mcast-sidebar-note", this.#language.translate("nothingWrong")));
    if (quiet.length > 0) {
      const folded = element("details");
      folded.append(element("summary", "", this.#language.translate("more", { number: quiet.length })), this.#list(quiet));
      parts.push(folded);
    }
    this.#show(subject, parts);
  }

  #show(subject: Subject, parts: readonly HTMLElement[]): void {
    const { translate } = this.#language;
    const close = element("button", "mcast-sidebar-close");
    close.type = "button";
    close.title = translate("close");
    close.setAttribute("aria-label", translate("close"));
    close.append(element("i", "fa fa-times"));
    close.addEventListener("click", () => this.#close());
    const head = element("div", "mcast-sidebar-check-head", `${translate("check")} ${subjectText(subject)}`.trim());
    head.append(close);
    this.element.hidden = false;
    this.element.setAttribute("role", "status");
    this.element.replaceChildren(head, ...parts);
  }

  #close(): void {
    this.#findings = [];
    this.element.hidden = true;
    this.#onClosed();
  }

  #list(findings: readonly Finding[]): HTMLElement {
    const list = element("ul");
    list.append(...findings.map((each) => this.#item(each)));
    return list;
  }

  #item({ level, fact, why, remedy, link }: Finding): HTMLElement {
    const { translate } = this.#language;
    const item = element("li", "mcast-sidebar-finding");
    item.dataset.level = level;
    const [head, reason, mend] = [element("div"), element("div", "mcast-sidebar-why"), element("div", "mcast-sidebar-remedy")];
    head.append(element("strong", "mcast-sidebar-level", translate(level)), ` ${fact}`);
    setText(reason, why);
    setText(mend, remedy);
    item.append(head, reason, mend);
    if (level !== "ok") {
      const more = element("a", "", translate("readMore"));
      more.href = link;
      more.target = "_blank";
      more.rel = "noopener";
      item.append(more);
    }
    return item;
  }
}
