import type { Activity } from "../../lib/diagnostics/activity";
import { reviveColumns } from "../../lib/diagnostics/activity-columns";
import { CheckView } from "./check-view";
import { addTab, copy, editorLanguage, nodeName, reveal } from "./editor-api";
import { element, iconButton, setAttribute, setText } from "./elements";
import { failureKey } from "./findings";
import { ListView } from "./list-view";
import { Poll } from "./poll";
import css from "./sidebar.css";
import { textOf } from "./text-copy";

/** Adds the tab. It sends requests to the runtime only while its content is visible. */
export function open(): void {
  const language = editorLanguage();
  const { translate } = language;
  const list = new ListView(language, { nameOf: nodeName, onChosen: (_row, node) => node !== undefined && reveal(node) });
  const check = new CheckView(language, () => checkButton.focus());
  const failure = element("p", "mcast-sidebar-note mcast-sidebar-error");
  failure.setAttribute("role", "status");
  setText(failure, "");

  const poll = new Poll((done) => {
    // A converter that throws, as for the page of a proxy, makes jQuery call `fail`. An error in `done` would end the poll.
    const converters = { "text json": (text: string): unknown => JSON.parse(text, reviveColumns) };
    $.ajax({ url: "mcast/activity", dataType: "json", converters })
      .done((activity: Activity) => {
        setText(failure, "");
        if (!isPaused) list.show(activity);
      })
      .fail(({ status }) => setText(failure, translate(failureKey(status), { status })))
      .always(done);
  });

  let isPaused = false;
  let isVisible = false;
  const askIfSeen = () => {
    poll.isWanted = isVisible && !isPaused && document.visibilityState === "visible";
  };
  const pauseButton = iconButton("fa-pause", translate("pause"), () => {
    isPaused = !isPaused;
    setAttribute(pauseButton, "aria-pressed", String(isPaused));
    pauseButton.title = translate(isPaused ? "resume" : "pause");
    pauseButton.querySelector("i")?.setAttribute("class", `fa ${isPaused ? "fa-play" : "fa-pause"}`);
    content.classList.toggle("mcast-sidebar-paused", isPaused);
    askIfSeen();
  });
  setAttribute(pauseButton, "aria-pressed", "false");
  const copyButton = iconButton("fa-copy", translate("copy"), () =>
    copy(textOf(list.time, list.copied, check.findings, language), copyButton),
  );
  const checkButton = iconButton("fa-stethoscope", translate("checkHint"), () => {
    if (isChecking()) return;
    setAttribute(checkButton, "aria-disabled", "true"); // a button that is disabled would lose the focus
    body.scrollTop = 0; // the findings stand above the rows
    const { group, port } = list.chosen ?? {};
    check.check({ ...(group !== undefined && { group }), ...(group !== undefined && port !== undefined && { port }) }, () => {
      setAttribute(checkButton, "aria-disabled", "false");
    });
  });
  const isChecking = () => checkButton.getAttribute("aria-disabled") === "true";
  checkButton.append(` ${translate("check")}`);
  setAttribute(checkButton, "aria-label", translate("check"));

  const filter = element("input");
  filter.type = "text";
  filter.placeholder = translate("filter");
  setAttribute(filter, "aria-label", translate("filter"));
  filter.addEventListener("input", () => list.filter(filter.value));

  const tools = element("div", "mcast-sidebar-tools");
  tools.append(filter, pauseButton, copyButton, checkButton);
  const content = element("div", "mcast-sidebar");
  const body = element("div", "mcast-sidebar-body");
  body.append(failure, check.element, list.element);
  content.append(element("style", "", css), tools, body);
  addTab(content);

  // Covers a tab behind another, a closed sidebar, and a section that is folded (Node-RED 5).
  new IntersectionObserver((entries) => {
    isVisible = entries.at(-1)?.isIntersecting ?? false;
    askIfSeen();
  }).observe(content);
  document.addEventListener("visibilitychange", askIfSeen);
}
