import { element, setAttribute, setText } from "./elements";
import { type Language, rate } from "./language";
import { RateHistory } from "./rate-history";
import type { Part, Row } from "./rows";
import { HEIGHT, sparkline, WIDTH } from "./sparkline";

const SVG = "http://www.w3.org/2000/svg";

/** One row on the page. An update changes only what is different. */
export class RowView {
  readonly element = element("li", "mcast-sidebar-row");
  /** The element that takes the focus. */
  readonly button = element("button");
  readonly #title = element("span", "mcast-sidebar-title");
  readonly #rate = element("span", "mcast-sidebar-rate");
  readonly #state = element("span");
  readonly #last = element("span", "mcast-sidebar-line");
  readonly #counts = element("span", "mcast-sidebar-line");
  readonly #names = element("span", "mcast-sidebar-names");
  readonly #line = document.createElementNS(SVG, "polyline");
  readonly #history = new RateHistory();
  #parts: readonly HTMLElement[] = [];
  #row: Row;
  // The place in the list of nodes that the next click shows.
  #next = 0;

  constructor(row: Row) {
    this.#row = row;
    this.button.type = "button";
    this.button.tabIndex = -1;
    const head = element("span", "mcast-sidebar-head");
    head.append(element("span", "mcast-sidebar-dot"), this.#title);
    if (row.total !== undefined) head.append(this.#picture(), this.#rate);
    const line = element("span", "mcast-sidebar-line mcast-sidebar-state");
    line.append(this.#state, this.#names);
    this.button.append(head, line, this.#last, this.#counts);
    this.element.append(this.button);
  }

  get row(): Row {
    return this.#row;
  }

  /** Datagrams per second between the last two replies. */
  get rate(): number | undefined {
    return this.#history.rate;
  }

  update(row: Row, time: number, language: Language): void {
    this.#row = row;
    setAttribute(this.element, "data-level", row.level);
    setAttribute(this.button, "aria-disabled", String(row.nodes.length === 0));
    setAttribute(this.button, "title", this.#tooltip(language));
    setText(this.#title, row.title);
    setText(this.#state, row.state);
    setText(this.#last, row.last);
    setText(this.#names, row.names.join(", "));
    this.#showCounts(row.counts);
    if (row.total === undefined) return;
    this.#history.add(time, row.total);
    setText(this.#rate, this.rate === undefined ? "–" : rate(this.rate, language));
    setAttribute(this.#line, "points", sparkline(this.#history.samples, time));
  }

  /** The node that a click shows; another click shows the next one. */
  nextNode(): string | undefined {
    const { nodes } = this.#row;
    const node = nodes[this.#next % nodes.length];
    this.#next += 1;
    return node;
  }

  #picture(): SVGElement {
    const picture = document.createElementNS(SVG, "svg");
    for (const [name, value] of [
      ["class", "mcast-sidebar-sparkline"],
      ["width", String(WIDTH)],
      ["height", String(HEIGHT)],
      ["viewBox", `0 0 ${WIDTH} ${HEIGHT}`],
      ["aria-hidden", "true"],
    ] as const) {
      picture.setAttribute(name, value);
    }
    picture.append(this.#line);
    return picture;
  }

  #tooltip({ translate }: Language): string {
    const { section, nodes } = this.#row;
    if (section === "others") return "";
    return nodes.length === 0 ? translate("noNode") : translate(nodes.length === 1 ? "showNode" : "showNodes", { count: nodes.length });
  }

  // Shows the counts in the same elements, which takes a fifth of the time of new ones.
  #showCounts(counts: readonly Part[]): void {
    if (this.#parts.length !== counts.length) {
      this.#parts = counts.map(() => element("span"));
      this.#counts.replaceChildren(...this.#parts.flatMap((part, place) => (place === 0 ? [part] : [" · ", part])));
      this.#counts.hidden = counts.length === 0;
    }
    for (const [place, { text, isMarked }] of counts.entries()) {
      const part = this.#parts[place];
      if (!part) continue;
      setText(part, text);
      setAttribute(part, "class", isMarked ? "mcast-sidebar-marked" : "");
    }
  }
}
